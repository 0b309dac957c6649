//! PostgreSQL: a pool for short transactions, a few writers with group commit for messages.
//!
//! Every transaction takes its locks in one order: the instance, people by id, then rooms by id. A room's row is locked before its
//! counters or members are read, and in a statement of its own: a statement sees the database as it stood when it
//! began, which may be before the lock that it had to wait for.

mod accounts;
mod administration;
mod arrivals;
mod audit;
mod cause;
mod contacts;
mod erasing;
mod folding;
mod grants;
mod groups;
mod hooks;
mod instance;
mod invitations;
mod leaving;
mod members;
mod messages;
mod missed;
mod open;
mod people;
mod receipts;
mod resets;
mod room_view;
mod rooms;
mod safety;
mod sessions;
mod snapshot;
mod turn;
mod vacancy;
mod writer;

pub use cause::check_url;
pub use open::exists;
pub use snapshot::snapshot as snapshot_of;
pub use turn::PostgresTurn;
pub use vacancy::vacancy;

use super::{Database, Refused};
use crate::metrics::Commits;
use async_trait::async_trait;
use domain::ports::Unavailable;
use futures::FutureExt;
use futures::future::BoxFuture;
use sqlx::Connection;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPool, Postgres};
use std::time::Duration;
use writer::Writer;

/// As long one use case may take; more than the server's own limits (`open`), which end what the server still knows of.
const PATIENCE: Duration = Duration::from_secs(8);

/// The store for any number of nodes.
pub struct PostgresStore {
    writer: Writer,
    pool: PgPool,
}

impl PostgresStore {
    /// Opens the database of a `postgres:` URL.
    ///
    /// # Errors
    /// [`Refused`] says in one sentence what is wrong and what to do.
    pub async fn open(url: &str, commits: &Commits) -> Result<Self, Refused> {
        open::open(url, commits).await
    }

    /// The same for a task beside the nodes, which go on; the schema has to be the one of this version.
    ///
    /// # Errors
    /// [`Refused`] says in one sentence what is wrong and what to do.
    pub async fn open_beside(url: &str, commits: &Commits) -> Result<Self, Refused> {
        open::open_beside(url, commits).await
    }

    /// Runs statements on a connection of the pool, each committed by itself.
    async fn run<T, A>(&self, act: A) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        A: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send + 'static,
    {
        let db = self.pool.acquire().await.map_err(|error| self.unavailable(error))?;
        let mut lent = Lent { db, is_in_order: false };
        let done = tokio::time::timeout(PATIENCE, act(&mut lent.db)).await;
        let done = done.map_err(|_| Unavailable::slow("the database has not answered in time"))?;
        lent.is_in_order = true;
        done.map_err(|error| self.unavailable(error))
    }

    /// Tells a database that is slow from one that is away: it has connections, or ended what took too long.
    fn unavailable(&self, error: sqlx::Error) -> Unavailable {
        // PostgreSQL, Appendix A: query_canceled and lock_not_available.
        let is_ended = |code: &str| code == "57014" || code == "55P03";
        let is_slow = match &error {
            sqlx::Error::PoolTimedOut => self.pool.size() > 0,
            error => error.as_database_error().and_then(|error| error.code()).is_some_and(|code| is_ended(&code)),
        };
        if is_slow { Unavailable::slow(error) } else { Unavailable::new(error) }
    }

    /// Runs a command in a transaction and returns what it made after the commit.
    async fn write<T, A>(&self, act: A) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        A: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send + 'static,
    {
        self.run(move |db| transact(db, act).boxed()).await
    }

    /// Reads in one snapshot, whatever is committed meanwhile.
    async fn snapshot<T, A>(&self, act: A) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        A: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send + 'static,
    {
        self.run(move |db| snapshot(db, act).boxed()).await
    }
}

async fn transact<T, A>(db: &mut PgConnection, act: A) -> sqlx::Result<T>
where
    A: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send,
{
    let mut transaction = db.begin().await?;
    let made = act(&mut transaction).await?;
    transaction.commit().await?;
    Ok(made)
}

async fn snapshot<T, A>(db: &mut PgConnection, act: A) -> sqlx::Result<T>
where
    A: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send,
{
    let mut snapshot = db.begin_with("begin isolation level repeatable read read only").await?;
    let read = act(&mut snapshot).await?;
    snapshot.rollback().await?;
    Ok(read)
}

/// A connection of the pool, which goes back to it only when its work has come to an end: what hangs, or was dropped
/// half-way, would keep its place until the network gives it up.
struct Lent {
    db: PoolConnection<Postgres>,
    is_in_order: bool,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if !self.is_in_order {
            self.db.close_on_drop();
        }
    }
}

#[async_trait]
impl Database for PostgresStore {
    async fn cookie_key(&self) -> Result<Option<Vec<u8>>, Unavailable> {
        let key = self.run(|db| sqlx::query_scalar("select cookie_key from instance").fetch_one(db).boxed());
        key.await.map(Some)
    }

    async fn ping(&self) -> Result<(), Unavailable> {
        self.run(|db| db.ping().boxed()).await
    }

    fn waiting(&self) -> usize {
        self.writer.waiting()
    }

    async fn close(&self) {
        self.writer.close().await;
        self.pool.close().await;
    }
}
