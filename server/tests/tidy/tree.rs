//! The repository as text.

use std::fs;
use std::path::{Path, PathBuf};

/// The crates of the workspace, as `Cargo.toml` lists them.
pub fn crates() -> Vec<String> {
    let manifest = read("Cargo.toml");
    let list = manifest.lines().find_map(|line| line.strip_prefix("members = ")).expect("the workspace has members");
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// A file and its path from the root, with `/` between the names.
pub struct File {
    pub path: String,
    pub text: String,
}

impl File {
    /// The lines that a program is made of, numbered from 1: no comments, no tests.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines: Vec<_> = self.text.lines().collect();
        let begins_the_tests = |pair: &[&str]| {
            pair[0].starts_with("#[cfg(")
                && pair[0].contains("test")
                && pair[1].trim_start_matches("pub(super) ").starts_with("mod tests")
        };
        let tests = lines.windows(2).position(begins_the_tests).unwrap_or(lines.len());
        let code = lines.into_iter().take(tests).enumerate();
        code.map(|(at, line)| (at + 1, line.split_once(" // ").map_or(line, |(code, _)| code)))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    pub fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }
}

/// The Rust that ships: all of it but the tests. The load generator is a tool of its own and left out.
pub fn shipped() -> Vec<File> {
    let folders = crates().into_iter().filter(|name| name != "bench").map(|name| format!("{name}/src"));
    folders.flat_map(|folder| under(&folder, &["rs"])).filter(|file| !file.is_test()).collect()
}

/// The files under a folder whose names end so; what was built or installed is left out.
pub fn under(folder: &str, extensions: &[&str]) -> Vec<File> {
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.retain(|path| extensions.iter().any(|end| path.extension().is_some_and(|known| known == *end)));
    found.sort();
    let file = |path: PathBuf| {
        let path = path.strip_prefix(root()).expect("it is under the root").to_string_lossy().replace('\\', "/");
        File { text: read(&path), path }
    };
    found.into_iter().map(file).collect()
}

pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path} cannot be read: {error}"))
}

pub fn exists(path: &str) -> bool {
    root().join(path).exists()
}

/// The names in a folder; none when it does not exist.
pub fn names(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).into_iter().flatten();
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("the folder can be read").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Where one of these words stands in the code, in the files that `may_not` chooses.
pub fn hits(files: &[File], words: &[&str], may_not: impl Fn(&str) -> bool) -> Vec<String> {
    let mut hits = Vec::new();
    for file in files.iter().filter(|file| may_not(&file.path)) {
        for (at, line) in file.code().filter(|(_, line)| words.iter().any(|word| line.contains(word))) {
            hits.push(format!("{}:{at}: {}", file.path, line.trim()));
        }
    }
    hits
}

/// Fails with the rule and everything that breaks it.
#[track_caller]
pub fn assert_none(found: &[String], rule: &str) {
    assert!(found.is_empty(), "{rule}\n  {}\n", found.join("\n  "));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate stands in the workspace")
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("the folder can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_file() {
            found.push(path);
        } else if !name.starts_with('.') && !["target", "node_modules", "test-results"].contains(&name.as_str()) {
            walk(&path, found);
        }
    }
}
