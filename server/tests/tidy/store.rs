//! The ports of the database and their adapters.

use crate::tree::{File, assert_none, names, read, under};

/// The files of the traits that the store's port is made of.
fn ports() -> Vec<File> {
    let store = read("domain/src/ports/store.rs");
    let parts = store.split_once("pub trait Store:").expect("the store's port").1.split('{').next().expect("its parts");
    let parts: Vec<_> = parts.split('+').map(|name| format!("pub trait {}:", name.trim())).collect();
    let mut found = under("domain/src/ports", &["rs"]);
    found.retain(|file| parts.iter().any(|part| file.text.contains(part)));
    let missing = parts.iter().filter(|part| !found.iter().any(|file| file.text.contains(*part))).collect::<Vec<_>>();
    assert!(missing.is_empty(), "no file has {missing:?}");
    found
}

#[test]
fn every_method_of_the_store_has_a_contract_test() {
    let contract = under("server/tests/it/contract", &["rs"]);
    assert!(!contract.is_empty(), "the contract suite is missing: server/tests/it/contract");
    // Its right to read is made by the domain alone, so the suite goes through the domain.
    let call = |method: &str| if method == "relay" { "events::since(".to_owned() } else { format!(".{method}(") };
    let is_tested = |method: &str| contract.iter().any(|file| file.text.contains(&call(method)));
    let mut untested = Vec::new();
    for File { path: port, text } in ports() {
        let methods = text.lines().filter_map(|line| line.trim().strip_prefix("async fn ")?.split('(').next());
        let methods: Vec<_> = methods.collect();
        assert!(!methods.is_empty(), "{port} has no methods that this test can read");
        untested.extend(methods.into_iter().filter(|method| !is_tested(method)).map(str::to_owned));
    }
    assert_none(
        &untested,
        "No port method without a contract test (invariant 7); these are not called in server/tests/it/contract:",
    );
}

#[test]
fn both_databases_have_the_same_migrations() {
    let (sqlite, postgres) = (names("migrations/sqlite"), names("migrations/postgres"));
    assert!(!sqlite.is_empty(), "migrations/sqlite is empty");
    assert_eq!(sqlite, postgres, "both migration folders hold the same names (invariant 8)");
}
