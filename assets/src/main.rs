//! `assets dev` and `assets release`: fills `target/site/` from the compiled client and `style/`.
//!
//! Runs in the root of the repository, after `cargo build -p frontend` with the profile of the same name.

use std::path::Path;

use anyhow::{Result, bail};
use assets::site::Compression;
use assets::{client, manifest, modules, reload, site, style};

fn main() -> Result<()> {
    let kind = std::env::args().nth(1).unwrap_or_default();
    let compression = match kind.as_str() {
        "dev" => Compression::None,
        "release" => Compression::Both,
        _ => bail!("usage: assets dev|release"),
    };
    let wasm = format!("target/wasm32-unknown-unknown/wasm-{kind}/frontend.wasm");
    let mut files = style::files(Path::new("style"))?;
    files.push(manifest::of(&files)?);
    files.extend(modules::files(Path::new("app/modules"))?);
    files.extend(client::files(client::bind(Path::new(&wasm))?));
    if kind == "dev" {
        files.push(reload::script());
    }
    site::write(&Path::new("target/site").join(kind), &files, compression)
}
