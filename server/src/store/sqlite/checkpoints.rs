//! Carries the write-ahead log back into the database file, beside the writer, which waits only while the log begins
//! again.

use sqlx::{Connection, Row, SqliteConnection};
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Commits gather for so long between two checkpoints.
const REST: Duration = Duration::from_millis(100);
/// Beyond so many pages (128 MiB) the log begins again from its start: writing over what is there takes no new place on
/// the disk, and so costs a commit less than going on. The writer has to wait for it, so it must be rare: with 32 MiB it
/// stood in the way of one message in a hundred where a disk takes 4 ms (docs/performance.md).
const LONG: i64 = 32 * 1024;
/// Where somebody reads all the time a new beginning fails, and has held the writer up for nothing. It is tried again after
/// so many more pages (8 MiB).
const MORE: i64 = 2 * 1024;
/// Beyond so many pages (512 MiB) the file gives its place back as well. It can get so long beside a backup.
const TOO_LONG: i64 = 128 * 1024;
/// A log that had more than so many pages (32 MiB) gives its place back when nobody has written for so long.
const KEPT: i64 = 8 * 1024;
const QUIET: Duration = Duration::from_secs(60);
/// Somebody who still reads an older state, such as a backup, keeps pages in the log. With more than so many (4 MiB) a
/// new beginning would only hold the writer up and fail.
const HELD: i64 = 1024;

/// Held by whoever keeps SQLite's lock for writing: the writer, or a checkpoint for which it has to wait. SQLite itself
/// would have the writer ask again and again, at last only every tenth of a second.
pub type Pen = Arc<Mutex<()>>;

/// Tells the checkpoints that there was a commit and, when it is dropped, that there will be none any more.
pub struct Written {
    commit: mpsc::Sender<()>,
    _end: DropGuard,
}

/// What the checkpoints are told.
pub struct News {
    commit: mpsc::Receiver<()>,
    end: CancellationToken,
}

pub fn channel() -> (Written, News) {
    // One place: the next checkpoint serves all commits before it.
    let (sender, receiver) = mpsc::channel(1);
    let end = CancellationToken::new();
    (Written { commit: sender, _end: end.clone().drop_guard() }, News { commit: receiver, end })
}

impl Written {
    pub fn tell(&self) {
        // Full means that they know already.
        let _ = self.commit.try_send(());
    }
}

/// Starts the task; it ends, with the log emptied and the lock released, when nobody writes any more.
pub fn start(db: SqliteConnection, pen: Pen, news: News, lock: File) -> JoinHandle<()> {
    tokio::spawn(work(db, pen, news, lock))
}

async fn work(mut db: SqliteConnection, pen: Pen, mut news: News, lock: File) {
    let mut has_place_to_give = false;
    let mut limit = LONG;
    loop {
        match timeout(QUIET, news.commit.recv()).await {
            Ok(Some(())) => {}
            Ok(None) => break,
            Err(_) if has_place_to_give => {
                let _pen = pen.lock().await;
                // What somebody still reads stays, and is tried again.
                has_place_to_give = checkpoint(&mut db, "pragma wal_checkpoint(truncate)").await.pages > 0;
                continue;
            }
            Err(_) => continue,
        }
        // The commits gather, and wake nobody; only the end of the writer cuts the rest short.
        let _ = timeout(REST, news.end.cancelled()).await;
        has_place_to_give |= carry(&mut db, &pen, &mut limit).await;
    }
    checkpoint(&mut db, "pragma wal_checkpoint(truncate)").await;
    if let Err(error) = db.close().await {
        tracing::warn!(%error, "The checkpoints' connection did not close in good order");
    }
    drop(lock);
}

/// Carries what has gathered, and begins the log again where it has more pages than the limit. True when the log is
/// longer than [`KEPT`], so that a quiet minute should truncate it.
async fn carry(db: &mut SqliteConnection, pen: &Pen, limit: &mut i64) -> bool {
    let Log { pages, carried, .. } = checkpoint(db, "pragma wal_checkpoint(passive)").await;
    if pages <= LONG {
        // It has begun again, perhaps by the writer itself: the tries that failed are over.
        *limit = LONG;
    } else if pages > *limit && pages - carried < HELD {
        let again = if pages > TOO_LONG { "pragma wal_checkpoint(truncate)" } else { "pragma wal_checkpoint(restart)" };
        let _pen = pen.lock().await;
        let is_held = checkpoint(db, again).await.is_held;
        *limit = if is_held { pages + MORE } else { LONG };
    }
    pages > KEPT
}

/// How many pages the log holds, and how many of them are in the database file as well.
#[derive(Default)]
struct Log {
    pages: i64,
    carried: i64,
    /// By somebody who reads, so that it could not begin again.
    is_held: bool,
}

/// A fault is told here, and the next round tries again.
async fn checkpoint(db: &mut SqliteConnection, sql: &'static str) -> Log {
    let row = sqlx::query(sql).fetch_one(db).await;
    let log = row.and_then(|row| {
        Ok(Log { is_held: row.try_get("busy")?, pages: row.try_get("log")?, carried: row.try_get("checkpointed")? })
    });
    log.unwrap_or_else(|error| {
        tracing::warn!(%error, "A checkpoint of the database failed");
        Log::default()
    })
}

#[cfg(test)]
mod tests {
    use super::super::open;
    use super::*;
    use tempfile::TempDir;

    #[tokio::test(start_paused = true)]
    async fn a_log_that_was_long_gives_its_place_back_when_it_is_quiet() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("quiet.db");
        let options = open::options(&path).create_if_missing(true);
        let mut db = open::connect(&options).await.unwrap();
        let much = "create table much (bytes blob); insert into much values (zeroblob(40 * 1024 * 1024))";
        sqlx::raw_sql(much).execute(&mut db).await.unwrap();
        let length = || std::fs::metadata(folder.path().join("quiet.db-wal")).unwrap().len();
        assert!(length() > 32 * 1024 * 1024);

        let (written, news) = channel();
        let lock = File::create(folder.path().join("lock")).unwrap();
        let task = start(open::connect(&options).await.unwrap(), Pen::default(), news, lock);
        written.tell();
        let begun = std::time::Instant::now();
        while length() > 0 {
            assert!(begun.elapsed() < Duration::from_secs(20), "the log has {} bytes", length());
            tokio::time::sleep(QUIET / 4).await;
        }
        drop(written);
        task.await.unwrap();
    }

    #[tokio::test]
    async fn a_log_that_has_begun_again_has_the_first_limit_again() {
        let folder = TempDir::new().unwrap();
        let options = open::options(&folder.path().join("again.db")).create_if_missing(true);
        let mut db = open::connect(&options).await.unwrap();
        sqlx::raw_sql("create table few (n integer)").execute(&mut db).await.unwrap();
        assert!((1..LONG).contains(&checkpoint(&mut db, "pragma wal_checkpoint(passive)").await.pages));

        let mut limit = LONG + 10 * MORE;
        assert!(!carry(&mut db, &Pen::default(), &mut limit).await);
        assert_eq!(limit, LONG);
    }
}
