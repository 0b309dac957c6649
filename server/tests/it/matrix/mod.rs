//! Who may do what (promise S5; other chat servers left doors open: CVE-2026-48929, CVE-2026-28514).
//!
//! `matrix.md` has the tables that people read and change: a row for every page, form, file, socket and request to the
//! API, and for every command of a socket; a column for everybody who may come to it, by cookie in the first table, by
//! token in the second and, to sockets, by ticket in the third. The test tries each cell against a real server.
//! A new door or command without a row fails it, and so does a row that is no door.
//!
//! A new person or token is a column in `matrix.md` and a line in [`cast`]; a new kind of door is a case in [`knock`]; a
//! new request to the API says in [`calls`] with which body it succeeds.

mod calls;
mod cast;
mod commands;
mod drawn;
mod ground;
mod knock;
mod table;
mod visitor;

use cast::{Cast, Group};
use ground::Ground;
use knock::{Row, knock};
use std::collections::BTreeSet;
use table::Table;

const MATRIX: &str = include_str!("matrix.md");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_finds_the_doors_that_the_matrix_says() {
    let cast = Cast::gather(Ground::of_one_server().await).await;
    let doors = cast.ground.server.doors().iter().map(ToString::to_string);
    let all: BTreeSet<_> = doors.chain(commands::rows()).collect();
    let those = |are: fn(&str) -> bool| all.iter().filter(|name| are(name)).cloned().collect();
    let [people, programs, tickets] = tables();
    is_complete(&people, &all);
    is_complete(&programs, &those(Row::is_for_programs));
    is_complete(&tickets, &those(Row::is_for_tickets));
    cast.drawn.begin().await;
    let mut tables = are_kept(&cast, [people]).await;
    cast.drawn.end().await.are_kept();
    tables.extend(are_kept(&cast, [programs, tickets]).await);
    for found in tables {
        println!("{found}");
        assert!(MATRIX.contains(&found.to_string()), "lay out the table in matrix.md as it is printed above");
    }
}

/// What one node has been told holds at once at the doors of the other, wherever it is about a room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_finds_the_same_doors_at_another_node() {
    let cast = Cast::gather(Ground::of_two_nodes().await).await;
    let rooms = tables().map(|mut table| {
        table.rows.retain(|(name, _)| name.contains("{room}") || name.contains("/ws"));
        assert!(table.rows.len() > 10, "the test's own premise: {table}");
        table
    });
    are_kept(&cast, rooms).await;
}

/// For those who come by cookie, by token, by ticket.
fn tables() -> [Table; 3] {
    Table::all(MATRIX).try_into().ok().expect("matrix.md has three tables")
}

/// Tries each cell, and tells what was found.
async fn are_kept<const N: usize>(cast: &Cast, tables: [Table; N]) -> Vec<Table> {
    let (mut told, mut wrong) = (Vec::new(), Vec::new());
    for expected in &tables {
        let groups = [&cast.people, &cast.programs, &cast.tickets];
        let group = groups.into_iter().find(|group| expected.people == group.columns).expect("a table of the cast");
        let found = walk(cast, group, expected).await;
        wrong.extend(expected.differences(&found));
        told.push(found);
    }
    assert!(wrong.is_empty(), "the matrix and the server disagree:\n  {}\n", wrong.join("\n  "));
    told
}

/// Knocks at every door of a table as each of its visitors.
async fn walk(cast: &Cast, group: &Group, table: &Table) -> Table {
    assert_eq!(table.people, group.columns, "a column of matrix.md for everybody in the cast");
    let rows: Vec<_> = table.rows.iter().map(|(name, _)| Row::named(name, &cast.ground.server)).collect();
    let mut found = Table { people: table.people.clone(), rows: Vec::new() };
    for row in &rows {
        let mut cells = Vec::new();
        for visitor in &group.visitors {
            cells.push(knock(cast, group, visitor, row).await);
        }
        found.rows.push((row.to_string(), cells));
    }
    found
}

/// Every one of the doors has a row, and every row is one of them.
fn is_complete(table: &Table, real: &BTreeSet<String>) {
    let rows: BTreeSet<_> = table.rows.iter().map(|(name, _)| name.clone()).collect();
    let open: Vec<_> = real.difference(&rows).collect();
    assert!(open.is_empty(), "server/tests/it/matrix/matrix.md has no row for {open:?}: say who may enter");
    let gone: Vec<_> = rows.difference(real).collect();
    assert!(gone.is_empty(), "server/tests/it/matrix/matrix.md has rows that lead nowhere: {gone:?}");
    assert_eq!(table.rows.len(), rows.len(), "each row stands there once");
}
