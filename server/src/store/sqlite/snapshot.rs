//! The file as it stood at one moment, read beside whoever writes it.

use super::open::{self, MIGRATIONS};
use crate::archive::{Column, Kind, Table, Value};
use crate::store::faults::FAULTS;
use crate::store::{Origin, Refused, Snapshot, statements};
use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use protocol::Epoch;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

/// A connection in a transaction that reads.
///
/// The lock beside the file is not asked for: it keeps a second server out, and readers are SQLite's own matter. What is
/// committed meanwhile stays in the log, which grows for as long.
pub struct SqliteSnapshot {
    pub db: SqliteConnection,
}

pub fn newest_schema() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().expect("there is a first migration")
}

pub async fn snapshot(url: &str) -> Result<(Origin, Box<dyn Snapshot>), Refused> {
    let path = open::path_of(url)?;
    let place = path.display().to_string();
    let fail = |error: sqlx::Error| Refused::new(format!("The database {place} cannot be read: {error}."));
    if !path.exists() {
        return statements::current(None, &place).map(|_| unreachable!("there is no schema"));
    }
    // A reader that could not write at all would leave the log behind when it is the last to close the file.
    let options = open::options(&path).create_if_missing(false).pragma("query_only", "on");
    let mut db = open::connect(&options).await.map_err(fail)?;
    sqlx::query("begin").execute(&mut db).await.map_err(fail)?;
    let schema = statements::current(schema(&mut db).await.map_err(fail)?, &place)?;
    let epoch = sqlx::query_scalar("select epoch from instance").fetch_one(&mut db).await.map_err(fail)?;
    Ok((Origin { schema, database: "sqlite", epoch: Epoch(epoch) }, Box::new(SqliteSnapshot { db })))
}

/// The number of the newest migration; none where Natter has not made its tables.
pub async fn schema(db: &mut SqliteConnection) -> sqlx::Result<Option<i64>> {
    let known: bool = sqlx::query_scalar("select exists(select 1 from sqlite_schema where name = '_sqlx_migrations')")
        .fetch_one(&mut *db)
        .await?;
    if !known {
        return Ok(None);
    }
    sqlx::query_scalar("select max(version) from _sqlx_migrations where success").fetch_one(db).await
}

#[async_trait]
impl Snapshot for SqliteSnapshot {
    async fn count(&mut self, table: &Table) -> Result<u64, Refused> {
        let count: i64 = sqlx::query_scalar(statements::count(table)).fetch_one(&mut self.db).await.map_err(unread)?;
        Ok(count.unsigned_abs())
    }

    fn rows<'a>(&'a mut self, table: &'a Table) -> BoxStream<'a, Result<Vec<Value>, Refused>> {
        let sql = statements::select(table, |name, _| format!("{name:?}"), |name, _| format!("{name:?}"));
        let rows = sqlx::query(sql).fetch(&mut self.db);
        rows.map(|row| values(&row?, table)).map_err(unread).boxed()
    }

    async fn last(&mut self, table: &Table) -> Result<i64, Refused> {
        let last = sqlx::query_scalar("select coalesce(max(seq), 0) from sqlite_sequence where name = $1");
        last.bind(&table.name).fetch_one(&mut self.db).await.map_err(unread)
    }

    async fn faults(&mut self) -> Result<Vec<String>, Refused> {
        let mut found: Vec<String> =
            sqlx::query_scalar("pragma integrity_check").fetch_all(&mut self.db).await.map_err(unread)?;
        found.retain(|line| line != "ok");
        found.extend(dangling(&mut self.db).await.map_err(unread)?);
        for fault in FAULTS {
            let more: Vec<String> = sqlx::query_scalar(fault).fetch_all(&mut self.db).await.map_err(unread)?;
            found.extend(more);
        }
        Ok(found)
    }
}

/// The rows that refer to something which is not there.
pub async fn dangling(db: &mut SqliteConnection) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "select 'A row of ' || \"table\" || ' refers to one of ' || parent || ' that is not there'
         from pragma_foreign_key_check
         limit 100",
    )
    .fetch_all(db)
    .await
}

fn values(row: &SqliteRow, table: &Table) -> sqlx::Result<Vec<Value>> {
    let value = |(at, Column(_, kind)): (usize, &Column)| {
        let value = match kind {
            Kind::Counter | Kind::Int => row.try_get::<Option<_>, _>(at)?.map(Value::Int),
            Kind::Bool => row.try_get::<Option<_>, _>(at)?.map(Value::Bool),
            Kind::Text => row.try_get::<Option<_>, _>(at)?.map(Value::Text),
            Kind::Bytes => row.try_get::<Option<_>, _>(at)?.map(Value::Bytes),
            Kind::Uuid => row.try_get::<Option<_>, _>(at)?.map(Value::Uuid),
        };
        Ok(value.unwrap_or(Value::Null))
    };
    table.columns.iter().enumerate().map(value).collect()
}

fn unread(error: sqlx::Error) -> Refused {
    Refused::new(format!("The database cannot be read: {error}."))
}
