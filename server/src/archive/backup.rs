//! From a database to an archive.

use super::partial::Partial;
use super::{Contents, Draft, FORMAT, Header, Pace, Progress, Telling, tell, verified};
use crate::clock::SystemClock;
use crate::store::{self, Origin, Snapshot, carried};
use anyhow::{Context, ensure};
use domain::ports::Clock;
use std::path::Path;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

/// So many pieces of lines wait to be packed.
const WAITING: usize = 4;

/// An archive that stands where it belongs.
#[derive(Debug)]
pub struct Backup {
    pub header: Header,
    pub contents: Contents,
    pub bytes: u64,
}

/// Makes an archive of the database of a URL, as it stands now, and reads it back before it takes its place. When this
/// is dropped half-way, or the process ends, what stood there stays.
///
/// # Errors
/// One sentence that says what is wrong with the database or the file.
pub async fn backup(url: &str, path: &Path, progress: &Progress) -> anyhow::Result<Backup> {
    let (backup, partial) = make(url, |header| Draft::begin(path, header), progress).await?;
    let partial = partial.context("The archive has no file")?;
    let (header, read) = verified(&partial.path, backup.contents.rows(), progress).await?;
    let is_equal = header == backup.header && read.digest == backup.contents.digest;
    ensure!(is_equal, "The archive {} does not hold what was written; the disk is failing.", path.display());
    partial.put()?;
    progress.end();
    Ok(backup)
}

/// The same on the standard output, which cannot be read back: an archive that is not whole has no seal.
///
/// # Errors
/// One sentence that says what is wrong with the database or the output.
pub async fn stream(url: &str, progress: &Progress) -> anyhow::Result<Backup> {
    let (backup, _) = make(url, Draft::streamed, progress).await?;
    progress.end();
    Ok(backup)
}

async fn make(
    url: &str,
    begin: impl FnOnce(&Header) -> anyhow::Result<Draft>,
    progress: &Progress,
) -> anyhow::Result<(Backup, Option<Partial>)> {
    let (origin, mut snapshot) = store::snapshot(url).await?;
    let header = header(&origin);
    let draft = begin(&header)?;
    let (contents, partial, bytes) = write(&mut *snapshot, draft, progress).await?;
    Ok((Backup { header, contents, bytes }, partial))
}

fn header(origin: &Origin) -> Header {
    Header {
        natter_archive: FORMAT,
        schema: origin.schema,
        database: origin.database.to_owned(),
        natter: env!("CARGO_PKG_VERSION").to_owned(),
        at: SystemClock.now(),
        epoch: origin.epoch,
    }
}

async fn write(
    snapshot: &mut dyn Snapshot,
    draft: Draft,
    progress: &Progress,
) -> anyhow::Result<(Contents, Option<Partial>, u64)> {
    let tables = carried::tables();
    let mut rows = 0;
    for table in &tables {
        rows += snapshot.count(table).await?;
    }
    progress.begin("Writing", rows);
    let (lines, waiting) = mpsc::channel(WAITING);
    let packing = spawn_blocking(move || pack(draft, waiting));
    let how = Telling { pace: Pace::Gentle, progress, to: Some(lines) };
    let told = tell(snapshot, &tables, how).await;
    // Its fault is the cause where both have one.
    let draft = packing.await.context("The archive was given up")??;
    let contents = told?;
    let sealing = contents.clone();
    let (partial, bytes) =
        spawn_blocking(move || draft.finish(&sealing)).await.context("The archive was given up")??;
    Ok((contents, partial, bytes))
}

fn pack(mut draft: Draft, mut waiting: mpsc::Receiver<Vec<u8>>) -> anyhow::Result<Draft> {
    while let Some(chunk) = waiting.blocking_recv() {
        draft.write(&chunk)?;
    }
    Ok(draft)
}
