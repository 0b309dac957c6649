//! A new file beside the place of the database, which takes that place once it is whole.

use super::open::{self, MIGRATIONS};
use super::snapshot::{self, SqliteSnapshot};
use crate::archive::{Kind, Table};
use crate::store::carried::tables;
use crate::store::{Refused, Snapshot, Vacancy, newest_schema, statements};
use async_trait::async_trait;
use protocol::Epoch;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub struct SqliteVacancy {
    filled: SqliteSnapshot,
    /// The statements that make the triggers: they follow what people do, and a restore is none of that.
    triggers: Vec<String>,
    partial: Partial,
    path: PathBuf,
    /// Keeps every server out.
    _lock: File,
}

pub async fn vacancy(url: &str) -> Result<Box<dyn Vacancy>, Refused> {
    let path = open::path_of(url)?;
    let lock = open::lock(&path).await?;
    must_be_empty(&path).await?;
    let partial = Partial::make(&path)?;
    // It is thrown away unless it is whole, so nothing of it has to outlive a fault: no log, no fsync but the last one.
    let options = SqliteConnectOptions::new()
        .filename(&partial.0)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .foreign_keys(false)
        .disable_statement_logging();
    let db = open::connect(&options).await.map_err(|error| unwritten(&path, error))?;
    let filled = SqliteSnapshot { db };
    Ok(Box::new(SqliteVacancy { filled, triggers: Vec::new(), partial, path, _lock: lock }))
}

#[async_trait]
impl Vacancy for SqliteVacancy {
    async fn prepare(&mut self, schema: i64) -> Result<(), Refused> {
        let db = &mut self.filled.db;
        MIGRATIONS.run_direct(Some(schema), &mut *db, false).await.map_err(|error| unwritten(&self.path, error))?;
        let fail = |error| unwritten(&self.path, error);
        let triggers: Vec<(String, String)> =
            sqlx::query_as("select name, sql from sqlite_schema where type = 'trigger'")
                .fetch_all(&mut *db)
                .await
                .map_err(fail)?;
        for (name, sql) in triggers {
            execute(db, format!("drop trigger {name:?}")).await.map_err(fail)?;
            self.triggers.push(sql);
        }
        Ok(())
    }

    async fn fill(&mut self, table: &Table, rows: &str) -> Result<(), Refused> {
        let sql = statements::fill(table, cell, "", "json_each($1)");
        let filled = sqlx::query(sql).bind(rows).execute(&mut self.filled.db).await;
        filled.map(drop).map_err(|error| unwritten(&self.path, error))
    }

    async fn go_on(&mut self, table: &Table, last: i64) -> Result<(), Refused> {
        let sql = "insert into sqlite_sequence (name, seq)
             select $1, 0
             where $2 > 0
               and not exists (select 1 from sqlite_sequence where name = $1);

             update sqlite_sequence
             set seq = max(seq, $2)
             where name = $1";
        let set = sqlx::query(sql).bind(&table.name).bind(last).execute(&mut self.filled.db).await;
        set.map(drop).map_err(|error| unwritten(&self.path, error))
    }

    async fn settle(&mut self) -> Result<(), Refused> {
        let fail = |error| unwritten(&self.path, error);
        for trigger in std::mem::take(&mut self.triggers) {
            execute(&mut self.filled.db, trigger).await.map_err(fail)?;
        }
        match snapshot::dangling(&mut self.filled.db).await.map_err(fail)?.first() {
            None => Ok(()),
            Some(fault) => Err(unwritten(&self.path, fault)),
        }
    }

    fn filled(&mut self) -> &mut dyn Snapshot {
        &mut self.filled
    }

    async fn keep(mut self: Box<Self>, epoch: Epoch) -> Result<(), Refused> {
        let fail = |error| unwritten(&self.path, error);
        let db = &mut self.filled.db;
        MIGRATIONS.run_direct(None, &mut *db, false).await.map_err(|error| unwritten(&self.path, error))?;
        sqlx::query("update instance set epoch = $1").bind(epoch.0).execute(db).await.map_err(fail)?;
        let Self { filled, partial, path, .. } = *self;
        filled.db.close().await.map_err(|error| unwritten(&path, error))?;
        partial.put(&path).map_err(|error| unwritten(&path, error))
    }
}

/// The file that is being filled; removed unless it is put into its place.
struct Partial(PathBuf);

impl Partial {
    fn make(path: &Path) -> Result<Self, Refused> {
        let partial = Self(open::beside(path, ".restoring"));
        partial
            .remove()
            .and_then(|()| open::private().create_new(true).open(&partial.0))
            .map_err(|e| unwritten(path, e))?;
        Ok(partial)
    }

    fn put(self, path: &Path) -> std::io::Result<()> {
        File::open(&self.0)?.sync_all()?;
        fs::rename(&self.0, path)?;
        crate::archive::sync_folder(path)
    }

    fn remove(&self) -> std::io::Result<()> {
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Put into its place, there is nothing of that name; and the next restore clears up what is left of this one.
        let _ = self.remove();
    }
}

/// A file that a server has made and nobody has used is as good as none.
async fn must_be_empty(path: &Path) -> Result<(), Refused> {
    let (place, log) = (path.display().to_string(), open::beside(path, "-wal"));
    let is_used = |path: &Path| path.metadata().is_ok_and(|file| file.len() > 0);
    if is_used(path) {
        let fail = |error: sqlx::Error| Refused::new(format!("The database {place} cannot be read: {error}."));
        let options = open::options(path).create_if_missing(false);
        let mut db = options.connect().await.map_err(fail)?;
        if let Some(newer) = snapshot::schema(&mut db).await.map_err(fail)?.filter(|found| *found > newest_schema()) {
            return Err(statements::newer(&place, newer));
        }
        let made: Vec<String> = sqlx::query_scalar("select name from sqlite_schema where type = 'table'")
            .fetch_all(&mut db)
            .await
            .map_err(fail)?;
        for table in tables().iter().filter(|table| table.key > 0 && made.contains(&table.name)) {
            if sqlx::query_scalar(statements::exists(&table.name)).fetch_one(&mut db).await.map_err(fail)? {
                return Err(statements::occupied(&place, &table.name));
            }
        }
        db.close().await.map_err(fail)?;
    }
    // Beside another file it would be taken for that one's log.
    if is_used(&log) {
        return Err(statements::occupied(&place, &log.display().to_string()));
    }
    Ok(())
}

fn cell(at: usize, kind: Kind) -> String {
    match kind {
        Kind::Bytes | Kind::Uuid => format!("unhex(value ->> {at}, '-')"),
        _ => format!("value ->> {at}"),
    }
}

async fn execute(db: &mut SqliteConnection, sql: String) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(db).await.map(drop)
}

fn unwritten(path: &Path, problem: impl std::fmt::Display) -> Refused {
    Refused::new(format!("The database {} could not be restored: {problem}. Nothing was kept.", path.display()))
}
