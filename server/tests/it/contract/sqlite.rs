//! The store contract on SQLite, and what only a file has to promise.

use super::database;
use super::store::{behaviours, store_contract};
use crate::support::House;
use server::metrics::Commits;
use server::store::{self, Database};
use sqlx::{Connection, SqliteConnection};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

store_contract!(crate::contract::sqlite::house);

pub async fn house() -> House {
    let folder = TempDir::new().unwrap();
    House::new(open(folder.path()).await, folder)
}

async fn open(folder: &Path) -> Arc<dyn Database> {
    store::open(&url(folder), &Commits::default()).await.unwrap()
}

fn url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("natter.db").display())
}

async fn refusal(url: &str) -> String {
    match store::open(url, &Commits::default()).await {
        Ok(_) => panic!("{url} was not refused"),
        Err(refused) => refused.to_string(),
    }
}

#[tokio::test]
async fn a_ping_is_answered_until_the_end() {
    let folder = TempDir::new().unwrap();
    database::a_ping_is_answered_until_the_end(open(folder.path()).await).await;
}

#[tokio::test]
async fn what_waits_for_the_writer_is_told() {
    let folder = TempDir::new().unwrap();
    database::what_waits_for_the_writer_is_told(open(folder.path()).await).await;
}

#[tokio::test]
async fn a_draft_is_stored_also_behind_its_twin_for_a_room_that_was_lost() {
    let folder = TempDir::new().unwrap();
    database::a_draft_is_stored_also_behind_its_twin_for_a_room_that_was_lost(open(folder.path()).await).await;
}

/// Changes the file behind the store's back.
async fn tamper(folder: &Path, sql: &'static str) {
    let mut db = SqliteConnection::connect(&url(folder)).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

#[tokio::test]
async fn reopening_keeps_everything() {
    let folder = TempDir::new().unwrap();
    let database = open(folder.path()).await;
    let epoch = database.epoch().await.unwrap();
    let house = House::new(database.clone(), ());
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(alice, "Bakery", &[bob]).await;
    let seat = house.seat(bob, room).await;
    house.posts(&seat, "hello").await;
    let before = house.view(alice, room).await;
    database.close().await;
    assert!(house.store().insert_message(&seat, house.draft("late"), house.env.clock.now()).await.is_err());

    let house = House::new(open(folder.path()).await, ());
    assert_eq!(house.view(alice, room).await, before);
    assert_eq!(house.store().epoch().await.unwrap(), epoch);
}

#[tokio::test]
async fn a_closed_database_has_no_log_left() {
    let folder = TempDir::new().unwrap();
    let database = open(folder.path()).await;
    House::new(database.clone(), ()).person("alice").await;
    let log = folder.path().join("natter.db-wal");
    assert!(log.metadata().unwrap().len() > 0);
    database.close().await;
    assert!(!log.exists());
}

#[tokio::test]
async fn the_file_is_for_its_owners_eyes_only() {
    let folder = TempDir::new().unwrap();
    let inner = folder.path().join("data");
    let database = open(&inner).await;
    House::new(database.clone(), ()).person("alice").await;
    for name in ["natter.db", "natter.db-wal", "natter.db.lock"] {
        let mode = inner.join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_second_process_on_the_same_file_is_refused() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path()).await;
    let sentence = refusal(&url(folder.path())).await;
    assert!(sentence.contains("in use") && sentence.contains("PostgreSQL"), "{sentence}");
    first.close().await;
    open(folder.path()).await;
}

#[tokio::test]
async fn a_database_in_memory_is_refused() {
    for url in ["sqlite::memory:", "sqlite://:memory:", "sqlite:", "sqlite:file:x?mode=memory"] {
        let sentence = refusal(url).await;
        assert!(sentence.contains("in memory"), "{url}: {sentence}");
    }
}

#[tokio::test]
async fn an_unknown_url_is_refused() {
    for url in ["", "natter.db", "mysql://localhost/natter"] {
        assert!(refusal(url).await.contains("sqlite:"), "{url}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("natter.db"), "This is a letter, and quite a long one.".repeat(40)).unwrap();
    assert!(refusal(&url(folder.path())).await.contains("not a database"));
}

#[tokio::test]
async fn a_database_from_a_newer_version_is_refused() {
    let folder = TempDir::new().unwrap();
    open(folder.path()).await.close().await;
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        values (9999, 'later', true, x'00', 0)";
    tamper(folder.path(), newer).await;
    let sentence = refusal(&url(folder.path())).await;
    assert!(sentence.contains("newer Natter") && sentence.contains("9999"), "{sentence}");
}

#[tokio::test]
async fn a_database_with_a_changed_migration_is_refused() {
    let folder = TempDir::new().unwrap();
    open(folder.path()).await.close().await;
    tamper(folder.path(), "update _sqlx_migrations set checksum = x'00'").await;
    let sentence = refusal(&url(folder.path())).await;
    assert!(sentence.contains("migration 1 differs"), "{sentence}");
}

#[tokio::test]
async fn what_was_erased_is_overwritten_in_the_file() {
    const WORDS: &str = "the key is under the stone";
    let folder = TempDir::new().unwrap();
    let holds = || {
        let file = std::fs::read(folder.path().join("natter.db")).unwrap();
        file.windows(WORDS.len()).any(|bytes| bytes == WORDS.as_bytes())
    };
    let database = open(folder.path()).await;
    let house = House::new(database.clone(), ());
    let alice = house.person("alice").await;
    let room = house.group(alice, "Bakery", &[]).await;
    let seat = house.seat(alice, room).await;
    for number in 0..300 {
        house.inserts(&seat, &house.draft(&format!("{number} {WORDS}"))).await;
    }
    database.close().await;
    assert!(holds(), "the test's own premise");
    let database = open(folder.path()).await;
    let house = House::new(database.clone(), ());
    house.store().close_room(&house.seat(alice, room).await).await.unwrap().unwrap();
    while !house.store().erase_empty_rooms(1000).await.unwrap() {}
    database.close().await;
    assert!(!holds());
}
