//! Opens the database: safe, with the schema of this version, and with limits on whatever waits.

use super::PostgresStore;
use super::cause::{POOLER, cause, check_url, of_migration};
use super::folding::refold;
use super::safety::Settings;
use super::writer::Writer;
use crate::metrics::Commits;
use crate::store::{Refused, is_schema_of};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection};
use std::str::FromStr;
use std::time::Duration;

pub static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/postgres");

/// What a server's connections are called.
pub const NAME: &str = "natter";
/// With the writers' connections, several nodes stay well below the 100 that a server allows by itself.
const CONNECTIONS: u32 = 12;
/// As long somebody waits for a connection: the time in which a request learns that the database is away.
pub const PATIENCE: Duration = Duration::from_secs(3);
/// A connection that rested longer is asked for a sign of life before it is used.
const REST: Duration = Duration::from_secs(1);

pub async fn open(url: &str, commits: &Commits) -> Result<PostgresStore, Refused> {
    let options = named(url, NAME)?;
    let place = place(&options);
    let mut db = checked(&options, &place).await?;
    migrate(&mut db, &place).await?;
    refold(&mut db).await.map_err(|error| failed(&place, &error))?;
    assemble(options, db, commits).await.map_err(|error| failed(&place, &error))
}

/// The same beside the nodes, which go on; the schema is left as it is.
pub async fn open_beside(url: &str, commits: &Commits) -> Result<PostgresStore, Refused> {
    let options = named(url, NAME)?;
    let place = place(&options);
    let mut db = checked(&options, &place).await?;
    let applied = sqlx::query_as("select version, checksum from _sqlx_migrations order by version").fetch_all(&mut db);
    if !is_schema_of(&MIGRATIONS, &applied.await.unwrap_or_default()) {
        return Err(Refused::other_schema(&place));
    }
    assemble(options, db, commits).await.map_err(|error| failed(&place, &error))
}

/// Whether migrations have run there.
pub async fn exists(url: &str) -> Result<bool, Refused> {
    let options = named(url, NAME)?;
    let place = place(&options);
    let mut db = checked(&options, &place).await?;
    let found = sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null").fetch_one(&mut db).await;
    found.map_err(|error| failed(&place, &error))
}

async fn checked(options: &PgConnectOptions, place: &str) -> Result<PgConnection, Refused> {
    let fail = |error: sqlx::Error| failed(place, &error);
    let mut db = connect(options).await.map_err(fail)?;
    Settings::of(&mut db).await.map_err(fail)?.check()?;
    Ok(db)
}

pub fn failed(place: &str, error: &sqlx::Error) -> Refused {
    Refused::new(format!("The database {place} cannot be opened: {}.", cause(error)))
}

async fn assemble(options: PgConnectOptions, mut db: PgConnection, commits: &Commits) -> sqlx::Result<PostgresStore> {
    let settings = Settings::of(&mut db).await?;
    let options = limited(options, &settings.synchronous_commit);
    let pool = pool(&options).await?;
    let mut other = pool.acquire().await?;
    if backend(&mut db).await? == backend(&mut other).await? {
        return Err(sqlx::Error::Configuration(POOLER.into()));
    }
    drop(other);
    db.close().await?;
    Ok(PostgresStore { writer: Writer::start(&looking_up(options), commits), pool })
}

/// The process that serves a connection; two that are open at once share none, unless a pooler lends it out for single
/// transactions.
async fn backend(db: &mut PgConnection) -> sqlx::Result<i32> {
    sqlx::query_scalar("select pg_backend_pid()").fetch_one(db).await
}

/// What a URL says, for connections that bear a name of their own.
pub fn named(url: &str, name: &str) -> Result<PgConnectOptions, Refused> {
    check_url(url)?;
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| Refused::new(format!("The database URL is not understood: {error}.")))?;
    Ok(options.application_name(name).disable_statement_logging())
}

/// A connection to a server that keeps what it acknowledges; another one may have taken its place since the start.
pub async fn safe(options: &PgConnectOptions) -> sqlx::Result<PgConnection> {
    let mut db = connect(options).await?;
    check(&mut db).await?;
    Ok(db)
}

pub async fn connect(options: &PgConnectOptions) -> sqlx::Result<PgConnection> {
    tokio::time::timeout(PATIENCE, options.connect()).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

async fn check(db: &mut PgConnection) -> sqlx::Result<()> {
    Settings::of(db).await?.check().map_err(|refused| sqlx::Error::Configuration(refused.into()))
}

async fn pool(options: &PgConnectOptions) -> sqlx::Result<PgPool> {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .before_acquire(|db, meta| {
            Box::pin(async move {
                if meta.idle_for > REST {
                    db.ping().await?;
                }
                Ok(true)
            })
        })
        .after_connect(|db, _| Box::pin(check(db)))
        .connect_with(options.clone())
        .await
}

/// What a session promises and how long it may wait; the defaults of the role or the database cannot weaken it later.
///
/// A node that is gone in the middle of a transaction loses it before those who wait for its locks give up.
fn limited(options: PgConnectOptions, synchronous_commit: &str) -> PgConnectOptions {
    options.options([
        ("synchronous_commit", synchronous_commit),
        ("default_transaction_isolation", "read committed"),
        ("idle_in_transaction_session_timeout", "3s"),
        ("lock_timeout", "5s"),
        ("statement_timeout", "6s"),
        // Compiling a short statement takes longer than running it.
        ("jit", "off"),
        // All but the search for people go by keys; a plan that was made while a table was small would be kept when it
        // has grown.
        ("enable_seqscan", "off"),
    ])
}

/// For the writers, who look up each row of a batch by its key and never join whole tables.
fn looking_up(options: PgConnectOptions) -> PgConnectOptions {
    options.options([("enable_hashjoin", "off"), ("enable_mergejoin", "off")])
}

pub fn place(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or(options.get_username());
    match options.get_socket() {
        Some(folder) => format!("{database} at {}", folder.display()),
        None => format!("{database} at {}:{}", options.get_host(), options.get_port()),
    }
}

/// Under an advisory lock: of nodes that start together, one migrates and the others wait.
async fn migrate(db: &mut PgConnection, place: &str) -> Result<(), Refused> {
    MIGRATIONS.run(db).await.map_err(|error| {
        Refused::new(match error {
            MigrateError::VersionMissing(version) => format!(
                "The database {place} was made by a newer Natter (migration {version} is unknown to this one); \
                 run that version, or restore a backup from before it."
            ),
            MigrateError::VersionMismatch(version) => format!(
                "The database {place} does not fit this build of Natter (migration {version} differs); \
                 run the version that made it."
            ),
            other => format!("The database {place} could not be brought up to date: {}.", of_migration(&other)),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL lets whoever the system knows in through its socket, by that name.
    #[test]
    fn where_a_url_names_nobody_it_is_the_user_of_the_process() {
        let options = named("postgres:///natter?host=/run/postgresql", "natter").unwrap();
        let user = std::env::var("PGUSER").unwrap_or_else(|_| whoami::username().unwrap());
        assert_eq!(options.get_username(), user);
        assert_ne!(options.get_username(), "anonymous");
    }
}
