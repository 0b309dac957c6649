use super::partial::{Partial, unwritable};
use super::seal::{Hashing, Seal};
use super::{Contents, Header};
use anyhow::Context;
use flate2::{Compression, GzBuilder, write::GzEncoder};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Text shrinks well at the third level; the ninth takes many times as long for little.
const LEVEL: u32 = 3;

type Output = BufWriter<Box<dyn Write + Send>>;

/// An archive that is being written.
pub struct Draft {
    /// The file beside the place that it will have; `None` for a stream.
    partial: Option<Partial>,
    packed: GzEncoder<Hashing<Output>>,
}

impl Draft {
    /// Begins a file; what an earlier one has left half done is overwritten.
    ///
    /// # Errors
    /// Says which file cannot be written, or that somebody else is just writing it.
    pub fn begin(place: &Path, header: &Header) -> anyhow::Result<Self> {
        let (partial, file) = Partial::begin(place)?;
        Self::of(Some(partial), Box::new(file), header)
    }

    /// Begins on the standard output.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn streamed(header: &Header) -> anyhow::Result<Self> {
        Self::of(None, Box::new(io::stdout()), header)
    }

    fn of(partial: Option<Partial>, output: Box<dyn Write + Send>, header: &Header) -> anyhow::Result<Self> {
        // Without a name and a time in it, equal archives are equal files.
        let packed = GzBuilder::new().operating_system(255);
        let packed = packed.write(Hashing::new(BufWriter::new(output)), Compression::new(LEVEL));
        let mut draft = Self { partial, packed };
        let mut line = serde_json::to_vec(header).context("A header is plain")?;
        line.push(b'\n');
        draft.write(&line)?;
        Ok(draft)
    }

    /// Adds whole lines.
    pub fn write(&mut self, lines: &[u8]) -> anyhow::Result<()> {
        self.packed.write_all(lines).with_context(|| self.unwritable())
    }

    /// Seals it and, if it is a file, leaves it on the disk, still beside its place; with its size in bytes.
    pub fn finish(self, contents: &Contents) -> anyhow::Result<(Option<Partial>, u64)> {
        let unwritable = self.unwritable();
        let Self { partial, packed } = self;
        let sealed = seal(packed, contents).and_then(|bytes| {
            partial.as_ref().map_or(Ok(()), Partial::sync)?;
            Ok(bytes)
        });
        let bytes = sealed.context(unwritable)?;
        Ok((partial, bytes))
    }

    fn unwritable(&self) -> String {
        let of_file = |partial: &Partial| unwritable(&partial.path);
        self.partial.as_ref().map_or_else(|| "The standard output cannot be written".to_owned(), of_file)
    }
}

fn seal(packed: GzEncoder<Hashing<Output>>, contents: &Contents) -> io::Result<u64> {
    let hashing = packed.finish()?;
    let bytes = hashing.bytes();
    let (mut output, sha256) = hashing.finish();
    let seal = Seal { rows: contents.rows(), content: &contents.digest, sha256: &sha256 }.bytes();
    output.write_all(&seal)?;
    output.flush()?;
    Ok(bytes + seal.len() as u64)
}
