//! The connections that read: some for those who talk, others for pages, forms and the API. Neither waits for the
//! other's, and those in the background step back for the others and for the writer.

use super::open;
use crate::background;
use futures::future::{BoxFuture, TryFutureExt};
use futures::stream::{self, BoxStream, TryStreamExt};
use sqlx::sqlite::{SqliteConnectOptions, SqliteQueryResult, SqliteRow, SqliteStatement, SqliteTypeInfo};
use sqlx::{Connection, Describe, Either, Execute, Executor, SqlStr, Sqlite, SqliteConnection};
use std::mem;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// Of either kind. Each is a thread of its own; more than the cores can serve only makes them wait for each other.
const READERS: u32 = 8;
/// As long somebody waits for one.
const PATIENCE: Duration = Duration::from_secs(5);

pub struct Readers {
    ahead: Lane,
    behind: Lane,
}

impl Readers {
    pub fn new(options: &SqliteConnectOptions) -> Self {
        let options = options.clone().pragma("query_only", "on");
        Self { ahead: Lane::new(options.clone()), behind: Lane::new(options) }
    }

    /// Those for whoever asks. A connection's thread has the priority of the one that opened it, which is of the same kind.
    pub fn get(&self) -> &Lane {
        if background::is_here() { &self.behind } else { &self.ahead }
    }

    pub async fn close(&self) {
        self.ahead.close().await;
        self.behind.close().await;
    }
}

/// Connections of one kind, opened when they are needed, which sqlx's queries take as their executor.
///
/// sqlx's own pool asks every connection that comes back whether it lives: a task and one more way to its thread for each
/// query, where a file cannot go away. Here one is closed after a query that has failed.
#[derive(Debug)]
pub struct Lane {
    options: SqliteConnectOptions,
    /// The last that came back is the first to go: what its thread has touched is still warm.
    idle: Mutex<Vec<SqliteConnection>>,
    turns: Semaphore,
}

impl Lane {
    fn new(options: SqliteConnectOptions) -> Self {
        Self { options, idle: Mutex::default(), turns: Semaphore::new(READERS as usize) }
    }

    /// A connection for several queries.
    ///
    /// # Errors
    /// None becomes free in time, or none can be opened.
    pub async fn take(&self) -> sqlx::Result<Reader<'_>> {
        let turn = timeout(PATIENCE, self.turns.acquire()).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let turn = turn.map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = self.idle().pop();
        let db = match idle {
            Some(db) => db,
            None => open::connect(&self.options).await?,
        };
        Ok(Reader { lane: self, db: Some(db), _turn: turn })
    }

    /// Waits for those who still read.
    async fn close(&self) {
        let _turns = self.turns.acquire_many(READERS).await;
        self.turns.close();
        let idle = mem::take(&mut *self.idle());
        for db in idle {
            if let Err(error) = db.close().await {
                tracing::warn!(%error, "A connection that reads did not close in good order");
            }
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection, which goes back to the others when this is dropped. What has been left half done, a transaction or the
/// rows of a query that nobody waits for, sqlx has its thread end before it does anything else.
pub struct Reader<'l> {
    lane: &'l Lane,
    /// Always there, but for the end.
    db: Option<SqliteConnection>,
    _turn: SemaphorePermit<'l>,
}

impl Reader<'_> {
    /// Closes the connection if the query has failed; whatever went wrong, a fresh one owes nothing to it.
    fn tried<T>(mut self, made: sqlx::Result<T>) -> sqlx::Result<T> {
        if made.is_err() {
            self.db = None;
        }
        made
    }
}

impl Deref for Reader<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.db.as_ref().expect("there until the end")
    }
}

impl DerefMut for Reader<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.db.as_mut().expect("there until the end")
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        self.lane.idle().extend(self.db.take());
    }
}

impl<'c> Executor<'c> for &'c Lane {
    type Database = Sqlite;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, sqlx::Result<Either<SqliteQueryResult, SqliteRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        let read = async move {
            let mut db = self.take().await?;
            let steps: sqlx::Result<Vec<_>> = db.fetch_many(query).try_collect().await;
            db.tried(steps).map(|steps| stream::iter(steps.into_iter().map(Ok)))
        };
        Box::pin(read.try_flatten_stream())
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<SqliteRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        Box::pin(async move {
            let mut db = self.take().await?;
            let row = db.fetch_optional(query).await;
            db.tried(row)
        })
    }

    fn prepare_with<'e>(self, sql: SqlStr, types: &'e [SqliteTypeInfo]) -> BoxFuture<'e, sqlx::Result<SqliteStatement>>
    where
        'c: 'e,
    {
        Box::pin(async move {
            let mut db = self.take().await?;
            let statement = db.prepare_with(sql, types).await;
            db.tried(statement)
        })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<Describe<Sqlite>>>
    where
        'c: 'e,
    {
        Box::pin(async move {
            let mut db = self.take().await?;
            let described = db.describe(sql).await;
            db.tried(described)
        })
    }
}
