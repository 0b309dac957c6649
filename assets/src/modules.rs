//! Small scripts that pages load beside the client, one file for each.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::name::Asset;

/// Every module in `folder`, under its own name.
pub fn files(folder: &Path) -> Result<Vec<Asset>> {
    let mut assets = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().into_string().ok().context("a name in app/modules/ is not UTF-8")?;
        assets.push(Asset::new(&name, fs::read(entry.path())?));
    }
    Ok(assets)
}
