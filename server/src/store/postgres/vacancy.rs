//! An empty database that is filled in one transaction: it has all of it, or nothing.

use super::cause::{cause, of_migration};
use super::open::{self, MIGRATIONS};
use super::safety::Settings;
use super::snapshot::{self, PostgresSnapshot};
use crate::archive::{Kind, Table};
use crate::store::carried::{LEFT_OUT, tables};
use crate::store::{Refused, Snapshot, Vacancy, newest_schema, statements};
use async_trait::async_trait;
use protocol::Epoch;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Row};

/// Two restores at once are refused by this lock of the database.
const LOCK: i64 = 0x6e61_7474_6572_0001;

pub struct PostgresVacancy {
    filled: PostgresSnapshot,
    place: String,
}

pub async fn vacancy(url: &str) -> Result<Box<dyn Vacancy>, Refused> {
    let options = snapshot::options(url)?;
    let place = open::place(&options);
    let fail = |error: sqlx::Error| open::failed(&place, &error);
    let pool = snapshot::pool(options).await.map_err(fail)?;
    let mut db = pool.begin().await.map_err(fail)?;
    Settings::of(&mut db).await.map_err(fail)?.check()?;
    must_be_unused(&mut db, &place).await?;
    let made = must_be_empty(&mut db, &place).await?;
    if !made.is_empty() {
        execute(&mut db, format!("drop table {} cascade", made.join(", "))).await.map_err(fail)?;
    }
    Ok(Box::new(PostgresVacancy { filled: PostgresSnapshot { db }, place }))
}

#[async_trait]
impl Vacancy for PostgresVacancy {
    async fn prepare(&mut self, schema: i64) -> Result<(), Refused> {
        let made = MIGRATIONS.run_direct(Some(schema), &mut *self.filled.db, false).await;
        made.map_err(|error| unwritten(&self.place, of_migration(&error)))
    }

    async fn fill(&mut self, table: &Table, rows: &str) -> Result<(), Refused> {
        let sql = statements::fill(table, cell, "overriding system value", "jsonb_array_elements($1::jsonb) r");
        let filled = sqlx::query(sql).bind(rows).execute(&mut *self.filled.db).await;
        filled.map(drop).map_err(|error| unwritten(&self.place, cause(&error)))
    }

    async fn go_on(&mut self, table: &Table, last: i64) -> Result<(), Refused> {
        let set = sqlx::query("select setval(pg_get_serial_sequence($1, $2)::regclass, greatest($3, 1), $3 > 0)");
        let set = set.bind(&table.name).bind(table.counter()).bind(last).execute(&mut *self.filled.db).await;
        set.map(drop).map_err(|error| unwritten(&self.place, cause(&error)))
    }

    async fn settle(&mut self) -> Result<(), Refused> {
        // Each statement has been checked by the server; what is left is to tell it how much there is now.
        let done = sqlx::query("analyze").execute(&mut *self.filled.db).await;
        done.map(drop).map_err(|error| unwritten(&self.place, cause(&error)))
    }

    fn filled(&mut self) -> &mut dyn Snapshot {
        &mut self.filled
    }

    async fn keep(mut self: Box<Self>, epoch: Epoch) -> Result<(), Refused> {
        let db = &mut self.filled.db;
        MIGRATIONS
            .run_direct(None, &mut **db, false)
            .await
            .map_err(|error| unwritten(&self.place, of_migration(&error)))?;
        let begun = sqlx::query("update instance set epoch = $1").bind(epoch.0).execute(&mut **db).await;
        begun.map_err(|error| unwritten(&self.place, cause(&error)))?;
        self.filled.db.commit().await.map_err(|error| unwritten(&self.place, cause(&error)))
    }
}

async fn must_be_unused(db: &mut PgConnection, place: &str) -> Result<(), Refused> {
    let fail = |error: sqlx::Error| Refused::new(format!("The database {place} cannot be read: {error}."));
    let row = sqlx::query(
        "select pg_try_advisory_xact_lock($1) as is_ours,
           exists(
             select 1
             from pg_stat_activity
             where datname = current_database()
               and application_name = $2
           ) as is_served",
    )
    .bind(LOCK)
    .bind(open::NAME)
    .fetch_one(db)
    .await
    .map_err(fail)?;
    if row.try_get("is_served").map_err(fail)? {
        return Err(Refused::new(format!("A Natter is running on the database {place}; stop every node first.")));
    }
    if !row.try_get::<bool, _>("is_ours").map_err(fail)? {
        return Err(Refused::new(format!("Another restore is just filling the database {place}.")));
    }
    Ok(())
}

/// The tables of Natter that are there, none of which has a row.
async fn must_be_empty(db: &mut PgConnection, place: &str) -> Result<Vec<String>, Refused> {
    let fail = |error: sqlx::Error| Refused::new(format!("The database {place} cannot be read: {error}."));
    let found = snapshot::schema(db).await.map_err(fail)?;
    if let Some(newer) = found.filter(|found| *found > newest_schema()) {
        return Err(statements::newer(place, newer));
    }
    let mut made: Vec<String> =
        sqlx::query_scalar("select tablename::text from pg_tables where schemaname = current_schema()")
            .fetch_all(&mut *db)
            .await
            .map_err(fail)?;
    let carried = tables();
    made.retain(|name| {
        carried.iter().any(|table| table.name == *name) || LEFT_OUT.iter().any(|(left_out, _)| left_out == name)
    });
    for table in carried.iter().filter(|table| table.key > 0 && made.contains(&table.name)) {
        // Without its migrations it is somebody else's, whatever is in it.
        let is_used = sqlx::query_scalar(statements::exists(&table.name)).fetch_one(&mut *db).await.map_err(fail)?;
        if is_used || found.is_none() {
            return Err(statements::occupied(place, &table.name));
        }
    }
    Ok(made.iter().map(|name| format!("{name:?}")).collect())
}

fn cell(at: usize, kind: Kind) -> String {
    match kind {
        Kind::Counter | Kind::Int => format!("(r ->> {at})::bigint"),
        Kind::Bool => format!("(r ->> {at})::boolean"),
        Kind::Text => format!("r ->> {at}"),
        Kind::Bytes => format!("decode(r ->> {at}, 'hex')"),
        Kind::Uuid => format!("(r ->> {at})::uuid"),
    }
}

async fn execute(db: &mut PgConnection, sql: String) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(db).await.map(drop)
}

fn unwritten(place: &str, problem: impl std::fmt::Display) -> Refused {
    Refused::new(format!("The database {place} could not be restored: {problem}. Nothing was kept."))
}
