//! Secrets: made on the first start, kept in the data folder, readable by its owner only.

use crate::random::OsRandom;
use anyhow::{Context, bail};
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

const BYTES: usize = 64;

/// The 64 bytes that sign session cookies.
///
/// # Errors
/// Says which file cannot be read or written, or is damaged.
pub fn of_cookies(data: &Path) -> anyhow::Result<Vec<u8>> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
        .with_context(|| format!("The data folder {} cannot be made", data.display()))?;
    let path = data.join("cookie.key");
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Ok(mut file) => {
            let secret = OsRandom.bytes::<BYTES>();
            file.write_all(&secret).and_then(|()| file.sync_all()).with_context(|| unusable(&path))?;
            Ok(secret.to_vec())
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let secret = fs::read(&path).with_context(|| unusable(&path))?;
            if secret.len() != BYTES {
                bail!("{} is damaged; delete it to make a new one (everybody logs in again).", path.display());
            }
            Ok(secret)
        }
        Err(error) => Err(error).with_context(|| unusable(&path)),
    }
}

fn unusable(path: &Path) -> String {
    format!("The secret in {} cannot be read or written", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_secret_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let first = of_cookies(&data).unwrap();
        assert_eq!(of_cookies(&data).unwrap(), first);
        assert_eq!(fs::metadata(data.join("cookie.key")).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(data.join("cookie.key"), "short").unwrap();
        assert!(of_cookies(&data).unwrap_err().to_string().contains("damaged"));
    }
}
