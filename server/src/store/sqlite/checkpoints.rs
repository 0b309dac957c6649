//! Carries the write-ahead log back into the database file, off the writer's path.

use sqlx::{Connection, Row, SqliteConnection};
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

/// Commits gather for so long between two checkpoints.
const REST: Duration = Duration::from_millis(100);
/// Beyond so many pages (8 MiB) the log begins again from its start, although the writer has to wait for it: writing over
/// what is there takes no new place on the disk, and so costs a commit less than going on.
const LONG: i64 = 2 * 1024;
/// Beyond so many pages (64 MiB) the file gives its place back as well.
const TOO_LONG: i64 = 16 * 1024;
/// Somebody who still reads an older state, such as a backup, keeps pages in the log. With more than so many (4 MiB) a
/// new beginning would only hold the writer up and fail.
const HELD: i64 = 1024;

/// Held by whoever keeps SQLite's lock for writing: the writer, or a checkpoint for which it has to wait. SQLite itself
/// would have the writer ask again and again, at last only every tenth of a second.
pub type Pen = Arc<Mutex<()>>;

/// Starts the task; it ends, with the log emptied and the lock released, when nobody writes any more.
pub fn start(db: SqliteConnection, pen: Pen, written: mpsc::Receiver<()>, lock: File) -> JoinHandle<()> {
    tokio::spawn(work(db, pen, written, lock))
}

async fn work(mut db: SqliteConnection, pen: Pen, mut written: mpsc::Receiver<()>, lock: File) {
    while written.recv().await.is_some() {
        // The commits gather; only the end of the writer cuts the wait short.
        let _ = tokio::time::timeout(REST, ended(&mut written)).await;
        let Log { pages, carried } = checkpoint(&mut db, "pragma wal_checkpoint(passive)").await;
        if pages - carried < HELD && pages > TOO_LONG {
            let _pen = pen.lock().await;
            checkpoint(&mut db, "pragma wal_checkpoint(truncate)").await;
        } else if pages - carried < HELD && pages > LONG {
            let _pen = pen.lock().await;
            checkpoint(&mut db, "pragma wal_checkpoint(restart)").await;
        }
    }
    checkpoint(&mut db, "pragma wal_checkpoint(truncate)").await;
    if let Err(error) = db.close().await {
        tracing::warn!(%error, "The checkpoints' connection did not close in good order");
    }
    drop(lock);
}

/// Waits until nobody can write any more.
async fn ended(written: &mut mpsc::Receiver<()>) {
    while written.recv().await.is_some() {}
}

/// How many pages the log holds, and how many of them are in the database file as well.
#[derive(Default)]
struct Log {
    pages: i64,
    carried: i64,
}

/// A fault is told here, and the next round tries again.
async fn checkpoint(db: &mut SqliteConnection, sql: &'static str) -> Log {
    let row = sqlx::query(sql).fetch_one(db).await;
    let log = row.and_then(|row| Ok(Log { pages: row.try_get("log")?, carried: row.try_get("checkpointed")? }));
    log.unwrap_or_else(|error| {
        tracing::warn!(%error, "A checkpoint of the database failed");
        Log::default()
    })
}
