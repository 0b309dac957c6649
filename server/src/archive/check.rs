//! What is in a database, and whether it can be.

use super::{Contents, Pace, Progress, Telling, tell};
use crate::store::{self, Origin, carried};

/// What was found.
pub struct Checked {
    pub origin: Origin,
    pub contents: Contents,
    /// A sentence each.
    pub faults: Vec<String>,
}

/// Reads the database of a URL through, also beside a running Natter.
///
/// # Errors
/// It cannot be read at all.
pub async fn check(url: &str, progress: &Progress) -> anyhow::Result<Checked> {
    let (origin, mut snapshot) = store::snapshot(url).await?;
    let tables = carried::tables();
    let mut rows = 0;
    for table in &tables {
        rows += snapshot.count(table).await?;
    }
    progress.begin("Checking", rows);
    let faults = snapshot.faults().await?;
    let how = Telling { pace: Pace::Gentle, progress, to: None };
    let contents = tell(&mut *snapshot, &tables, how).await?;
    progress.end();
    Ok(Checked { origin, contents, faults })
}
