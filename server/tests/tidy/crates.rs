//! What the manifests promise.

use crate::tree::{assert_none, crates, hits, read, under};

#[test]
fn the_protocol_does_no_io_and_nothing_in_it_is_async() {
    let others: Vec<_> = dependencies("protocol")
        .into_iter()
        .filter(|name| !["serde", "serde_json", "uuid", "thiserror"].contains(&name.as_str()))
        .collect();
    assert_eq!(others, ["idna", "unicode-normalization"], "protocol compiles into every client: it depends on little.");
    let manifest = read("protocol/Cargo.toml");
    let (_, native) =
        manifest.split_once("[target.'cfg(not(target_arch = \"wasm32\"))'.dependencies]").expect("a part");
    assert!(
        native.contains("idna") && native.contains("unicode-normalization"),
        "Unicode's tables are no part of the client."
    );
    let words = ["async ", ".await", "std::fs", "std::io", "std::net", "std::env", "std::thread"];
    let found = hits(&under("protocol/src", &["rs"]), &words, |_| true);
    assert_none(&found, "protocol does no I/O and has no async (invariant 1); do it in server or app.");
}

#[test]
fn the_domain_knows_no_technology() {
    let banned = ["sqlx", "axum", "leptos", "redis", "tokio", "tower", "hyper", "reqwest", "rand", "time"];
    let found: Vec<_> = dependencies("domain").into_iter().filter(|name| is_one_of(name, &banned)).collect();
    assert_none(
        &found,
        "domain reaches the outside world through its ports (invariant 2); write an adapter in server.",
    );
}

#[test]
fn crates_depend_on_each_other_in_one_direction() {
    let edges = [
        ("protocol", &[][..]),
        ("domain", &["protocol"]),
        ("app", &["domain", "protocol"]),
        ("frontend", &["app"]),
        ("server", &["app", "domain", "protocol"]),
        ("assets", &[]),
        ("bench", &["protocol"]),
    ];
    let ours = crates();
    let drawn: Vec<_> = edges.iter().map(|(name, _)| (*name).to_owned()).collect();
    let undrawn: Vec<_> = ours.iter().filter(|name| !drawn.contains(name)).cloned().collect();
    assert_none(&undrawn, "A new crate: argue it in its commit, draw it in docs/ARCHITECTURE.md and list it here.");
    for (name, known) in edges {
        let of_ours = dependencies(name).into_iter().filter(|other| ours.contains(other));
        let unknown: Vec<_> = of_ours.filter(|other| !known.contains(&other.as_str())).collect();
        assert_none(&unknown, &format!("{name} must not depend on these (docs/ARCHITECTURE.md, the map):"));
    }
    assert!(
        read("app/Cargo.toml").contains("domain = { workspace = true, optional = true }"),
        "app's domain must stay optional, or it is compiled into the browser's client."
    );
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let takes = |name: &String| read(&format!("{name}/Cargo.toml")).contains("[lints]\nworkspace = true\n");
    let without: Vec<_> = crates().into_iter().filter(|name| !takes(name)).collect();
    assert_none(&without, "These crates need `[lints]` with `workspace = true` in their Cargo.toml:");
}

#[test]
fn the_lints_of_the_workspace_are_strict() {
    let manifest = read("Cargo.toml");
    for lint in [
        "unsafe_code = \"forbid\"",
        "unwrap_used = \"warn\"",
        "await_holding_lock = \"deny\"",
        "disallowed_methods = \"deny\"",
        "todo = \"deny\"",
        "dbg_macro = \"deny\"",
    ] {
        assert!(manifest.lines().any(|line| line == lint), "Cargo.toml has lost the lint {lint}");
    }
    assert!(read("scripts/lint").contains("clippy --all-targets -- -D warnings"), "scripts/lint must refuse warnings");
}

#[test]
fn clippy_bans_the_ambient_clock_and_random_numbers() {
    let clippy = read("clippy.toml");
    for path in ["std::time::SystemTime::now", "uuid::Uuid::new_v4", "time::OffsetDateTime::now_utc"] {
        let is_banned = clippy.lines().any(|line| line.contains(&format!("path = \"{path}\"")));
        assert!(is_banned, "clippy.toml must list {path} under disallowed-methods (invariant 10)");
    }
}

/// The names under `[dependencies]`, those of one target only included.
fn dependencies(name: &str) -> Vec<String> {
    let mut is_in = false;
    let mut found = Vec::new();
    for line in read(&format!("{name}/Cargo.toml")).lines() {
        if line.starts_with('[') {
            is_in = line.ends_with("dependencies]") && !line.contains("dev-") && !line.contains("build-");
        } else if is_in && line.starts_with(|first: char| first.is_ascii_alphabetic()) {
            found.push(line.split(['.', ' ', '=']).next().unwrap_or_default().to_owned());
        }
    }
    found
}

fn is_one_of(name: &str, banned: &[&str]) -> bool {
    banned.iter().any(|root| name == *root || name.strip_prefix(root).is_some_and(|rest| rest.starts_with(['-', '_'])))
}
