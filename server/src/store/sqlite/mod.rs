//! SQLite: one writer with group commit, readers beside it, checkpoints beside the writer, which waits only while the
//! log begins again.

mod accounts;
mod administration;
mod arrivals;
mod audit;
mod checkpoints;
mod contacts;
mod erasing;
mod folding;
mod grants;
mod groups;
mod hooks;
mod instance;
mod invitations;
mod leaving;
mod marks;
mod members;
mod messages;
mod missed;
mod open;
mod people;
mod posts;
mod readers;
mod receipts;
mod resets;
mod room_view;
mod rooms;
mod rows;
#[cfg(feature = "sabotage")]
mod sabotaged;
mod safety;
mod sessions;
mod snapshot;
mod vacancy;
mod writer;

pub use open::exists;
pub use snapshot::{newest_schema, snapshot};
pub use vacancy::vacancy;

use super::{Database, Refused};
use crate::metrics::Commits;
use async_trait::async_trait;
use domain::ports::Unavailable;
use futures::future::BoxFuture;
use protocol::Epoch;
use readers::Readers;
use sqlx::SqliteConnection;
use std::sync::{Mutex, PoisonError};
use tokio::task::JoinHandle;
use writer::{Scope, Writer};

/// The store in one file, for one process.
pub struct SqliteStore {
    writer: Writer,
    readers: Readers,
    /// Ends once the writer has ended; `None` beside a server, which sees to them.
    checkpoints: Mutex<Option<JoinHandle<()>>>,
    /// Read once: nobody changes it while the file is open.
    epoch: Epoch,
}

impl SqliteStore {
    /// Opens the file of a `sqlite:` URL, making it on the first time.
    ///
    /// # Errors
    /// [`Refused`] says in one sentence what is wrong and what to do.
    pub async fn open(url: &str, commits: &Commits) -> Result<Self, Refused> {
        open::open(url, commits).await
    }

    /// The same for a task beside the server, which goes on; the file has to be there, with the schema of this version.
    ///
    /// # Errors
    /// [`Refused`] says in one sentence what is wrong and what to do.
    pub async fn open_beside(url: &str, commits: &Commits) -> Result<Self, Refused> {
        open::open_beside(url, commits).await
    }

    /// Runs a command in the writer's next transaction and returns what it made after the commit.
    async fn write<T, A>(&self, act: A) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        A: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send + 'static,
    {
        self.writer.run(Scope::Several, act).await
    }

    /// The same for a command that changes the database by one statement at most, which needs no savepoint.
    async fn write_one<T, A>(&self, act: A) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        A: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send + 'static,
    {
        self.writer.run(Scope::One, act).await
    }

    /// Reads in one snapshot, whatever is committed meanwhile.
    async fn snapshot<T, A>(&self, act: A) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        A: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send + 'static,
    {
        self.readers.get().snapshot(act).await.map_err(Unavailable::new)
    }
}

#[async_trait]
impl Database for SqliteStore {
    async fn cookie_key(&self) -> Result<Option<Vec<u8>>, Unavailable> {
        Ok(None)
    }

    async fn ping(&self) -> Result<(), Unavailable> {
        let asked = sqlx::query("select epoch from instance").execute(self.readers.get()).await;
        asked.map(drop).map_err(Unavailable::new)
    }

    fn waiting(&self) -> usize {
        self.writer.waiting()
    }

    async fn close(&self) {
        self.writer.close().await;
        let checkpoints = self.checkpoints.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = checkpoints
            && let Err(error) = task.await
        {
            tracing::error!(%error, "The checkpoints of the database ended in a fault");
        }
        self.readers.close().await;
    }
}
