//! The fuzz targets without a fuzzer: over their corpus, and over each input cut short or with one sign changed.

#[path = "../../../fuzz/src/lib.rs"]
#[allow(dead_code, reason = "the targets are also a crate of their own")]
mod properties;

use properties::{Property, TARGETS};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

/// What signs are exchanged for, in turn.
const SIGNS: [char; 16] =
    ['\0', '"', '\\', '{', ']', ':', ',', '-', '9', ' ', '\n', '@', '/', '\u{202e}', '\u{d7ff}', '🎉'];

#[test]
fn what_comes_over_a_wire_keeps_its_properties() {
    thread::scope(|threads| {
        for (target, property) in TARGETS {
            let inputs = corpus(target);
            assert!(inputs.len() >= 4, "fuzz/corpus/{target} has too few inputs to begin with");
            threads.spawn(move || inputs.iter().for_each(|input| hold(property, input)));
        }
    });
}

#[test]
fn every_target_can_be_fuzzed() {
    let known: BTreeSet<_> = TARGETS.iter().map(|(target, _)| (*target).to_owned()).collect();
    let names = |folder: &str| {
        fs::read_dir(fuzz().join(folder))
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                path.file_stem().unwrap().to_str().unwrap().to_owned()
            })
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(names("corpus"), known);
    assert_eq!(names("fuzz_targets"), known);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    let unbuilt = known.iter().find(|target| !manifest.contains(&format!("path = \"fuzz_targets/{target}.rs\"")));
    assert_eq!(unbuilt, None, "fuzz/Cargo.toml has no [[bin]] for it");
}

fn hold(property: Property, input: &str) {
    property(input);
    for ((at, sign), other) in input.char_indices().zip(SIGNS.iter().cycle()) {
        property(&input[..at]);
        property(&format!("{}{other}{}", &input[..at], &input[at + sign.len_utf8()..]));
    }
}

/// The inputs as text; a fuzzer leaves off what is not UTF-8 in the same way.
fn corpus(target: &str) -> Vec<String> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(fuzz().join("corpus").join(target)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned()).collect()
}

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("fuzz")
}
