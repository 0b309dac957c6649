//! The ports of the database and their adapters.

use crate::tree::{assert_none, names, read, under};

/// Where the parts of the store's port stand.
const PORTS: [&str; 5] = [
    "domain/src/ports/administration.rs",
    "domain/src/ports/audit.rs",
    "domain/src/ports/invitations.rs",
    "domain/src/ports/sessions.rs",
    "domain/src/ports/store.rs",
];

#[test]
fn every_method_of_the_store_has_a_contract_test() {
    let contract = under("server/tests/it/contract", &["rs"]);
    assert!(!contract.is_empty(), "the contract suite is missing: server/tests/it/contract");
    // Its right to read is made by the domain alone, so the suite goes through the domain.
    let call = |method: &str| if method == "relay" { "events::since(".to_owned() } else { format!(".{method}(") };
    let is_tested = |method: &str| contract.iter().any(|file| file.text.contains(&call(method)));
    let mut untested = Vec::new();
    for port in PORTS {
        let text = read(port);
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
