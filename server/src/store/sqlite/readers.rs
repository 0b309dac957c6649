//! The connections that read: some for those who talk, others for pages, forms and the API. Neither waits for the
//! other's, and those in the background step back for the others and for the writer.

use crate::background;
use futures::future::{BoxFuture, TryFutureExt};
use futures::stream::{self, BoxStream, TryStreamExt};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqlitePoolOptions, SqliteQueryResult, SqliteRow, SqliteStatement, SqliteTypeInfo,
};
use sqlx::{Connection, Describe, Either, Execute, Executor, SqlStr, Sqlite, SqliteConnection, SqlitePool};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// Of either kind. Each is a thread of its own; more than the cores can serve only makes them wait for each other.
const READERS: u32 = 8;
/// As long somebody waits for their turn, and again for a connection when all are still busy for those who have gone.
const PATIENCE: Duration = Duration::from_secs(5);
/// Whichever has rested so long goes back to the pool, which closes it after as long again.
const REST: Duration = Duration::from_secs(600);

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
/// sqlx's pool asks every connection that comes back for a sign of life: a task, and one more way to its thread for each
/// query. So those that have served well are kept here, and only the others go back: after a failure, or when somebody
/// went away half-way and the thread may still be at it.
#[derive(Debug)]
pub struct Lane {
    pool: SqlitePool,
    /// With the moment since when. The last that came back is the first to go again: what its thread has touched is warm.
    idle: Mutex<VecDeque<(Instant, PoolConnection<Sqlite>)>>,
    turns: Semaphore,
}

impl Lane {
    fn new(options: SqliteConnectOptions) -> Self {
        let pool = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(PATIENCE)
            .idle_timeout(REST)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_lazy_with(options);
        Self { pool, idle: Mutex::default(), turns: Semaphore::new(READERS as usize) }
    }

    /// Reads in one transaction.
    pub async fn snapshot<T, A>(&self, act: A) -> sqlx::Result<T>
    where
        A: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send,
    {
        let mut lent = self.take().await?;
        let read = snapshot(&mut lent.db, act).await;
        lent.tried(read)
    }

    async fn take(&self) -> sqlx::Result<Lent<'_>> {
        let turn = timeout(PATIENCE, self.turns.acquire()).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let turn = turn.map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = self.idle().pop_back();
        let db = match idle {
            Some((_, db)) => db,
            None => self.pool.acquire().await?,
        };
        Ok(Lent { lane: self, db, _turn: turn })
    }

    fn keep(&self, db: PoolConnection<Sqlite>) {
        let mut idle = self.idle();
        idle.push_back((Instant::now(), db));
        if idle.front().is_some_and(|(since, _)| since.elapsed() > REST) {
            idle.pop_front();
        }
    }

    /// Waits for those who still read.
    async fn close(&self) {
        let _turns = self.turns.acquire_many(READERS).await;
        self.turns.close();
        self.idle().clear();
        self.pool.close().await;
    }

    fn idle(&self) -> MutexGuard<'_, VecDeque<(Instant, PoolConnection<Sqlite>)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn snapshot<T, A>(db: &mut SqliteConnection, act: A) -> sqlx::Result<T>
where
    A: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send,
{
    let mut snapshot = db.begin().await?;
    let read = act(&mut snapshot).await?;
    snapshot.rollback().await?;
    Ok(read)
}

/// A connection that somebody reads with; it goes back to the pool when they go away.
struct Lent<'l> {
    lane: &'l Lane,
    db: PoolConnection<Sqlite>,
    _turn: SemaphorePermit<'l>,
}

impl Lent<'_> {
    /// Keeps the connection for others if all went well.
    fn tried<T>(self, read: sqlx::Result<T>) -> sqlx::Result<T> {
        if read.is_ok() {
            self.lane.keep(self.db);
        }
        read
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
            let mut lent = self.take().await?;
            let steps: sqlx::Result<Vec<_>> = lent.db.fetch_many(query).try_collect().await;
            lent.tried(steps).map(|steps| stream::iter(steps.into_iter().map(Ok)))
        };
        Box::pin(read.try_flatten_stream())
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<SqliteRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        Box::pin(async move {
            let mut lent = self.take().await?;
            let row = lent.db.fetch_optional(query).await;
            lent.tried(row)
        })
    }

    fn prepare_with<'e>(self, sql: SqlStr, types: &'e [SqliteTypeInfo]) -> BoxFuture<'e, sqlx::Result<SqliteStatement>>
    where
        'c: 'e,
    {
        Box::pin(async move {
            let mut lent = self.take().await?;
            let statement = lent.db.prepare_with(sql, types).await;
            lent.tried(statement)
        })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<Describe<Sqlite>>>
    where
        'c: 'e,
    {
        Box::pin(async move {
            let mut lent = self.take().await?;
            let described = lent.db.describe(sql).await;
            lent.tried(described)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::open;
    use futures::FutureExt;
    use std::future::pending;
    use tempfile::TempDir;
    use tokio::sync::oneshot;

    async fn lane() -> (Lane, TempDir) {
        let folder = TempDir::new().unwrap();
        let options = open::options(&folder.path().join("lane.db")).create_if_missing(true);
        let mut db = open::connect(&options).await.unwrap();
        sqlx::raw_sql("create table numbers (n integer); insert into numbers values (1), (2)")
            .execute(&mut db)
            .await
            .unwrap();
        (Lane::new(options), folder)
    }

    async fn numbers(lane: &Lane) -> Vec<i64> {
        sqlx::query_scalar("select n from numbers order by n").fetch_all(lane).await.unwrap()
    }

    #[tokio::test]
    async fn a_connection_is_kept_after_success_and_not_after_a_failure() {
        let (lane, _folder) = lane().await;
        assert_eq!((numbers(&lane).await, numbers(&lane).await), (vec![1, 2], vec![1, 2]));
        assert_eq!((lane.idle().len(), lane.pool.size()), (1, 1));
        sqlx::query("select nothing").fetch_optional(&lane).await.unwrap_err();
        assert_eq!(lane.idle().len(), 0);
        assert_eq!(numbers(&lane).await, [1, 2]);
    }

    #[tokio::test]
    async fn those_who_go_away_half_way_leave_connections_that_serve() {
        let (lane, _folder) = lane().await;
        for _ in 0..2 * READERS {
            let (begun, has_begun) = oneshot::channel();
            let hangs = lane.snapshot(|db| {
                let count = sqlx::query_scalar::<_, i64>("select count(*) from numbers").fetch_one(db);
                async move {
                    begun.send(count.await?).unwrap();
                    pending::<sqlx::Result<()>>().await
                }
                .boxed()
            });
            tokio::select! {
                _ = hangs => unreachable!("it waits for ever"),
                count = has_begun => assert_eq!(count.unwrap(), 2),
            }
        }
        assert_eq!(lane.idle().len(), 0);
        let three = lane.snapshot(|db| sqlx::query_scalar("select 3").fetch_one(db).boxed()).await.unwrap();
        assert_eq!((three, lane.idle().len()), (3, 1));
    }

    #[tokio::test]
    async fn closing_waits_for_those_who_read_and_lets_nobody_in() {
        let (lane, _folder) = lane().await;
        let lent = lane.take().await.unwrap();
        assert!(lane.close().now_or_never().is_none());
        drop(lent);
        lane.close().await;
        assert!(matches!(lane.take().await, Err(sqlx::Error::PoolClosed)));
    }
}
