//! What a connection must be, so that an acknowledged message survives (promise R10).

use crate::store::Refused;
use sqlx::{Row, SqliteConnection};

/// What SQLite says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    version: String,
    journal_mode: String,
    synchronous: i64,
    foreign_keys: bool,
}

/// Earlier ones can lose committed writes (sqlite.org/wal.html, "The WAL-Reset Bug").
const OLDEST: [u32; 3] = [3, 51, 3];
/// `pragma synchronous`: 0 off, 1 normal, 2 full, 3 extra; below full a commit returns before its fsync.
const FULL: i64 = 2;

impl Settings {
    pub async fn of(db: &mut SqliteConnection) -> sqlx::Result<Self> {
        let row = sqlx::query(
            "select sqlite_version() as version,
               (select journal_mode from pragma_journal_mode) as journal_mode,
               (select synchronous from pragma_synchronous) as synchronous,
               (select foreign_keys from pragma_foreign_keys) as foreign_keys",
        )
        .fetch_one(db)
        .await?;
        Ok(Self {
            version: row.try_get("version")?,
            journal_mode: row.try_get("journal_mode")?,
            synchronous: row.try_get("synchronous")?,
            foreign_keys: row.try_get("foreign_keys")?,
        })
    }

    pub fn check(&self) -> Result<(), Refused> {
        let problem = if numbers(&self.version) < Some(OLDEST) {
            let version = &self.version;
            format!("SQLite {version} can lose committed messages; build Natter with SQLite 3.51.3 or newer.")
        } else if self.journal_mode != "wal" {
            let mode = &self.journal_mode;
            format!("SQLite runs here with journal_mode={mode}; put the database on a local disk, where wal works.")
        } else if self.synchronous < FULL {
            let level = self.synchronous;
            format!("SQLite runs here with synchronous={level}, which loses messages with the power; set it to FULL.")
        } else if !self.foreign_keys {
            "SQLite was built without foreign keys; build Natter with a SQLite that has them.".into()
        } else {
            return Ok(());
        };
        Err(Refused::new(problem))
    }
}

fn numbers(version: &str) -> Option<[u32; 3]> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    Some([parts.next()??, parts.next()??, parts.next()??])
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Connection;

    fn safe() -> Settings {
        Settings { version: "3.51.3".into(), journal_mode: "wal".into(), synchronous: 2, foreign_keys: true }
    }

    #[test]
    fn each_unsafe_setting_is_refused_by_name() {
        safe().check().unwrap();
        Settings { version: "3.52.0".into(), synchronous: 3, ..safe() }.check().unwrap();
        let refused = |settings: Settings, word: &str| {
            let sentence = settings.check().unwrap_err().to_string();
            assert!(sentence.contains(word), "{sentence}");
        };
        for old in ["3.51.2", "3.46.1", "3.6.23", "2.60.0", "nonsense"] {
            refused(Settings { version: old.into(), ..safe() }, "3.51.3 or newer");
        }
        for mode in ["delete", "memory", "off"] {
            refused(Settings { journal_mode: mode.into(), ..safe() }, mode);
        }
        refused(Settings { synchronous: 1, ..safe() }, "synchronous=1");
        refused(Settings { synchronous: 0, ..safe() }, "synchronous=0");
        refused(Settings { foreign_keys: false, ..safe() }, "foreign keys");
    }

    #[tokio::test]
    async fn a_real_database_in_memory_is_refused() {
        let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let settings = Settings::of(&mut db).await.unwrap();
        assert_eq!(settings.journal_mode, "memory");
        assert!(settings.check().is_err());
    }
}
