use super::{Contents, Header, Progress, Reader, Record};
use anyhow::{Context, ensure};
use std::path::Path;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

/// So many rows are read between two looks at whether they are still wanted.
const STEP: u64 = 1000;

/// Reads an archive from its first byte to its last. When this is dropped, it stops soon.
///
/// # Errors
/// One sentence that says what is wrong with the archive.
pub async fn verified(path: &Path, rows: u64, progress: &Progress) -> anyhow::Result<(Header, Contents)> {
    progress.begin("Checking", rows);
    let (path, progress, given_up) = (path.to_owned(), progress.clone(), CancellationToken::new());
    let _guard = given_up.clone().drop_guard();
    let read = spawn_blocking(move || {
        let mut reader = Reader::open(&path)?;
        let mut rows = 0;
        while let Some(record) = reader.record()? {
            rows += u64::from(matches!(record, Record::Row(_)));
            if rows == STEP {
                ensure!(!given_up.is_cancelled(), "The archive was given up");
                progress.advance(std::mem::take(&mut rows));
            }
        }
        let header = reader.header.clone();
        Ok((header, reader.finish()?))
    });
    read.await.context("The archive was given up")?
}
