//! A database that keeps less than it promises.

use super::writer::Job;
use crate::bus::sabotaged;
use crate::sabotage::Sabotage;
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

const UNIQUE: &str = "unique (author_id, client_id),";
const ONCE: &str = "on conflict (author_id, client_id) do nothing";

/// The transaction stores a message.
static HAS_MESSAGE: AtomicBool = AtomicBool::new(false);

/// Answers a batch with messages before its commit. Accounts and rooms are honest, so that there is somebody to be lied to.
pub async fn answer_early(batch: &mut Vec<Box<dyn Job>>) {
    let is_early = Sabotage::AckBeforeCommit.is_on() || Sabotage::PublishBeforeCommit.is_on();
    if HAS_MESSAGE.swap(false, Ordering::SeqCst) && is_early {
        sabotaged::set_open(true);
        batch.drain(..).for_each(|job| job.answer(None));
        sabotaged::hesitate().await;
    }
}

/// Takes from the writer's connection, and from the schema, what they promise.
pub async fn weaken(db: &mut SqliteConnection) -> sqlx::Result<()> {
    if Sabotage::SynchronousNormal.is_on() {
        sqlx::query("pragma synchronous = normal").execute(&mut *db).await?;
    }
    if Sabotage::NoUniqueIndex.is_on() {
        drop_index(db).await?;
    }
    Ok(())
}

/// The statement that stores a message, however often.
pub fn insert(sql: &'static str) -> &'static str {
    static AGAIN: OnceLock<String> = OnceLock::new();
    HAS_MESSAGE.store(true, Ordering::SeqCst);
    if Sabotage::NoUniqueIndex.is_on() { AGAIN.get_or_init(|| sql.replace(ONCE, "")) } else { sql }
}

/// Makes the table of messages anew without its constraint; it is empty at the first start, the only one that does this.
async fn drop_index(db: &mut SqliteConnection) -> sqlx::Result<()> {
    let sql = "select sql from sqlite_schema where tbl_name = 'messages' and sql is not null order by type";
    let made: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *db).await?;
    if !made.iter().any(|sql| sql.contains(UNIQUE)) {
        return Ok(());
    }
    sqlx::query("drop table messages").execute(&mut *db).await?;
    for sql in made {
        sqlx::query(AssertSqlSafe(sql.replace(UNIQUE, ""))).execute(&mut *db).await?;
    }
    Ok(())
}
