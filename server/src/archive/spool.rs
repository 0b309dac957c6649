use crate::random::OsRandom;
use anyhow::Context;
use domain::ports::Random;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// An archive that can be read more than once, whatever it came from; what was kept for that is removed in the end.
pub struct Spool {
    path: PathBuf,
    is_copy: bool,
}

impl Spool {
    /// Takes a regular file as it is. Copies the standard input (`-`), a pipe or a device into the folder for temporary
    /// files.
    ///
    /// # Errors
    /// It cannot be read, or there is no room for it.
    pub fn of(source: &Path) -> anyhow::Result<Self> {
        let is_input = source.as_os_str() == "-";
        // What is missing, or is a folder, is told by whoever opens it.
        if !is_input && fs::metadata(source).map_or(true, |found| found.is_file() || found.is_dir()) {
            return Ok(Self { path: source.to_owned(), is_copy: false });
        }
        let name = if is_input { "the standard input".to_owned() } else { source.display().to_string() };
        let copy = std::env::temp_dir().join(format!("natter-{}.jsonl.gz", OsRandom.uuid().simple()));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&copy);
        let mut file = file.with_context(|| format!("The file {} cannot be made", copy.display()))?;
        let spool = Self { path: copy, is_copy: true };
        let copied = if is_input {
            io::copy(&mut io::stdin().lock(), &mut file)
        } else {
            File::open(source).and_then(|mut source| io::copy(&mut source, &mut file))
        };
        copied.with_context(|| format!("The archive from {name} cannot be kept in {}", spool.path.display()))?;
        Ok(spool)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if self.is_copy {
            // A failure is harmless: the system clears its temporary files.
            let _ = fs::remove_file(&self.path);
        }
    }
}
