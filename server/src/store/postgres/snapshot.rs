//! The database as it stood at one moment, read beside whoever writes it.

use super::cause::cause;
use super::open;
use crate::archive::{Column, Kind, Table, Value};
use crate::store::faults::FAULTS;
use crate::store::{Origin, Refused, Snapshot, statements};
use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use protocol::Epoch;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow, Postgres};
use sqlx::{Row, Transaction};
use std::time::Duration;

/// As long a connection may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A transaction on a connection of its own.
pub struct PostgresSnapshot {
    pub db: Transaction<'static, Postgres>,
}

pub async fn snapshot(url: &str) -> Result<(Origin, Box<dyn Snapshot>), Refused> {
    let options = options(url)?;
    let place = open::place(&options);
    let fail = |error: sqlx::Error| Refused::new(format!("The database {place} cannot be read: {}.", cause(&error)));
    let pool = pool(options).await.map_err(fail)?;
    let begun = pool.begin_with("begin isolation level repeatable read read only").await;
    let mut db = begun.map_err(fail)?;
    let schema = statements::current(schema(&mut db).await.map_err(fail)?, &place)?;
    let epoch = sqlx::query_scalar("select epoch from instance").fetch_one(&mut *db).await.map_err(fail)?;
    Ok((Origin { schema, database: "postgres", epoch: Epoch(epoch) }, Box::new(PostgresSnapshot { db })))
}

/// The number of the newest migration; none where Natter has not made its tables.
pub async fn schema(db: &mut PgConnection) -> sqlx::Result<Option<i64>> {
    let known: bool =
        sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null").fetch_one(&mut *db).await?;
    if !known {
        return Ok(None);
    }
    sqlx::query_scalar("select max(version) from _sqlx_migrations where success").fetch_one(db).await
}

/// For long reading: without the limits that protect a server, whatever the role or the database says.
pub fn options(url: &str) -> Result<PgConnectOptions, Refused> {
    Ok(open::named(url, "natter-archive")?.options([
        ("idle_in_transaction_session_timeout", "0"),
        ("statement_timeout", "0"),
        ("lock_timeout", "10s"),
        ("jit", "off"),
        // Rows come by the index of their key, from the first on; sorting a table would take its size on the disk.
        ("enable_sort", "off"),
    ]))
}

/// One connection, whose transactions belong to nobody else.
pub async fn pool(options: PgConnectOptions) -> sqlx::Result<PgPool> {
    PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE).connect_with(options).await
}

#[async_trait]
impl Snapshot for PostgresSnapshot {
    async fn count(&mut self, table: &Table) -> Result<u64, Refused> {
        let count: i64 = sqlx::query_scalar(statements::count(table)).fetch_one(&mut *self.db).await.map_err(unread)?;
        Ok(count.unsigned_abs())
    }

    fn rows<'a>(&'a mut self, table: &'a Table) -> BoxStream<'a, Result<Vec<Value>, Refused>> {
        let rows = sqlx::query(statements::select(table, cell, key)).fetch(&mut *self.db);
        rows.map(|row| values(&row?, table)).map_err(unread).boxed()
    }

    async fn last(&mut self, table: &Table) -> Result<i64, Refused> {
        let last =
            sqlx::query_scalar("select coalesce(pg_sequence_last_value(pg_get_serial_sequence($1, $2)::regclass), 0)");
        last.bind(&table.name).bind(table.counter()).fetch_one(&mut *self.db).await.map_err(unread)
    }

    async fn faults(&mut self) -> Result<Vec<String>, Refused> {
        let mut found = Vec::new();
        for fault in FAULTS {
            let more: Vec<String> = sqlx::query_scalar(fault).fetch_all(&mut *self.db).await.map_err(unread)?;
            found.extend(more);
        }
        Ok(found)
    }
}

fn cell(name: &str, kind: Kind) -> String {
    match kind {
        Kind::Counter | Kind::Int => format!("{name:?}::bigint"),
        _ => format!("{name:?}"),
    }
}

/// By their bytes, as SQLite sorts.
fn key(name: &str, kind: Kind) -> String {
    match kind {
        Kind::Text => format!("{name:?} collate \"C\""),
        _ => format!("{name:?}"),
    }
}

fn values(row: &PgRow, table: &Table) -> sqlx::Result<Vec<Value>> {
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
    Refused::new(format!("The database cannot be read: {}.", cause(&error)))
}
