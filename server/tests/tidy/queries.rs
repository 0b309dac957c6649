//! Every query has a bound: a `limit`, or a reason why its rows are few.

use crate::tree::{File, assert_none, under};

/// Functions that read all rows that there are, and why that is bounded. Both databases have the same.
const BOUNDED: &[(&str, &str, &str)] = &[
    ("accounts.rs", "bots", "a person has 50 bots at most"),
    ("accounts.rs", "rename", "one row for each room of the person, who may rename themselves rarely"),
    ("audit.rs", "acts", "what administrators did since the last look, half a second ago"),
    ("contacts.rs", "contacts", "those whom a person has added, one by one and within a budget"),
    ("contacts.rs", "findable", "of the people asked for"),
    ("folding.rs", "refold", "reads the names of all accounts once, when the folding has changed"),
    ("grants.rs", "all_of", "the sessions of a person; log-ins and tokens have budgets"),
    ("instance.rs", "statistics", "one row a day, of thirty"),
    ("leaving.rs", "leave", "of the people given"),
    ("leaving.rs", "remove_bots", "a row for each room of the bots given"),
    ("leaving.rs", "succeed_where_nobody_owns", "a row for each room of the person"),
    ("leaving.rs", "with_bots", "a person has 50 bots at most"),
    ("members.rs", "add", "of the people given, 500 at most"),
    ("members.rs", "hold", "of the people given, 500 at most"),
    ("members.rs", "join", "of the people given, 500 at most"),
    ("members.rs", "membership", "one room"),
    ("members.rs", "memberships", "a row of five numbers for each room of the person, whom a socket has to hear"),
    ("marks.rs", "advance_together", "of the markers given"),
    ("open.rs", "open_beside", "the migrations"),
    ("people.rs", "disable", "a person and their bots"),
    ("people.rs", "end_access", "a person and their bots"),
    ("posts.rs", "insert_together", "of the drafts given"),
    ("receipts.rs", "own_states", "the rooms of the people asked for, a part of those online at a time"),
    ("room_view.rs", "list", "the rooms of a person, for a page or a client that shows all of them"),
    ("rooms.rs", "heads", "of the rooms asked for"),
    ("sabotaged.rs", "drop_index", "the indices, in tests"),
    ("sessions.rs", "living_sessions", "of the sessions asked for"),
    ("snapshot.rs", "faults", "what a check finds wrong, which is nothing"),
    ("vacancy.rs", "must_be_empty", "the tables"),
    ("vacancy.rs", "prepare", "the triggers"),
    ("batch.rs", "judge", "of the drafts given"),
];

#[test]
fn every_query_has_a_bound() {
    let store = under("server/src/store", &["rs"]);
    let unbounded: Vec<_> = store.iter().filter(|file| !file.is_test()).flat_map(unbounded).collect();
    assert!(unbounded.len() > 20, "this test does not read the store");
    let is_known = |(path, function): &(&str, &str)| {
        BOUNDED.iter().any(|(file, known, _)| path.ends_with(&format!("/{file}")) && function == known)
    };
    let unknown = unbounded.iter().filter(|it| !is_known(it)).map(|(path, name)| format!("{path}: {name}"));
    assert_none(
        &unknown.collect::<Vec<_>>(),
        "A query without a limit reads whatever has grown. Page it by its key, or say in server/tests/tidy/queries.rs why its rows are few:",
    );
    let is_used = |(file, known, _): &&(&str, &str, &str)| {
        unbounded.iter().any(|(path, name)| path.ends_with(&format!("/{file}")) && name == known)
    };
    let unused = BOUNDED.iter().filter(|it| !is_used(it)).map(|(file, name, _)| format!("{file}: {name}"));
    assert_none(&unused.collect::<Vec<_>>(), "These have a limit, or are no more; take them from the list:");
}

/// The functions of a file that fetch all rows of a query without a limit.
fn unbounded(file: &File) -> Vec<(&str, &str)> {
    let text = file.text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut found = Vec::new();
    for (at, _) in text.match_indices("fn ") {
        let (name, rest) = text[at + 3..].split_once(['(', '<']).unwrap_or_default();
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let indent = text[line..].len() - text[line..].trim_start().len();
        let end = format!("\n{}}}", " ".repeat(indent));
        let body = rest.split(&end).next().unwrap_or_default();
        let is_bounded = body.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|it| it == "limit");
        if body.contains(".fetch_all(") && !is_bounded {
            found.push((file.path.as_str(), name));
        }
    }
    found
}
