//! Opens the file: alone, with the schema of this version, and safe.

use super::checkpoints::{Pen, Written};
use super::folding::refold;
use super::readers::Readers;
use super::safety::Settings;
use super::writer::Writer;
use super::{SqliteStore, checkpoints};
use crate::metrics::Commits;
use crate::store::{Refused, is_schema_of};
use protocol::Epoch;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};
use std::fmt;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Mutex;
use std::time::Duration;
use tokio::time::{sleep, timeout};

pub static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/sqlite");

/// Rows cross from SQLite's thread in runs of so many; with fewer the threads wait for each other.
const ROWS: usize = 512;
/// As long a connection waits for a lock of another.
const PATIENCE: Duration = Duration::from_secs(5);
/// What begins the log again holds the writer up; rather than wait so long for a reader it tries again later.
const CUT_PATIENCE: Duration = Duration::from_millis(3);
/// So long a start waits for the end of the one before. A program that it was just starting holds the lock as well,
/// until it is its own.
const HANDOVER: Duration = Duration::from_secs(1);

pub async fn open(url: &str, commits: &Commits) -> Result<SqliteStore, Refused> {
    let path = path_of(url)?;
    let fail = |error: sqlx::Error| failed(&path, &error);
    let lock = claim(&path).await?;
    let options = options(&path);

    let mut db = connect(&options).await.map_err(fail)?;
    Settings::of(&mut db).await.map_err(fail)?.check()?;
    migrate(&mut db, &path).await?;
    refold(&mut db).await.map_err(fail)?;
    #[cfg(feature = "sabotage")]
    super::sabotaged::weaken(&mut db).await.map_err(fail)?;
    let cutter = connect(&options.clone().busy_timeout(CUT_PATIENCE)).await.map_err(fail)?;

    let (written, news) = checkpoints::channel();
    let pen = Pen::default();
    let checkpoints = checkpoints::start(cutter, pen.clone(), news, lock);
    let store = with_readers(options, db, pen, written, commits).await.map_err(fail)?;
    Ok(SqliteStore { checkpoints: Mutex::new(Some(checkpoints)), ..store })
}

/// Opens the file beside the server that may be serving it: its lock stays where it is, and each waits for the other's
/// transactions. The schema is left as it is, and the log to the server, or to the last one who closes the file.
pub async fn open_beside(url: &str, commits: &Commits) -> Result<SqliteStore, Refused> {
    let path = path_of(url)?;
    if !exists(url)? {
        let path = path.display();
        return Err(Refused::new(format!(
            "There is no database {path}; name the server's folder by --data, start the server once, or make the \
             database with its first administrator by `natter user add NAME --email ADDRESS --admin`."
        )));
    }
    let fail = |error: sqlx::Error| failed(&path, &error);
    let options = options(&path);
    let mut db = connect(&options).await.map_err(fail)?;
    Settings::of(&mut db).await.map_err(fail)?.check()?;
    let applied = sqlx::query_as("select version, checksum from _sqlx_migrations order by version").fetch_all(&mut db);
    if !is_schema_of(&MIGRATIONS, &applied.await.unwrap_or_default()) {
        return Err(Refused::other_schema(&path.display()));
    }
    let (written, _) = checkpoints::channel();
    with_readers(options, db, Pen::default(), written, commits).await.map_err(fail)
}

/// Whether there is a file.
pub fn exists(url: &str) -> Result<bool, Refused> {
    let path = path_of(url)?;
    path.try_exists().map_err(|error| failed(&path, &error))
}

async fn with_readers(
    options: SqliteConnectOptions,
    mut db: SqliteConnection,
    pen: Pen,
    written: Written,
    commits: &Commits,
) -> sqlx::Result<SqliteStore> {
    let epoch = Epoch(sqlx::query_scalar("select epoch from instance").fetch_one(&mut db).await?);
    let readers = Readers::new(&options);
    let writer = Writer::start(options, db, pen, written, commits.clone());
    Ok(SqliteStore { writer, readers, checkpoints: Mutex::new(None), epoch })
}

fn failed(path: &Path, problem: &dyn fmt::Display) -> Refused {
    Refused::new(format!("The database {} cannot be opened: {problem}.", path.display()))
}

/// A connection that may write.
pub async fn connect(options: &SqliteConnectOptions) -> sqlx::Result<SqliteConnection> {
    options.connect().await
}

pub fn path_of(url: &str) -> Result<PathBuf, Refused> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| Refused::new(format!("The database URL is not understood: {error}.")))?;
    let path = options.get_filename();
    // What sqlx makes of ":memory:".
    if path.as_os_str().is_empty() || path.starts_with("file:") || path.to_string_lossy().starts_with("file:") {
        return Err(Refused::new(
            "A database in memory loses every message with the process: write sqlite: and the path of a file.",
        ));
    }
    Ok(path.to_owned())
}

pub fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .pragma("wal_autocheckpoint", "0")
        // Deleted messages are overwritten, not only unlinked.
        .pragma("secure_delete", "on")
        .row_buffer_size(ROWS)
        .disable_statement_logging()
}

/// Makes the file for its owner's eyes only, and takes the lock beside it.
async fn claim(path: &Path) -> Result<File, Refused> {
    let lock = lock(path).await?;
    match private().create_new(true).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed(path, &error)),
        _ => Ok(lock),
    }
}

/// Takes the lock beside the file, which need not be there yet.
///
/// The lock stands beside the file and not on it: closing any handle of the file would drop SQLite's own locks.
pub async fn lock(path: &Path) -> Result<File, Refused> {
    let fail = |error: io::Error| failed(path, &error);
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(fail)?;
    }
    let lock = private().create(true).truncate(false).open(beside(path, ".lock")).map_err(fail)?;
    match timeout(HANDOVER, when_free(&lock)).await {
        Ok(taken) => taken.map(|()| lock).map_err(fail),
        Err(_) => Err(Refused::new(format!(
            "The database {} is in use by another Natter, and a file serves one process only; \
             stop the other one, or use PostgreSQL to run several nodes.",
            path.display()
        ))),
    }
}

async fn when_free(lock: &File) -> io::Result<()> {
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => sleep(HANDOVER / 20).await,
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// For files that only their owner reads.
pub fn private() -> OpenOptions {
    let mut private = OpenOptions::new();
    private.write(true).mode(0o600);
    private
}

/// The file whose name has this end more.
pub fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

async fn migrate(db: &mut SqliteConnection, path: &Path) -> Result<(), Refused> {
    let path = path.display();
    MIGRATIONS.run(db).await.map_err(|error| {
        Refused::new(match error {
            MigrateError::VersionMissing(version) => format!(
                "The database {path} was made by a newer Natter (migration {version} is unknown to this one); \
                 run that version, or restore a backup from before it."
            ),
            MigrateError::VersionMismatch(version) => format!(
                "The database {path} does not fit this build of Natter (migration {version} differs); \
                 run the version that made it."
            ),
            other => format!("The database {path} could not be brought up to date: {other}."),
        })
    })
}
