//! Statements over whatever tables an archive has. Their names have been looked at: `Table::is_sound`.

use super::{Refused, newest_schema};
use crate::archive::{Column, Kind, Table};
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

/// Tells a table's rows in the order of its key, each column by `cell`.
pub fn select(table: &Table, cell: fn(&str, Kind) -> String, key: fn(&str, Kind) -> String) -> SqlStr {
    let cells: Vec<_> = table.columns.iter().map(|Column(name, kind)| cell(name, *kind)).collect();
    let order: Vec<_> = table.columns[..table.key].iter().map(|Column(name, kind)| key(name, *kind)).collect();
    let order = if order.is_empty() { String::new() } else { format!("order by {}", order.join(", ")) };
    AssertSqlSafe(format!("select {} from {:?} {} {order}", cells.join(", "), table.name, filter(table))).into_sql_str()
}

/// Counts the rows that are carried.
pub fn count(table: &Table) -> SqlStr {
    AssertSqlSafe(format!("select count(*) from {:?} {}", table.name, filter(table))).into_sql_str()
}

/// Whether there is a row.
pub fn exists(table: &str) -> SqlStr {
    AssertSqlSafe(format!("select exists(select 1 from {table:?})")).into_sql_str()
}

/// Fills a table from `list`, a source of JSON lists that `cell` takes apart; the one row of a table without a key is
/// there already.
pub fn fill(table: &Table, cell: fn(usize, Kind) -> String, overriding: &str, list: &str) -> SqlStr {
    let names: Vec<_> = table.columns.iter().map(|Column(name, _)| format!("{name:?}")).collect();
    let cells: Vec<_> = table.columns.iter().enumerate().map(|(at, Column(_, kind))| cell(at, *kind)).collect();
    let name = &table.name;
    let sql = if table.key == 0 {
        let sets: Vec<_> = names.iter().zip(&cells).map(|(name, cell)| format!("{name} = {cell}")).collect();
        format!("update {name:?} set {} from {list}", sets.join(", "))
    } else {
        format!("insert into {name:?} ({}) {overriding} select {} from {list}", names.join(", "), cells.join(", "))
    };
    AssertSqlSafe(sql).into_sql_str()
}

/// The schema that was found at a place, when it is the one of this version.
pub fn current(found: Option<i64>, place: &str) -> Result<i64, Refused> {
    let newest = newest_schema();
    match found {
        Some(schema) if schema == newest => Ok(schema),
        None => Err(Refused::new(format!("There is no database of Natter at {place}."))),
        Some(schema) if schema > newest => Err(newer(place, schema)),
        Some(schema) => Err(Refused::new(format!(
            "The database {place} is still as an older Natter has left it (migration {schema}, and this one has {newest}); \
             use that version, or start this one once to bring it up to date."
        ))),
    }
}

pub fn newer(place: &str, schema: i64) -> Refused {
    Refused::new(format!(
        "The database {place} was made by a newer Natter (migration {schema} is unknown to this one); use that version."
    ))
}

pub fn occupied(place: &str, table: &str) -> Refused {
    Refused::new(format!(
        "The database {place} is not empty ({table}): a restore fills an empty one only, and changes nothing in this one."
    ))
}

fn filter(table: &Table) -> String {
    table.only.map_or_else(String::new, |only| format!("where {only}"))
}
