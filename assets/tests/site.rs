//! The folder of finished files, on a real disk.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::time::SystemTime;

use assets::name::Asset;
use assets::site::{Compression, write};
use flate2::read::GzDecoder;

#[test]
fn what_has_not_changed_is_not_touched() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = [Asset::new("style.css", "a{}"), Asset::new("favicon.svg", "<svg/>")];
    write(folder.path(), &files, Compression::Both).expect("the first run writes");
    let before = listing(folder.path());
    assert_eq!(before.len(), 6);

    write(folder.path(), &files, Compression::Both).expect("the second run writes nothing");

    assert_eq!(listing(folder.path()), before);
}

#[test]
fn stale_files_go() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [old, new] = ["a{}", "b{}"].map(|css| Asset::new("style.css", css));
    write(folder.path(), &[old], Compression::Both).expect("the first run writes");

    write(folder.path(), std::slice::from_ref(&new), Compression::None).expect("the second run replaces");

    assert_eq!(listing(folder.path()).into_keys().collect::<Vec<_>>(), [new.name]);
}

#[test]
fn the_compressed_files_hold_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = Asset::new("style.css", "a{color:red}".repeat(1000));
    write(folder.path(), std::slice::from_ref(&file), Compression::Both).expect("the run writes");

    let packed = fs::read(folder.path().join(format!("{}.br", file.name))).expect("the compressed file");
    let mut unpacked = Vec::new();
    brotli::BrotliDecompress(&mut packed.as_slice(), &mut unpacked).expect("valid brotli");
    assert!(packed.len() < 100);
    assert_eq!(unpacked, file.bytes);

    let packed = fs::File::open(folder.path().join(format!("{}.gz", file.name))).expect("the compressed file");
    let mut unpacked = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut unpacked).expect("valid gzip");
    assert_eq!(unpacked, file.bytes);
}

/// Names and times of change.
fn listing(folder: &Path) -> BTreeMap<String, SystemTime> {
    fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| {
            let entry = entry.expect("an entry");
            let changed = entry.metadata().and_then(|data| data.modified()).expect("a time of change");
            (entry.file_name().to_string_lossy().into_owned(), changed)
        })
        .collect()
}
