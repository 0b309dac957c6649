use anyhow::{Context, bail};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A file beside its place, which takes that place when it is whole, and is removed when it never will be.
pub struct Partial {
    place: PathBuf,
    pub path: PathBuf,
    /// Held until the end, so that two never write the same.
    lock: File,
    is_put: bool,
}

impl Partial {
    /// Makes it, or takes what was left of an earlier one.
    pub fn begin(place: &Path) -> anyhow::Result<(Self, File)> {
        let place = target(place)?;
        let mut path = place.as_os_str().to_owned();
        path.push(".partial");
        let path = PathBuf::from(path);
        let unwritable = || unwritable(&path);
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = file.with_context(unwritable)?;
        let is_free = match file.try_lock() {
            // Whoever had the lock before may have moved the file away.
            Ok(()) => is_at(&file, &path),
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(error)) => return Err(error).with_context(unwritable),
        };
        if !is_free {
            bail!("Another backup is just writing {}.", path.display());
        }
        file.set_len(0).with_context(unwritable)?;
        let lock = file.try_clone().with_context(unwritable)?;
        Ok((Self { place, path, lock, is_put: false }, file))
    }

    /// Removes one that was left behind, unless somebody is just writing it.
    pub fn clear(path: &Path) -> io::Result<()> {
        match OpenOptions::new().write(true).open(path)?.try_lock() {
            Ok(()) => fs::remove_file(path),
            Err(_) => Ok(()),
        }
    }

    /// Leaves it on the disk for good.
    pub fn sync(&self) -> io::Result<()> {
        self.lock.sync_all()
    }

    /// Puts it where it belongs, in place of what stood there.
    pub fn put(mut self) -> anyhow::Result<()> {
        let moved = fs::rename(&self.path, &self.place);
        self.is_put = moved.is_ok();
        moved.and_then(|()| sync_folder(&self.place)).with_context(|| unwritable(&self.place))
    }
}

/// The regular file that a path names or shall name, behind its links.
fn target(place: &Path) -> anyhow::Result<PathBuf> {
    let found = match fs::canonicalize(place) {
        Ok(found) => found,
        Err(_) if place.is_symlink() => bail!("The link {} leads nowhere; name a file.", place.display()),
        // It is made, or the folder is missing, which opening tells.
        Err(_) => return Ok(place.to_owned()),
    };
    let kind = fs::metadata(&found).with_context(|| unwritable(place))?.file_type();
    match () {
        () if kind.is_file() => Ok(found),
        () if kind.is_dir() => bail!("{} is a folder; name the file that shall stand in it.", place.display()),
        () => bail!("{} is no regular file; name one, or - for the standard output.", place.display()),
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_put {
            // The next backup takes what stays.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Makes a file's name in its folder outlive the power.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

pub fn unwritable(path: &Path) -> String {
    format!("The archive {} cannot be written", path.display())
}

fn is_at(file: &File, path: &Path) -> bool {
    let same = || Some((file.metadata().ok()?, fs::metadata(path).ok()?));
    same().is_some_and(|(ours, there)| (ours.dev(), ours.ino()) == (there.dev(), there.ino()))
}
