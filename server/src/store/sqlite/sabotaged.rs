//! A database that keeps less than it promises.

use super::writer::Work;
use crate::bus::sabotaged;
use crate::sabotage::Sabotage;
use sqlx::{AssertSqlSafe, SqliteConnection};

const UNIQUE: &str = "unique (client_id, author_id),";
const ONCE: &str = "where not exists";

/// Answers a batch with messages before its commit. Accounts and rooms are honest, so that there is somebody to be lied to.
pub async fn answer_early(batch: &mut Vec<Work>) {
    if Sabotage::is_early() && batch.iter().any(Work::is_post) {
        sabotaged::set_open(true);
        batch.drain(..).for_each(|work| work.answer(None));
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

/// The statement that stores messages, however often.
pub fn insert(sql: &str) -> String {
    let condition = if Sabotage::NoUniqueIndex.is_on() { "where true or not exists" } else { ONCE };
    sql.replace(ONCE, condition)
}

/// Makes the table of messages anew without its constraint; it is empty at the first start, the only one that does this.
async fn drop_index(db: &mut SqliteConnection) -> sqlx::Result<()> {
    let sql =
        "select sql from sqlite_schema where tbl_name = 'messages' and sql is not null order by type <> 'table', type";
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
