use super::*;
use crate::store::sqlite::checkpoints;
use futures::FutureExt;
use sqlx::SqlitePool;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::oneshot;

struct Bench {
    writer: Arc<Writer>,
    readers: SqlitePool,
    /// Deleted at the end.
    _folder: TempDir,
}

/// A writer over a table of numbers, and one that refers to it at the commit only.
async fn bench() -> Bench {
    let folder = TempDir::new().unwrap();
    let options = open::options(&folder.path().join("bench.db")).create_if_missing(true);
    let mut db = open::connect(&options).await.unwrap();
    let tables = "create table numbers (n integer primary key);
        create table late (n integer references numbers (n) deferrable initially deferred)";
    sqlx::raw_sql(tables).execute(&mut db).await.unwrap();
    let readers = SqlitePool::connect_with(options.clone()).await.unwrap();
    let (written, _) = checkpoints::channel();
    Bench {
        writer: Arc::new(Writer::start(options, db, Pen::default(), written, Commits::default())),
        readers,
        _folder: folder,
    }
}

type Answer = JoinHandle<Result<(), Unavailable>>;

impl Bench {
    /// Puts a command into the queue of a writer that is held, and returns when it stands there.
    async fn queue<A>(&self, scope: Scope, act: A) -> Answer
    where
        A: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, sqlx::Result<()>> + Send + 'static,
    {
        let room = self.writer.queue.capacity();
        let writer = self.writer.clone();
        let answer = tokio::spawn(async move { writer.run(scope, act).await });
        // The tests run on one thread: each turn lets the other task go on.
        while self.writer.queue.capacity() == room {
            tokio::task::yield_now().await;
        }
        answer
    }

    async fn inserts(&self, n: i64) -> Answer {
        self.queue(Scope::One, move |db| insert(db, n).boxed()).await
    }

    /// Keeps the writer busy until the gate opens, so that what is queued meanwhile becomes one batch.
    async fn holds(&self) -> (oneshot::Sender<()>, Answer) {
        let (gate, opened) = oneshot::channel();
        let (started, has_started) = oneshot::channel();
        let writer = self.writer.clone();
        let answer = tokio::spawn(async move {
            let wait = async move {
                started.send(()).unwrap();
                opened.await.unwrap();
                Ok(())
            };
            writer.run(Scope::One, move |_| wait.boxed()).await
        });
        has_started.await.unwrap();
        (gate, answer)
    }

    async fn stored(&self) -> Vec<i64> {
        sqlx::query_scalar("select n from numbers order by n").fetch_all(&self.readers).await.unwrap()
    }
}

async fn insert(db: &mut SqliteConnection, n: i64) -> sqlx::Result<()> {
    sqlx::query("insert into numbers (n) values ($1)").bind(n).execute(db).await.map(drop)
}

#[tokio::test]
async fn nobody_is_answered_before_the_commit() {
    let bench = bench().await;
    let (first, _) = bench.holds().await;
    let mut early = bench.inserts(1).await;
    let (gate, opened) = oneshot::channel::<()>();
    let (started, has_started) = oneshot::channel();
    let wait = async move {
        started.send(()).unwrap();
        opened.await.unwrap();
        Ok(())
    };
    let late = bench.queue(Scope::One, move |_| wait.boxed()).await;
    first.send(()).unwrap();
    has_started.await.unwrap();

    assert!((&mut early).now_or_never().is_none(), "answered while its transaction was open");
    assert_eq!(bench.stored().await, [0i64; 0]);
    gate.send(()).unwrap();
    early.await.unwrap().unwrap();
    late.await.unwrap().unwrap();
    assert_eq!(bench.stored().await, [1]);
}

#[tokio::test]
async fn who_is_committed_does_not_wait_for_the_next_batch() {
    let bench = bench().await;
    let (gate, early) = bench.holds().await;
    let (later, opened) = oneshot::channel::<()>();
    let wait = async move { opened.await.map_err(|_| sqlx::Error::WorkerCrashed) };
    let late = bench.queue(Scope::One, move |_| wait.boxed()).await;
    gate.send(()).unwrap();

    timeout(PATIENCE, early).await.expect("an answer beside the next batch").unwrap().unwrap();
    assert!(!late.is_finished());
    later.send(()).unwrap();
    late.await.unwrap().unwrap();
}

/// What somebody says first stands first, also when both waited for a place in the queue.
#[tokio::test]
async fn who_waits_for_a_place_in_a_full_queue_is_not_overtaken() {
    let bench = bench().await;
    let (gate, _) = bench.holds().await;
    for n in 0..QUEUE as i64 {
        bench.inserts(n).await;
    }
    let (said, mut order) = mpsc::channel(2);
    let speaks = |word: i32| {
        let said = said.clone();
        let speak = async move { said.send(word).await.map_err(|_| sqlx::Error::WorkerCrashed) };
        Box::pin(bench.writer.run(Scope::One, move |_| speak.boxed()))
    };
    let mut early = speaks(1);
    assert!((&mut early).now_or_never().is_none());
    gate.send(()).unwrap();
    // There is room again before the first one knows it.
    while bench.stored().await.len() < QUEUE {
        tokio::task::yield_now().await;
    }
    let mut late = speaks(2);
    assert!((&mut late).now_or_never().is_none());
    let (early, late) = tokio::join!(early, late);
    early.and(late).unwrap();
    assert_eq!((order.recv().await, order.recv().await), (Some(1), Some(2)));
}

