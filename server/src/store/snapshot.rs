use super::{Refused, postgres, sqlite};
use crate::archive::{Table, Value};
use async_trait::async_trait;
use futures::stream::BoxStream;
use protocol::Epoch;

/// A database as it stood at one moment, whatever is committed meanwhile.
#[async_trait]
pub trait Snapshot: Send {
    /// How many rows of a table an archive carries.
    async fn count(&mut self, table: &Table) -> Result<u64, Refused>;

    /// The rows that an archive carries, in the order of the key.
    fn rows<'a>(&'a mut self, table: &'a Table) -> BoxStream<'a, Result<Vec<Value>, Refused>>;

    /// The highest number that a table's counter has given; 0 for none.
    async fn last(&mut self, table: &Table) -> Result<i64, Refused>;

    /// What cannot be, a sentence each.
    async fn faults(&mut self) -> Result<Vec<String>, Refused>;
}

/// What a snapshot is of.
pub struct Origin {
    /// The number of the newest migration.
    pub schema: i64,
    /// `sqlite` or `postgres`.
    pub database: &'static str,
    pub epoch: Epoch,
}

/// A place that is being filled; nothing of it is seen before it is kept, and nothing stays when it is dropped.
#[async_trait]
pub trait Vacancy: Send {
    /// Makes the schema with this number.
    async fn prepare(&mut self, schema: i64) -> Result<(), Refused>;

    /// Adds rows: a JSON list of lists.
    async fn fill(&mut self, table: &Table, rows: &str) -> Result<(), Refused>;

    /// Lets a table's counter go on behind this number.
    async fn go_on(&mut self, table: &Table, last: i64) -> Result<(), Refused>;

    /// Makes sure that everything is there which something refers to.
    async fn settle(&mut self) -> Result<(), Refused>;

    /// What has been filled in, read afresh.
    fn filled(&mut self) -> &mut dyn Snapshot;

    /// Brings the schema up to date, begins an epoch, and makes all of it last.
    async fn keep(self: Box<Self>, epoch: Epoch) -> Result<(), Refused>;
}

/// Takes a snapshot of the database of a URL, also beside a running Natter.
///
/// # Errors
/// [`Refused`] says in one sentence what is wrong and what to do.
pub async fn snapshot(url: &str) -> Result<(Origin, Box<dyn Snapshot>), Refused> {
    if super::is_postgres(url) { postgres::snapshot_of(url).await } else { sqlite::snapshot(url).await }
}

/// Finds that the database of a URL has nothing in it, and keeps it for whoever asked.
///
/// # Errors
/// [`Refused`] says in one sentence what is there already, or what is in the way.
pub async fn vacancy(url: &str) -> Result<Box<dyn Vacancy>, Refused> {
    if super::is_postgres(url) { postgres::vacancy(url).await } else { sqlite::vacancy(url).await }
}
