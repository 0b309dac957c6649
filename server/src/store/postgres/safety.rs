//! What a server must be, so that an acknowledged message survives (promise R10).

use crate::store::Refused;
use sqlx::{PgConnection, Row};

/// What PostgreSQL says of itself, to a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// As `server_version_num`: 150004 is 15.4.
    version: i32,
    encoding: String,
    fsync: String,
    full_page_writes: String,
    pub synchronous_commit: String,
    /// How many connections the server, the user and the database allow; the fewest.
    connections: i64,
}

/// Connections of a node: a pool of 12, and 3 that store messages.
const CONNECTIONS: i64 = 15;

const OLDEST: i32 = 150_000;

impl Settings {
    pub async fn of(db: &mut PgConnection) -> sqlx::Result<Self> {
        let row = sqlx::query(
            "select current_setting('server_version_num')::integer as version,
               current_setting('server_encoding') as encoding,
               current_setting('fsync') as fsync,
               current_setting('full_page_writes') as full_page_writes,
               current_setting('synchronous_commit') as synchronous_commit,
               least(
                 current_setting('max_connections')::bigint,
                 (select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user and not rolsuper),
                 (select nullif(datconnlimit, -1) from pg_database where datname = current_database())
               ) as connections",
        )
        .fetch_one(db)
        .await?;
        Ok(Self {
            version: row.try_get("version")?,
            encoding: row.try_get("encoding")?,
            fsync: row.try_get("fsync")?,
            full_page_writes: row.try_get("full_page_writes")?,
            synchronous_commit: row.try_get("synchronous_commit")?,
            connections: row.try_get("connections")?,
        })
    }

    pub fn check(&self) -> Result<(), Refused> {
        let commits = ["on", "local", "remote_write", "remote_apply"];
        let problem = if self.version < OLDEST {
            let version = self.version / 10_000;
            format!("PostgreSQL {version} is too old for Natter; use PostgreSQL 15 or newer.")
        } else if self.encoding != "UTF8" {
            let encoding = &self.encoding;
            format!("The PostgreSQL database has the encoding {encoding}; create one with the encoding UTF8.")
        } else if self.fsync != "on" {
            "PostgreSQL runs with fsync=off, which loses messages with the power; set it to on.".into()
        } else if self.full_page_writes != "on" {
            "PostgreSQL runs with full_page_writes=off, which can spoil the database with the power; set it to on."
                .into()
        } else if !commits.contains(&self.synchronous_commit.as_str()) {
            let level = &self.synchronous_commit;
            format!(
                "PostgreSQL runs with synchronous_commit={level}, which loses acknowledged messages in a crash; \
                 set it to on, for the role and the database too."
            )
        } else if self.connections < CONNECTIONS {
            let allowed = self.connections;
            format!(
                "PostgreSQL allows Natter {allowed} connections, and a node needs {CONNECTIONS}; raise max_connections, \
                 or the connection limit of the user or the database."
            )
        } else {
            return Ok(());
        };
        Err(Refused::new(problem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn safe() -> Settings {
        let on = || "on".to_owned();
        Settings {
            version: 150_000,
            encoding: "UTF8".into(),
            fsync: on(),
            full_page_writes: on(),
            synchronous_commit: on(),
            connections: 100,
        }
    }

    #[test]
    fn each_unsafe_setting_is_refused_by_name() {
        safe().check().unwrap();
        Settings { version: 180_001, ..safe() }.check().unwrap();
        for level in ["local", "remote_write", "remote_apply"] {
            Settings { synchronous_commit: level.into(), ..safe() }.check().unwrap();
        }
        let refused = |settings: Settings, word: &str| {
            let sentence = settings.check().unwrap_err().to_string();
            assert!(sentence.contains(word), "{sentence}");
        };
        refused(Settings { version: 140_011, ..safe() }, "PostgreSQL 14 is too old");
        refused(Settings { encoding: "SQL_ASCII".into(), ..safe() }, "SQL_ASCII");
        refused(Settings { fsync: "off".into(), ..safe() }, "fsync=off");
        refused(Settings { full_page_writes: "off".into(), ..safe() }, "full_page_writes=off");
        refused(Settings { synchronous_commit: "off".into(), ..safe() }, "synchronous_commit=off");
        refused(Settings { connections: 5, ..safe() }, "allows Natter 5 connections");
    }
}
