//! Holds `docs/protocol.md` against the snapshots of `wire.rs`, so that the page cannot drift from the wire.

#![allow(clippy::unwrap_used, reason = "clippy takes only what bears #[test] for a test")]

use protocol::{Frame, Request};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_example_in_the_document_is_a_frame_of_the_wire() {
    let snapshots = frames();
    let examples = examples();
    assert!(!examples.is_empty(), "docs/protocol.md has no ```json blocks");
    for (line, text) in examples {
        let is_frame = Request::parse(&text).is_ok() || serde_json::from_str::<Frame>(&text).is_ok();
        assert!(is_frame, "docs/protocol.md:{line}: this is neither a request nor a frame:\n{text}");
        let example: Value = serde_json::from_str(&text).unwrap();
        assert!(
            snapshots.values().any(|snapshot| *snapshot == example),
            "docs/protocol.md:{line}: no snapshot in protocol/tests/snapshots equals this; copy the one that it means:\n{text}"
        );
    }
}

#[test]
fn every_frame_of_the_wire_is_an_example_in_the_document() {
    let examples: Vec<Value> = examples().iter().map(|(_, text)| serde_json::from_str(text).unwrap()).collect();
    for (name, snapshot) in frames() {
        assert!(
            examples.contains(&snapshot),
            "docs/protocol.md does not show the snapshot {name}; add it as a ```json block:\n{snapshot}"
        );
    }
}

#[test]
fn every_code_and_field_is_in_the_document() {
    let document = document();
    for list in ["codes", "fields"] {
        for name in snapshots()[list].as_array().unwrap() {
            let name = name.as_str().unwrap();
            assert!(document.contains(&format!("`{name}`")), "docs/protocol.md does not name `{name}` ({list})");
        }
    }
}

/// The snapshots of commands and events.
fn frames() -> BTreeMap<String, Value> {
    snapshots().into_iter().filter(|(name, _)| name.starts_with("command_") || name.starts_with("event_")).collect()
}

fn snapshots() -> BTreeMap<String, Value> {
    let folder = here().join("tests/snapshots");
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap();
        let name = file.strip_suffix(".snap").unwrap_or_else(|| panic!("{file} has not been accepted or refused"));
        let text = fs::read_to_string(&path).unwrap();
        // A head between two lines of hyphens, then the value.
        let body = text.splitn(3, "---\n").nth(2).unwrap();
        found.insert(name.trim_start_matches("wire__").to_owned(), serde_json::from_str(body).unwrap());
    }
    found
}

/// The ```json blocks and the lines on which they begin.
fn examples() -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in document().lines().enumerate() {
        match (&mut open, line) {
            (None, "```json") => open = Some((number + 1, String::new())),
            (Some(_), "```") => found.extend(open.take()),
            (Some((_, text)), line) => *text += &format!("{line}\n"),
            (None, _) => {}
        }
    }
    found
}

fn document() -> String {
    fs::read_to_string(here().join("../docs/protocol.md")).unwrap()
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}
