//! Every table and column is carried by archives, or left out on purpose.

use super::support::{cluster, empty, nowhere};
use server::archive::{Column, Kind};
use server::metrics::Commits;
use server::store;
use server::store::carried::{LEFT_OUT, tables};
use sqlx::{Connection, SqliteConnection};
use std::collections::BTreeSet;

const ADVICE: &str = "server/src/store/carried.rs says what archives carry: add what is new there, or to LEFT_OUT";

/// What an archive has, or has not, of a schema: table and column.
fn known() -> BTreeSet<(String, String)> {
    let carried = tables().into_iter().flat_map(|table| {
        let name = table.name;
        table.columns.into_iter().map(move |Column(column, _)| (name.clone(), column))
    });
    let left_out = LEFT_OUT
        .iter()
        .flat_map(|(table, columns)| columns.split(' ').map(|column| ((*table).to_owned(), column.to_owned())));
    carried.chain(left_out).collect()
}

fn compare(made: BTreeSet<(String, String)>) {
    let known = known();
    let is_left_out = |table: &str| known.contains(&(table.to_owned(), "*".to_owned()));
    let forgotten: Vec<_> = made.iter().filter(|column| !known.contains(column) && !is_left_out(&column.0)).collect();
    assert!(forgotten.is_empty(), "{forgotten:?}: {ADVICE}");
    let gone: Vec<_> = known.iter().filter(|column| column.1 != "*" && !made.contains(column)).collect();
    assert!(
        gone.iter().all(|column| column == &&("instance".to_owned(), "cookie_key".to_owned())),
        "{gone:?}: {ADVICE}"
    );
}

#[tokio::test]
async fn every_column_of_sqlite_is_carried_or_left_out_on_purpose() {
    let folder = tempfile::tempdir().unwrap();
    let url = nowhere(&folder, "natter");
    store::open(&url, &Commits::default()).await.unwrap().close().await;
    let mut db = SqliteConnection::connect(&url).await.unwrap();
    let sql = "select t.name, c.name from pragma_table_list t join pragma_table_info(t.name) c
        where t.schema = 'main' and t.name not like 'sqlite\\_%' escape '\\'";
    let made: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&mut db).await.unwrap();
    compare(made.into_iter().collect());
    let counted: Vec<String> = sqlx::query_scalar(
        "select name from sqlite_schema where sql like '%autoincrement%' and type = 'table' order by name",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    let mut counters: Vec<_> = tables().into_iter().filter(|table| table.counter().is_some()).collect();
    counters.sort_by(|one, other| one.name.cmp(&other.name));
    assert_eq!(counters.into_iter().map(|table| table.name).collect::<Vec<_>>(), counted, "{ADVICE}");
}

#[tokio::test]
async fn every_column_of_postgres_is_carried_as_its_kind() {
    let name = empty().await;
    store::open(&cluster().await.url(&name), &Commits::default()).await.unwrap().close().await;
    let mut db = cluster().await.connect(&name).await;
    let sql = "select table_name::text, column_name::text, data_type::text, is_identity::text
        from information_schema.columns where table_schema = 'public'";
    let made: Vec<(String, String, String, String)> = sqlx::query_as(sql).fetch_all(&mut db).await.unwrap();
    compare(made.iter().map(|(table, column, _, _)| (table.clone(), column.clone())).collect());
    for table in tables() {
        for Column(name, kind) in &table.columns {
            let found = made.iter().find(|(of, column, _, _)| (of, column) == (&table.name, name)).unwrap();
            let fits = match (found.2.as_str(), found.3.as_str()) {
                ("bigint", "YES") => Kind::Counter,
                ("bigint" | "integer", _) => Kind::Int,
                ("boolean", _) => Kind::Bool,
                ("text", _) => Kind::Text,
                ("bytea", _) => Kind::Bytes,
                ("uuid", _) => Kind::Uuid,
                other => panic!("{other:?} has no kind in archives"),
            };
            assert_eq!(*kind, fits, "{}.{name}: {ADVICE}", table.name);
        }
    }
}

#[tokio::test]
async fn the_key_of_every_table_tells_its_rows_apart() {
    let name = empty().await;
    store::open(&cluster().await.url(&name), &Commits::default()).await.unwrap().close().await;
    let mut db = cluster().await.connect(&name).await;
    for table in tables().into_iter().filter(|table| table.key > 0) {
        let sql = "select a.attname::text from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
            where i.indrelid = $1::regclass and i.indisprimary";
        let key: Vec<String> = sqlx::query_scalar(sql).bind(&table.name).fetch_all(&mut db).await.unwrap();
        let ours = table.columns[..table.key].iter().map(|Column(name, _)| name.clone());
        assert_eq!(ours.collect::<BTreeSet<_>>(), key.into_iter().collect(), "{}", table.name);
    }
}