#[tokio::test]
async fn a_failing_command_fails_alone() {
    let bench = bench().await;
    let (gate, _) = bench.holds().await;
    let one = bench.inserts(1).await;
    let half_done = bench
        .queue(Scope::Several, |db| {
            async move {
                insert(db, 2).await?;
                insert(db, 1).await
            }
            .boxed()
        })
        .await;
    let three = bench.inserts(3).await;
    gate.send(()).unwrap();

    one.await.unwrap().unwrap();
    half_done.await.unwrap().unwrap_err();
    three.await.unwrap().unwrap();
    assert_eq!(bench.stored().await, [1, 3]);
}

#[tokio::test]
async fn a_panicking_command_fails_alone() {
    let bench = bench().await;
    let (gate, _) = bench.holds().await;
    let one = bench.inserts(1).await;
    let panics = bench
        .queue(Scope::Several, |db| {
            async move {
                insert(db, 2).await?;
                panic!("as the test wants it")
            }
            .boxed()
        })
        .await;
    let three = bench.inserts(3).await;
    gate.send(()).unwrap();

    one.await.unwrap().unwrap();
    panics.await.unwrap().unwrap_err();
    three.await.unwrap().unwrap();
    assert_eq!(bench.stored().await, [1, 3]);
}

#[tokio::test]
async fn a_failing_commit_fails_everybody_and_the_next_one_succeeds() {
    let bench = bench().await;
    let (gate, held) = bench.holds().await;
    let one = bench.inserts(1).await;
    let dangling = bench
        .queue(Scope::Several, |db| {
            let insert = sqlx::query("insert into late (n) values (99)").execute(db);
            insert.map(|done| done.map(drop)).boxed()
        })
        .await;
    gate.send(()).unwrap();

    held.await.unwrap().unwrap();
    one.await.unwrap().unwrap_err();
    dangling.await.unwrap().unwrap_err();
    assert_eq!(bench.stored().await, [0i64; 0]);
    bench.writer.run(Scope::One, |db| insert(db, 2).boxed()).await.unwrap();
    assert_eq!(bench.stored().await, [2]);
}

#[tokio::test]
async fn a_command_that_ends_the_transaction_fails_everybody() {
    let bench = bench().await;
    let (gate, _) = bench.holds().await;
    let one = bench.inserts(1).await;
    // As SQLite itself does when the disk is full.
    let ends = bench
        .queue(Scope::Several, |db| {
            async move {
                sqlx::query("rollback").execute(db).await?;
                Err(sqlx::Error::Protocol("full".into()))
            }
            .boxed()
        })
        .await;
    let three = bench.inserts(3).await;
    gate.send(()).unwrap();

    for answer in [one, ends, three] {
        answer.await.unwrap().unwrap_err();
    }
    bench.writer.run(Scope::One, |db| insert(db, 4).boxed()).await.unwrap();
}

#[tokio::test]
async fn closing_finishes_the_queue_and_refuses_what_comes_after() {
    let bench = bench().await;
    let (gate, _) = bench.holds().await;
    let one = bench.inserts(1).await;
    let writer = bench.writer.clone();
    let closing = tokio::spawn(async move { writer.close().await });
    gate.send(()).unwrap();

    closing.await.unwrap();
    one.await.unwrap().unwrap();
    assert_eq!(bench.stored().await, [1]);
    bench.writer.run(Scope::One, |db| insert(db, 2).boxed()).await.unwrap_err();
}

#[tokio::test]
async fn a_failing_statement_fails_alone() {
    let bench = bench().await;
    let (gate, _) = bench.holds().await;
    let answers = [bench.inserts(1).await, bench.inserts(1).await, bench.inserts(3).await];
    gate.send(()).unwrap();

    let [one, again, three] = answers;
    one.await.unwrap().unwrap();
    again.await.unwrap().unwrap_err();
    three.await.unwrap().unwrap();
    assert_eq!(bench.stored().await, [1, 3]);
}

#[tokio::test]
async fn a_statement_that_ends_the_transaction_fails_everybody_and_what_follows_is_not_run() {
    let bench = bench().await;
    let (gate, _) = bench.holds().await;
    let one = bench.inserts(1).await;
    let ends = bench
        .queue(Scope::One, |db| {
            async move {
                sqlx::query("rollback").execute(db).await?;
                Err(sqlx::Error::Protocol("full".into()))
            }
            .boxed()
        })
        .await;
    let three = bench.inserts(3).await;
    gate.send(()).unwrap();

    for answer in [one, ends, three] {
        answer.await.unwrap().unwrap_err();
    }
    assert_eq!(bench.stored().await, [0i64; 0]);
}
