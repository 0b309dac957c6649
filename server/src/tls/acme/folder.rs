use anyhow::Context;
use instant_acme::AccountCredentials;
use serde::{Deserialize, Serialize};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// What was got from authorities, in the data folder; its owner alone reads it.
pub struct Folder(PathBuf);

/// An account and who keeps it.
#[derive(Deserialize, Serialize)]
struct Account {
    directory: String,
    credentials: AccountCredentials,
}

impl Folder {
    /// # Errors
    /// Says that the folder cannot be made.
    pub fn within(data: &Path) -> anyhow::Result<Self> {
        let path = data.join("acme");
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&path);
        made.with_context(|| format!("The folder {} cannot be made", path.display()))?;
        Ok(Self(path))
    }

    /// The account at an authority, if there is one.
    ///
    /// # Errors
    /// The file cannot be read, or is damaged.
    pub fn account(&self, directory: &str) -> anyhow::Result<Option<AccountCredentials>> {
        let Some(text) = self.read(ACCOUNT)? else { return Ok(None) };
        let account: Account = serde_json::from_slice(&text).with_context(|| format!("{ACCOUNT} is damaged"))?;
        Ok(Some(account).filter(|account| account.directory == directory).map(|account| account.credentials))
    }

    /// # Errors
    /// The file cannot be written.
    pub fn keep_account(&self, directory: &str, credentials: AccountCredentials) -> anyhow::Result<()> {
        let account = Account { directory: directory.to_owned(), credentials };
        self.write(ACCOUNT, &serde_json::to_vec(&account)?)
    }

    /// The certificate, its chain and its key that were kept under this title.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn certificate(&self, title: &str) -> anyhow::Result<Option<Vec<u8>>> {
        let text = self.read(CERTIFICATE)?;
        Ok(text.filter(|text| text.starts_with(heading(title).as_bytes())))
    }

    /// Keeps certificate, chain and key, all in PEM form, in one file, so that they always belong to each other.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn keep_certificate(&self, title: &str, pem: &str) -> anyhow::Result<()> {
        self.write(CERTIFICATE, (heading(title) + pem).as_bytes())
    }

    fn read(&self, name: &str) -> anyhow::Result<Option<Vec<u8>>> {
        let path = self.0.join(name);
        match fs::read(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
        }
    }

    /// The old file stays whole until the new one is.
    fn write(&self, name: &str, text: &[u8]) -> anyhow::Result<()> {
        let (path, new) = (self.0.join(name), self.0.join(format!("{name}.new")));
        let written = || -> std::io::Result<()> {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
            file.write_all(text)?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            File::open(&self.0)?.sync_all()
        };
        written().with_context(|| format!("{} cannot be written", path.display()))
    }
}

const ACCOUNT: &str = "account.json";
const CERTIFICATE: &str = "certificate.pem";

/// What stands before the PEM blocks is no part of them.
fn heading(title: &str) -> String {
    format!("{title}\n")
}
