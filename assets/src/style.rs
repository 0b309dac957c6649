//! One style sheet out of all in `style/`, and the other files of that folder.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::name::Asset;

/// These stand first, in this order: `tokens.css` declares the order of the layers.
const FIRST: [&str; 3] = ["tokens.css", "base.css", "layout.css"];

/// `style.css` from all style sheets, and each other file at the top of the folder.
pub fn files(folder: &Path) -> Result<Vec<Asset>> {
    let mut sheets = Vec::new();
    let mut assets = Vec::new();
    for path in walk(folder)? {
        let name = path.strip_prefix(folder)?.to_str().context("a name in style/ is not UTF-8")?.to_owned();
        if name.ends_with(".css") {
            sheets.push((name, fs::read_to_string(&path)?));
        } else if !name.contains('/') {
            assets.push(Asset::new(&name, fs::read(&path)?));
        }
    }
    assets.push(Asset::new("style.css", bundle(sheets)));
    Ok(assets)
}

fn walk(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(walk(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

fn bundle(mut sheets: Vec<(String, String)>) -> String {
    sheets.sort_by_cached_key(|(name, _)| {
        let rank = FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len());
        (name.contains('/'), rank, name.clone())
    });
    sheets.iter().map(|(_, text)| trim(&uncommented(text))).collect()
}

fn uncommented(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find(['/', '"', '\'']) {
        let length = if rest[at..].starts_with("/*") {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            rest = rest.split_once("*/").map_or("", |(_, after)| after);
            continue;
        } else if rest[at..].starts_with('/') {
            at + 1
        } else {
            at + string_length(&rest[at..])
        };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out + rest
}

/// How long the quoted string is that `css` begins with.
fn string_length(css: &str) -> usize {
    let quote = css.chars().next();
    let mut escaped = false;
    for (at, char) in css.char_indices().skip(1) {
        if !escaped && Some(char) == quote {
            return at + 1;
        }
        escaped = !escaped && char == '\\';
    }
    css.len()
}

/// Drops indentation and empty lines.
fn trim(css: &str) -> String {
    css.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_first_and_components_last() {
        let names =
            ["components/avatar.css", "base.css", "print.css", "components/a/b.css", "layout.css", "tokens.css"];
        let css = bundle(names.map(|name| (name.into(), format!("{name}\n"))).into());
        let order: Vec<_> = css.lines().collect();
        assert_eq!(
            order,
            ["tokens.css", "base.css", "layout.css", "print.css", "components/a/b.css", "components/avatar.css"]
        );
    }

    #[test]
    fn comments_go_and_strings_stay() {
        let css = r#"a { /* why */ content: "/* \" */"; font: 1rem/1.5 'it''s'; } /* open"#;
        assert_eq!(uncommented(css), r#"a {  content: "/* \" */"; font: 1rem/1.5 'it''s'; } "#);
    }

    #[test]
    fn empty_lines_and_indentation_go() {
        assert_eq!(trim("a {\n\n  b: c;\n}\n"), "a {\nb: c;\n}\n");
    }
}
