use super::contents::End;
use super::seal::{Hashing, Seal};
use super::value::{hex, is_row};
use super::{Contents, FORMAT, Header, Table};
use crate::store::{carried::may_hold, newest_schema};
use anyhow::{Context, bail};
use flate2::bufread::GzDecoder;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// No line that Natter writes is as long.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Reads an archive from its first line to its seal, with little of it in memory.
pub struct Reader {
    path: PathBuf,
    lines: BufReader<GzDecoder<Hashing<BufReader<File>>>>,
    pub header: Header,
    /// The table that is being told, and how many of its rows have been.
    table: Option<(Table, u64)>,
    contents: Contents,
    digest: Sha256,
    line: String,
}

/// A line of an archive.
#[derive(Debug, PartialEq, Eq)]
pub enum Record {
    /// Its rows follow.
    Table(Table),
    /// A JSON list.
    Row(String),
    /// The table before is whole; with the highest number that its counter has given.
    End(Option<i64>),
}

impl Reader {
    /// Opens an archive and reads its header.
    ///
    /// # Errors
    /// One sentence: it cannot be read, is none, or is of a newer form.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let unreadable = || format!("The archive {} cannot be read", path.display());
        let file = File::open(path).with_context(unreadable)?;
        if file.metadata().with_context(unreadable)?.is_dir() {
            bail!("{} is a folder, not an archive.", path.display());
        }
        let mut lines = BufReader::new(GzDecoder::new(Hashing::new(BufReader::new(file))));
        let mut line = String::new();
        let is_read = read_line(&mut lines, &mut line).unwrap_or(false);
        let form: Form = is_read
            .then(|| serde_json::from_str(&line).ok())
            .flatten()
            .with_context(|| format!("{} is not an archive of Natter.", path.display()))?;
        if form.natter_archive > FORMAT {
            bail!(
                "The archive {} was made by a newer Natter (form {}); restore it with that version.",
                path.display(),
                form.natter_archive
            );
        }
        let header = serde_json::from_str(&line).map_err(|_| damaged(path, "its first line is not understood"))?;
        Ok(Self {
            path: path.to_owned(),
            lines,
            header,
            table: None,
            contents: Contents::default(),
            digest: Sha256::new(),
            line,
        })
    }

    /// The next line; `None` behind the last table.
    ///
    /// # Errors
    /// The archive is damaged; one sentence says where.
    pub fn record(&mut self) -> anyhow::Result<Option<Record>> {
        if !read_line(&mut self.lines, &mut self.line).map_err(|_| self.damage("it does not unpack"))? {
            return Ok(None);
        }
        self.digest.update(&self.line);
        self.digest.update(b"\n");
        let record = match &mut self.table {
            Some((table, rows)) if self.line.starts_with('[') => {
                *rows += 1;
                is_row(&self.line, table).then(|| Record::Row(self.line.clone()))
            }
            Some((table, rows)) => {
                let end = serde_json::from_str::<End>(&self.line).ok();
                let end = end.filter(|end| {
                    (&end.end, end.rows, end.last.is_some()) == (&table.name, *rows, table.counter().is_some())
                });
                self.contents.tables.extend(end.is_some().then(|| self.table.take()).flatten());
                end.map(|end| Record::End(end.last))
            }
            None => {
                let table = serde_json::from_str::<Table>(&self.line).ok().filter(|table| self.is_next(table));
                self.table = table.clone().map(|table| (table, 0));
                table.map(Record::Table)
            }
        };
        match record {
            Some(record) => Ok(Some(record)),
            None => Err(self.damage("a line is not understood")),
        }
    }

    /// Makes sure that the archive is whole, to its last byte.
    ///
    /// # Errors
    /// It is cut off or was altered.
    pub fn finish(mut self) -> anyhow::Result<Contents> {
        if self.table.is_some() {
            return Err(self.damage("it is cut off"));
        }
        self.contents.digest = hex(&self.digest.clone().finalize());
        let (mut rest, sha256) = self.lines.into_inner().into_inner().finish();
        let seal = Seal { rows: self.contents.rows(), content: &self.contents.digest, sha256: &sha256 }.bytes();
        let mut end = Vec::new();
        let read = Read::by_ref(&mut rest).take(seal.len() as u64 + 1).read_to_end(&mut end);
        read.with_context(|| format!("The archive {} cannot be read", self.path.display()))?;
        if end != seal {
            return Err(damaged(&self.path, "it is cut off or was altered"));
        }
        Ok(self.contents)
    }

    fn is_next(&self, table: &Table) -> bool {
        // Only a newer version knows what its archives hold; a restore refuses them.
        let is_known = self.header.schema > newest_schema() || may_hold(table);
        table.is_sound() && is_known && self.contents.tables.iter().all(|(known, _)| known.name != table.name)
    }

    fn damage(&self, problem: &str) -> anyhow::Error {
        damaged(&self.path, problem)
    }
}

/// So much of the header is understood in every form.
#[derive(Deserialize)]
struct Form {
    natter_archive: u32,
}

fn damaged(path: &Path, problem: &str) -> anyhow::Error {
    anyhow::anyhow!("The archive {} is damaged: {problem}.", path.display())
}

/// Whether there was another line; its end is not part of it.
fn read_line(lines: &mut impl BufRead, line: &mut String) -> std::io::Result<bool> {
    line.clear();
    let mut bytes = std::mem::take(line).into_bytes();
    lines.take(LONGEST).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(false);
    }
    let broken = || std::io::Error::from(std::io::ErrorKind::InvalidData);
    if bytes.pop() != Some(b'\n') {
        return Err(broken());
    }
    *line = String::from_utf8(bytes).map_err(|_| broken())?;
    Ok(true)
}
