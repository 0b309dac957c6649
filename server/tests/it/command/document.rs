//! The commands that docs/operations.md shows.

use server::cli::CommandLine;
use std::ffi::OsString;

#[test]
fn the_commands_in_the_document_are_understood() {
    // A line that ends with a backslash goes on.
    let document = include_str!("../../../../docs/operations.md").replace("\\\n", " ");
    let lines = document.lines().map(|line| line.trim_start_matches("sudo -u natter "));
    let shown: Vec<_> = lines.filter(|line| line.starts_with("natter ")).collect();
    assert!(shown.len() > 8, "{shown:?}");
    for line in shown {
        let read = CommandLine::read(line.split_whitespace().map(OsString::from), std::iter::empty());
        assert!(read.is_ok(), "{line}: {:?}", read.err());
    }
}
