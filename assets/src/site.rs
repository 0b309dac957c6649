//! The folder of finished files.
//!
//! What has not changed is not touched: the server is built anew only when a file here is.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::write::GzEncoder;

use crate::name::Asset;

/// Whether a compressed `.br` and `.gz` stand beside each file; browsers take `.br` by https only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    None,
    Both,
}

type Packer = fn(&[u8]) -> Result<Vec<u8>>;

/// Makes `folder` hold these files and no others.
///
/// A name carries its content's hash, so a file that is already there is already right.
pub fn write(folder: &Path, assets: &[Asset], compression: Compression) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut wanted = BTreeSet::new();
    for Asset { name, bytes } in assets {
        put(&folder.join(name), || Ok(bytes.clone()))?;
        wanted.insert(name.clone());
        if compression == Compression::Both {
            let packers: [(&str, Packer); 2] = [("br", brotli), ("gz", gzip)];
            for (extension, pack) in packers {
                let name = format!("{name}.{extension}");
                put(&folder.join(&name), || pack(bytes))?;
                wanted.insert(name);
            }
        }
    }
    remove_others(folder, &wanted)
}

/// Writes beside the target and renames, so that an interrupted run leaves no half file under a good name.
fn put(path: &Path, bytes: impl FnOnce() -> Result<Vec<u8>>) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    let half = path.with_extension("half");
    fs::write(&half, bytes()?).with_context(|| format!("cannot write {}", half.display()))?;
    fs::rename(&half, path).with_context(|| format!("cannot write {}", path.display()))
}

fn brotli(mut bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let best = BrotliEncoderParams { quality: 11, size_hint: bytes.len(), ..Default::default() };
    brotli::BrotliCompress(&mut bytes, &mut out, &best)?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(bytes)?;
    Ok(out.finish()?)
}

fn remove_others(folder: &Path, wanted: &BTreeSet<String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().to_str().is_some_and(|name| wanted.contains(name)) {
            fs::remove_file(entry.path()).with_context(|| format!("cannot remove {}", entry.path().display()))?;
        }
    }
    Ok(())
}
