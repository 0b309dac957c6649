use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// What a first visit to the rooms loads beside the page, in bytes over the wire.
pub fn site() -> Result<f64> {
    let mut sum = 0;
    for entry in fs::read_dir("target/site/release").context("build the release first: make bench")? {
        let path = entry?.path();
        let name = path.to_string_lossy();
        if [".js.br", ".wasm.br", ".css.br"].iter().any(|end| name.ends_with(end)) {
            sum += size(&path)?;
        }
    }
    Ok(sum as f64)
}

/// The one file that is installed.
pub fn binary() -> Result<f64> {
    Ok(size(Path::new("target/release/natter"))? as f64)
}

fn size(path: &Path) -> Result<u64> {
    Ok(fs::metadata(path).with_context(|| format!("{} is missing", path.display()))?.len())
}
