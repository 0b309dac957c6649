//! Who may do what (promise S5; other chat servers left doors open: CVE-2026-48929, CVE-2026-28514).
//!
//! `matrix.md` is the table that people read and change: a row for every page, form, file and socket, and for every
//! command of a socket; a column for everybody who may come to it. The test tries each cell against a real server.
//! A new door or command without a row fails it, and so does a row that is no door.
//!
//! A new person is a column in `matrix.md` and a line in [`cast`]; a new kind of door is a case in [`knock`].

mod cast;
mod commands;
mod knock;
mod table;

use crate::live::support::Server;
use cast::Cast;
use knock::{Row, knock};
use std::collections::BTreeSet;
use table::Table;

const MATRIX: &str = include_str!("matrix.md");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_finds_the_doors_that_the_matrix_says() {
    let expected = Table::read(MATRIX);
    let cast = Cast::gather().await;
    assert_eq!(expected.people, Cast::COLUMNS, "a column of matrix.md for everybody in the cast");
    let rows: Vec<_> = expected.rows.iter().map(|(name, _)| Row::named(name, &cast.server)).collect();
    is_complete(&expected, &cast.server);
    let mut found = Table { people: expected.people.clone(), rows: Vec::new() };
    for row in &rows {
        let mut cells = Vec::new();
        for visitor in &cast.visitors {
            cells.push(knock(&cast, visitor, row).await);
        }
        found.rows.push((row.to_string(), cells));
    }
    println!("{found}");
    let wrong = expected.differences(&found);
    assert!(wrong.is_empty(), "the matrix and the server disagree:\n  {}\n", wrong.join("\n  "));
    assert!(MATRIX.ends_with(&found.to_string()), "lay out the table in matrix.md as it is printed above");
}

/// Every door of the server and every command has a row, and every row is one of them.
fn is_complete(table: &Table, server: &Server) {
    let doors = server.doors().iter().map(ToString::to_string);
    let real: BTreeSet<_> = doors.chain(commands::rows()).collect();
    let rows: BTreeSet<_> = table.rows.iter().map(|(name, _)| name.clone()).collect();
    let open: Vec<_> = real.difference(&rows).collect();
    assert!(open.is_empty(), "server/tests/it/matrix/matrix.md has no row for {open:?}: say who may enter");
    let gone: Vec<_> = rows.difference(&real).collect();
    assert!(gone.is_empty(), "server/tests/it/matrix/matrix.md has rows that lead nowhere: {gone:?}");
    assert_eq!(table.rows.len(), rows.len(), "each row stands there once");
}
