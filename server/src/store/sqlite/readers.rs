//! The connections that read: some for those who talk, others for pages, forms and the API. Neither waits for the
//! other's, and those in the background step back for the others and for the writer.

use crate::background;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use std::time::Duration;

/// Of either kind. Each is a thread of its own; more than the cores can serve only makes them wait for each other.
const READERS: u32 = 8;
/// As long somebody waits for one.
const PATIENCE: Duration = Duration::from_secs(5);

pub struct Readers {
    ahead: SqlitePool,
    behind: SqlitePool,
}

impl Readers {
    pub async fn open(options: &SqliteConnectOptions) -> sqlx::Result<Self> {
        let options = options.clone().pragma("query_only", "on");
        let readers =
            || SqlitePoolOptions::new().max_connections(READERS).acquire_timeout(PATIENCE).test_before_acquire(false);
        Ok(Self { ahead: readers().connect_with(options.clone()).await?, behind: readers().connect_lazy_with(options) })
    }

    /// Those for whoever asks. A connection's thread has the priority of the one that opened it, which is of the same kind.
    pub fn get(&self) -> &SqlitePool {
        if background::is_here() { &self.behind } else { &self.ahead }
    }

    pub async fn close(&self) {
        self.ahead.close().await;
        self.behind.close().await;
    }
}
