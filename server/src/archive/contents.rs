use super::value::hex;
use super::{Progress, Table};
use crate::store::Snapshot;
use anyhow::Context;
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// As many bytes are told at once.
const CHUNK: usize = 64 * 1024;
/// Behind a disk that hardly moves nobody has to wait twice.
const LONGEST_REST: Duration = Duration::from_millis(200);

/// What is in a database, or in an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Each table with its rows.
    pub tables: Vec<(Table, u64)>,
    /// SHA-256 of all tables as an archive tells them: equal for equal content, whatever the database.
    pub digest: String,
}

impl Contents {
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|(_, rows)| rows).sum()
    }
}

/// The line after a table's rows.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    pub end: String,
    pub rows: u64,
    /// The highest number that the table's counter has given, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<i64>,
}

/// Whether others need the machine meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Rests as long as it works.
    Gentle,
    Full,
}

/// How tables are told.
pub struct Telling<'a> {
    pub pace: Pace,
    pub progress: &'a Progress,
    /// Takes some lines at a time; without it nobody wants more than the digest.
    pub to: Option<mpsc::Sender<Vec<u8>>>,
}

/// Tells tables line by line.
///
/// # Errors
/// The database cannot be read, or nobody listens any more.
pub async fn tell(snapshot: &mut dyn Snapshot, tables: &[Table], how: Telling<'_>) -> anyhow::Result<Contents> {
    let mut lines = Lines { digest: Sha256::new(), chunk: Vec::new(), rows: 0, rested: Instant::now(), how };
    let mut contents = Contents::default();
    for table in tables {
        lines.add(table);
        let mut count = 0;
        let mut rows = snapshot.rows(table);
        while let Some(row) = rows.try_next().await? {
            lines.add(&row);
            (lines.rows, count) = (lines.rows + 1, count + 1);
            if lines.chunk.len() >= CHUNK {
                lines.pass_on().await?;
            }
        }
        drop(rows);
        let last = if table.counter().is_some() { Some(snapshot.last(table).await?) } else { None };
        lines.add(&End { end: table.name.clone(), rows: count, last });
        contents.tables.push((table.clone(), count));
    }
    lines.pass_on().await?;
    contents.digest = hex(&lines.digest.finalize());
    Ok(contents)
}

struct Lines<'a> {
    digest: Sha256,
    chunk: Vec<u8>,
    rows: u64,
    rested: Instant,
    how: Telling<'a>,
}

impl Lines<'_> {
    fn add(&mut self, line: &impl Serialize) {
        serde_json::to_writer(&mut self.chunk, line).expect("memory takes every line");
        self.chunk.push(b'\n');
    }

    async fn pass_on(&mut self) -> anyhow::Result<()> {
        self.digest.update(&self.chunk);
        self.how.progress.advance(std::mem::take(&mut self.rows));
        match &self.how.to {
            Some(to) => to.send(std::mem::take(&mut self.chunk)).await.context("The archive was given up")?,
            None => self.chunk.clear(),
        }
        if self.how.pace == Pace::Gentle {
            tokio::time::sleep(self.rested.elapsed().min(LONGEST_REST)).await;
        }
        self.rested = Instant::now();
        Ok(())
    }
}
