//! What the documents say of the code.

use crate::tree::{File, assert_none, exists, read, under};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn every_setting_is_in_the_readme_with_its_flag_and_default() {
    let readme = read("README.md");
    let rows: Vec<_> = readme.lines().filter(|line| line.starts_with('|') && line.contains("`NATTER_")).collect();
    let settings = settings();
    for (name, default) in &settings {
        let flag = name.trim_start_matches("NATTER_").to_lowercase().replace('_', "-");
        let row = rows.iter().find(|row| row.contains(&format!("`{name}`")));
        let row = row.unwrap_or_else(|| panic!("README.md's table of settings has no row for {name}"));
        assert!(row.contains(&format!("`--{flag}`")), "README.md: the row of {name} does not name its flag --{flag}");
        let told = default.as_ref().is_none_or(|default| row.contains(&format!("`{default}`")));
        assert!(told, "README.md: the row of {name} does not tell its default {default:?}");
    }
    let named: BTreeSet<_> = rows.iter().flat_map(|row| words(row)).collect();
    let unknown: Vec<_> = named.into_iter().filter(|name| !settings.contains_key(name)).collect();
    assert_none(&unknown, "README.md's table names settings that the server does not have:");
}

#[test]
fn every_setting_that_is_named_exists() {
    let settings = settings();
    let mut files = documents();
    files.extend(
        ["scripts/build", "scripts/chaos", "scripts/dev", "scripts/lint", "scripts/test", "scripts/tools", "Makefile"]
            .map(file),
    );
    files.extend(under("end2end", &["ts"]));
    files.extend(DEPLOYED.map(file));
    files.extend(under("bench/src", &["rs"]));
    let unknown = |file: &File| {
        let names = words(&file.text).into_iter();
        let names = names.filter(|name| !settings.contains_key(name) && !OF_THE_TESTS.contains(&name.as_str()));
        names.map(|name| format!("{}: {name}", file.path)).collect::<Vec<_>>()
    };
    let found: Vec<_> = files.iter().flat_map(unknown).collect();
    assert_none(&found, "The server refuses to start with a NATTER_ setting that it does not have:");
}

#[test]
fn every_command_and_close_code_is_in_the_protocol_document() {
    let document = read("docs/protocol.md");
    let command = read("protocol/src/command.rs");
    let list = command.split("const COMMANDS").nth(1).and_then(|rest| rest.split(';').nth(1));
    let commands: Vec<_> =
        list.expect("protocol/src/command.rs lists the commands").split('"').skip(1).step_by(2).collect();
    assert!(commands.contains(&"new_message"), "the list of commands is not read as it is written");
    let untold = commands.iter().filter(|name| !document.contains(&format!("\n### `{name}`\n")));
    let untold: Vec<_> = untold.map(|name| (*name).to_owned()).collect();
    assert_none(&untold, "docs/protocol.md needs a heading for each of these commands:");

    let event = read("protocol/src/event.rs");
    let codes = event.lines().filter_map(|line| line.trim().split_once(": u16 = ")?.1.strip_suffix(';'));
    let untold: Vec<_> = codes.filter(|code| !document.contains(&format!("\n| {code} |"))).map(str::to_owned).collect();
    assert_none(&untold, "docs/protocol.md needs a row for each of these close codes:");
}

/// What operations.md shows whole.
const DEPLOYED: [&str; 5] = [
    "deploy/natter.env",
    "deploy/natter.service",
    "deploy/natter@.service",
    "deploy/nginx.conf",
    "deploy/nginx-two-nodes.conf",
];

#[test]
fn the_files_to_deploy_stand_in_the_document_as_they_are() {
    let document = read("docs/operations.md");
    let is_shown = |path: &&str| document.contains(&format!("\n{}```\n", read(path)));
    let other: Vec<_> = DEPLOYED.into_iter().filter(|path| !is_shown(path)).map(str::to_owned).collect();
    assert_none(&other, "docs/operations.md shows another text of these; `make test` starts what the files say:");
}

#[test]
fn documents_name_files_that_exist() {
    let mut missing = Vec::new();
    for file in documents() {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let links = file.text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        let links = links.filter(|link| !link.is_empty() && !link.contains(':')).map(|link| format!("{folder}/{link}"));
        let paths = file.text.split('`').skip(1).step_by(2).filter(|word| is_path(word)).map(str::to_owned);
        let gone = links.chain(paths).filter(|path| !exists(path.trim_start_matches('/')));
        missing.extend(gone.map(|path| format!("{}: {path}", file.path)));
    }
    assert_none(&missing, "These documents name files that are not there:");
}

/// What the tests read and a server never does, but for the one that can be broken on purpose.
const OF_THE_TESTS: [&str; 5] =
    ["NATTER_BINARY", "NATTER_CHAOS_BINARY", "NATTER_CHAOS_MINUTES", "NATTER_CHAOS_SEED", "NATTER_SABOTAGE"];

/// Where settings are declared.
const DECLARED: [&str; 3] = ["server/src/config.rs", "server/src/limits/settings.rs", "server/src/tls/settings.rs"];

/// The settings and their defaults.
fn settings() -> BTreeMap<String, Option<String>> {
    let mut found = BTreeMap::new();
    for line in
        DECLARED.map(read).iter().flat_map(|declared| declared.lines()).filter(|line| line.trim().starts_with("#[arg("))
    {
        let Some(name) = line.split("env = \"").nth(1).and_then(|rest| rest.split('"').next()) else { continue };
        let text = line.split("default_value = \"").nth(1).and_then(|rest| rest.split('"').next());
        let number = line.split("default_value_t = ").nth(1).and_then(|rest| rest.split([',', ')']).next());
        found.insert(name.to_owned(), text.or(number).map(str::to_owned));
    }
    assert!(found.contains_key("NATTER_ADDR"), "the settings are not read as they are written");
    found
}

/// The names of the form `NATTER_X` in a text.
fn words(text: &str) -> Vec<String> {
    let part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let words = text.split(|c: char| !part(c));
    words.filter(|word| word.starts_with("NATTER_") && word.len() > "NATTER_".len()).map(str::to_owned).collect()
}

fn is_path(word: &str) -> bool {
    let folders = [
        "app",
        "assets",
        "bench",
        "deploy",
        "docs",
        "domain",
        "end2end",
        "frontend",
        "fuzz",
        "migrations",
        "protocol",
        "scripts",
        "server",
        "style",
    ];
    let is_plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
    is_plain && word.split_once('/').is_some_and(|(folder, _)| folders.contains(&folder))
}

fn documents() -> Vec<File> {
    let mut files = under("docs", &["md"]);
    files.extend(["README.md", "CHANGELOG.md", "SECURITY.md"].map(file));
    files
}

fn file(path: &str) -> File {
    File { path: path.to_owned(), text: read(path) }
}
