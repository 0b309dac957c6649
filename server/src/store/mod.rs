//! The databases: one adapter of the store ports for each, with the same file names and, where the dialects allow,
//! the same SQL. The only place where SQL occurs.

pub mod carried;
mod faults;
mod folding;
mod news;
mod pages;
mod postgres;
mod records;
mod rows;
mod snapshot;
mod sqlite;
mod statements;
mod turn;

pub use postgres::{PostgresStore, check_url};
pub use snapshot::{Origin, Snapshot, Vacancy, snapshot, vacancy};
pub use sqlite::SqliteStore;
pub use turn::Turn;

use crate::metrics::Commits;
use async_trait::async_trait;
use domain::ports::{Store, Unavailable};
use sqlx::migrate::Migrator;
use std::fmt;
use std::sync::Arc;

/// A store that says how it is, and can be ended in good order.
#[async_trait]
pub trait Database: Store {
    /// The 64 bytes that sign session cookies, where several nodes have to find the same; else `None`.
    async fn cookie_key(&self) -> Result<Option<Vec<u8>>, Unavailable>;

    /// Whether the database itself answers, not a memory of it.
    async fn ping(&self) -> Result<(), Unavailable>;

    /// How many commands wait for the writers.
    fn waiting(&self) -> usize;

    /// Finishes what was asked for and lets go of the database; whatever is asked later is refused.
    async fn close(&self);
}

/// Why a database is not used: one sentence for the person who runs the server, with what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

impl Refused {
    fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    fn other_schema(place: &dyn fmt::Display) -> Self {
        Self::new(format!(
            "The database {place} does not have the schema of this Natter; use the program of the version that serves \
             it, or start the server of this version once."
        ))
    }
}

/// Whether these migrations, by version and checksum, are all that there are.
fn is_schema_of(migrations: &Migrator, applied: &[(i64, Vec<u8>)]) -> bool {
    let ours = migrations.iter().map(|migration| (migration.version, migration.checksum.as_ref()));
    ours.eq(applied.iter().map(|(version, checksum)| (*version, checksum.as_slice())))
}

/// Opens the database of a URL, brings its schema up to date and makes sure that it keeps what it acknowledges.
/// Its writers count what they commit in `commits`.
///
/// # Errors
/// [`Refused`] says in one sentence what is wrong and what to do.
pub async fn open(url: &str, commits: &Commits) -> Result<Arc<dyn Database>, Refused> {
    Ok(match kind(url)? {
        Kind::Sqlite => Arc::new(SqliteStore::open(url, commits).await?),
        Kind::Postgres => Arc::new(PostgresStore::open(url, commits).await?),
    })
}

/// The same for a task beside servers that may be at work on it: it changes no schema and takes no lock from them.
///
/// # Errors
/// [`Refused`] says in one sentence what is wrong and what to do.
pub async fn open_beside(url: &str, commits: &Commits) -> Result<Arc<dyn Database>, Refused> {
    Ok(match kind(url)? {
        Kind::Sqlite => Arc::new(SqliteStore::open_beside(url, commits).await?),
        Kind::Postgres => Arc::new(PostgresStore::open_beside(url, commits).await?),
    })
}

/// Whether Natter has made anything there yet.
///
/// # Errors
/// [`Refused`] when the database cannot be asked.
pub async fn exists(url: &str) -> Result<bool, Refused> {
    match kind(url)? {
        Kind::Sqlite => sqlite::exists(url),
        Kind::Postgres => postgres::exists(url).await,
    }
}

enum Kind {
    Sqlite,
    Postgres,
}

fn kind(url: &str) -> Result<Kind, Refused> {
    match url.split_once(':') {
        Some(("sqlite", _)) => Ok(Kind::Sqlite),
        Some(("postgres" | "postgresql", _)) => Ok(Kind::Postgres),
        _ => Err(Refused::new(
            "The database URL is not understood: write sqlite: and the path of a file, \
             or postgres://user:password@host/database.",
        )),
    }
}

/// The number of the newest migration that this Natter knows.
pub fn newest_schema() -> i64 {
    sqlite::newest_schema()
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres:") || url.starts_with("postgresql:")
}
