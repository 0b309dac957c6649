use super::partial::{Partial, unwritable};
use super::seal::{Hashing, Seal};
use super::{Contents, Header};
use anyhow::Context;
use flate2::{Compression, GzBuilder, write::GzEncoder};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Text shrinks well at the third level; the ninth takes many times as long for little.
const LEVEL: u32 = 3;

/// An archive that is being written, beside the place that it will have.
pub struct Draft {
    partial: Partial,
    packed: GzEncoder<Hashing<BufWriter<File>>>,
}

impl Draft {
    /// Begins it; what an earlier one has left half done is overwritten.
    ///
    /// # Errors
    /// Says which file cannot be written, or that somebody else is just writing it.
    pub fn begin(place: &Path, header: &Header) -> anyhow::Result<Self> {
        let (partial, file) = Partial::begin(place)?;
        // Without a name and a time in it, equal archives are equal files.
        let packed = GzBuilder::new().operating_system(255);
        let packed = packed.write(Hashing::new(BufWriter::new(file)), Compression::new(LEVEL));
        let mut draft = Self { partial, packed };
        let mut line = serde_json::to_vec(header).context("A header is plain")?;
        line.push(b'\n');
        draft.write(&line)?;
        Ok(draft)
    }

    /// Adds whole lines.
    pub fn write(&mut self, lines: &[u8]) -> anyhow::Result<()> {
        self.packed.write_all(lines).with_context(|| unwritable(&self.partial.path))
    }

    /// Seals it and leaves it on the disk, still beside its place; with its size.
    pub fn finish(self, contents: &Contents) -> anyhow::Result<(Partial, u64)> {
        let Self { partial, packed } = self;
        let bytes = seal(packed, contents).and_then(|()| partial.sync());
        let bytes = bytes.with_context(|| unwritable(&partial.path))?;
        Ok((partial, bytes))
    }
}

fn seal(packed: GzEncoder<Hashing<BufWriter<File>>>, contents: &Contents) -> io::Result<()> {
    let (mut file, sha256) = packed.finish()?.finish();
    file.write_all(&Seal { rows: contents.rows(), content: &contents.digest, sha256: &sha256 }.bytes())?;
    file.flush()
}
