//! What docs/security-tests.md says of the tests.

use crate::tree::{File, assert_none, read, under};

const DOCUMENT: &str = "docs/security-tests.md";

#[test]
fn every_promise_of_security_has_a_row() {
    let document = read(DOCUMENT);
    let promises = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 14, 15, 16, 20];
    let missing = promises.iter().filter(|promise| !document.contains(&format!("\n| S{promise} |")));
    let missing: Vec<_> = missing.map(|promise| format!("S{promise}")).collect();
    assert_none(&missing, "docs/security-tests.md needs a row for each of these:");
}

#[test]
fn every_test_that_is_named_exists() {
    let mut files = under("server", &["rs"]);
    files.extend(under("app/tests", &["rs"]));
    let journeys = under("end2end", &["ts"]);
    let mut unknown = Vec::new();
    for line in read(DOCUMENT).lines().filter(|line| line.starts_with("| S")) {
        let tests: Vec<_> = line.split('`').skip(1).step_by(2).filter(|word| word.contains("::")).collect();
        let titles: Vec<_> = line.split('"').skip(1).step_by(2).collect();
        unknown.extend(
            tests.iter().filter(|test| !files.iter().any(|file| has(file, test))).map(|test| (*test).to_owned()),
        );
        let is_journey = |title: &str| journeys.iter().any(|file| file.text.contains(&format!("test(`{title}")));
        unknown.extend(titles.iter().filter(|title| !is_journey(title)).map(|title| (*title).to_owned()));
        if tests.is_empty() {
            unknown.push(format!("{line:.5}: no test at all"));
        }
    }
    assert_none(&unknown, "docs/security-tests.md names tests that are not there:");
}

/// Whether a file has the test `module::of::it`, the modules being parts of its path.
fn has(file: &File, test: &str) -> bool {
    let (modules, name) = test.rsplit_once("::").expect("a path of a test");
    let mut folders = file.path.split(['/', '.']);
    modules.split("::").all(|module| folders.any(|folder| folder == module))
        && file.text.contains(&format!("fn {name}("))
}
