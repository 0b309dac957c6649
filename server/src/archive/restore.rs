//! From an archive to an empty database.

use super::{Contents, Header, Pace, Progress, Reader, Record, Table, Telling, tell, verified};
use crate::random::OsRandom;
use crate::store::{self, Vacancy};
use anyhow::{Context, ensure};
use domain::ports::Random;
use protocol::Epoch;
use std::path::Path;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

/// As many rows, or bytes, go into the database by one statement.
const ROWS: u64 = 1000;
const BYTES: usize = 256 * 1024;
/// So many statements wait.
const WAITING: usize = 4;

/// Fills the empty database of a URL. The archive is read through before anything is written, and again while it is;
/// what has been filled in is read back, and compared, before it is kept.
///
/// # Errors
/// One sentence: the archive is damaged or too new, the database is not empty or cannot be written.
pub async fn restore(url: &str, path: &Path, progress: &Progress) -> anyhow::Result<(Header, Contents)> {
    let (header, contents) = verified(path, 0, progress).await?;
    let newest = store::newest_schema();
    ensure!(
        header.schema <= newest,
        "The archive {} was made by a newer Natter, {} (its schema is number {}, and this one has {newest}); \
         restore it with that version.",
        path.display(),
        header.natter,
        header.schema
    );
    let mut vacancy = store::vacancy(url).await?;
    vacancy.prepare(header.schema).await?;
    progress.begin("Restoring", contents.rows());
    let again = fill(&mut *vacancy, path, progress).await?;
    ensure!(again == contents, "The archive {} was changed while it was restored. Nothing was kept.", path.display());
    vacancy.settle().await?;
    progress.begin("Comparing", contents.rows());
    let tables: Vec<_> = contents.tables.iter().map(|(table, _)| table.clone()).collect();
    let how = Telling { pace: Pace::Full, progress, to: None };
    let is_equal = tell(vacancy.filled(), &tables, how).await?.digest == contents.digest;
    ensure!(is_equal, "The database does not hold what is in {}. Nothing was kept.", path.display());
    vacancy.keep(Epoch(OsRandom.uuid())).await?;
    progress.end();
    Ok((header, contents))
}

/// What is to be done, in the order of the archive.
enum Step {
    Rows(Table, String, u64),
    End(Table, Option<i64>),
}

async fn fill(vacancy: &mut dyn Vacancy, path: &Path, progress: &Progress) -> anyhow::Result<Contents> {
    let (steps, mut waiting) = mpsc::channel(WAITING);
    let path = path.to_owned();
    let reading = spawn_blocking(move || read(&path, &steps));
    while let Some(step) = waiting.recv().await {
        match step {
            Step::Rows(table, rows, count) => {
                vacancy.fill(&table, &rows).await?;
                progress.advance(count);
            }
            Step::End(table, Some(last)) => vacancy.go_on(&table, last).await?,
            Step::End(_, None) => {}
        }
    }
    reading.await.context("The archive was given up")?
}

fn read(path: &Path, steps: &mpsc::Sender<Step>) -> anyhow::Result<Contents> {
    let mut reader = Reader::open(path)?;
    let pass_on = |step| steps.blocking_send(step).ok().context("The archive was given up");
    let (mut table, mut rows, mut count) = (None, String::new(), 0);
    while let Some(record) = reader.record()? {
        if let Record::Row(row) = &record {
            rows.push(if count == 0 { '[' } else { ',' });
            rows.push_str(row);
            count += 1;
        }
        let is_end = matches!(record, Record::End(_));
        if let Some(table) = &table
            && count > 0
            && (is_end || count == ROWS || rows.len() > BYTES)
        {
            rows.push(']');
            pass_on(Step::Rows(Table::clone(table), std::mem::take(&mut rows), std::mem::take(&mut count)))?;
        }
        match (record, &table) {
            (Record::Table(next), _) => table = Some(next),
            (Record::End(last), Some(table)) => pass_on(Step::End(table.clone(), last))?,
            _ => {}
        }
    }
    reader.finish()
}
