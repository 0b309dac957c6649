//! The store contract on PostgreSQL, and what only a server shared by several nodes has to promise.

use super::store::{behaviours, store_contract};
use crate::support::{House, Postgres};
use server::metrics::Commits;
use server::store::{self, Database};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;

mod faults;
mod nodes;
mod refusals;
mod tls;

store_contract!(crate::contract::postgres::house);

pub async fn house() -> House {
    House::new(open(&database().await).await, ())
}

/// The one server of all these tests. It is never dropped: its watchman sees the tests end.
async fn cluster() -> &'static Postgres {
    static CLUSTER: OnceCell<Postgres> = OnceCell::const_new();
    CLUSTER
        .get_or_init(async || {
            let cluster = Postgres::start(&[]);
            cluster.execute("postgres", "create database migrated").await;
            open(&cluster.url("migrated")).await.close().await;
            cluster
        })
        .await
}

/// The URL of an empty database with the schema in it.
pub async fn database() -> String {
    cluster().await.url(&copy("migrated").await)
}

/// The URL of a database in which Natter has made nothing yet.
pub async fn empty() -> String {
    cluster().await.url(&copy("template0").await)
}

/// Does something to such a database that Natter itself does not do.
pub async fn alter(url: &str, sql: &str) {
    let name = url.rsplit('/').next().unwrap();
    cluster().await.execute(name, sql).await;
}

/// A new database, as `template` is; its name.
async fn copy(template: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let name = format!("test{}", NEXT.fetch_add(1, Ordering::Relaxed));
    cluster().await.execute("postgres", &format!("create database {name} template {template}")).await;
    name
}

async fn open(url: &str) -> Arc<dyn Database> {
    store::open(url, &Commits::default()).await.unwrap()
}

#[tokio::test]
async fn a_ping_is_answered_until_the_end() {
    super::database::a_ping_is_answered_until_the_end(open(&database().await).await).await;
}

#[tokio::test]
async fn what_waits_for_the_writer_is_told() {
    super::database::what_waits_for_the_writer_is_told(open(&database().await).await).await;
}

#[tokio::test]
async fn a_draft_is_stored_also_behind_its_twin_for_a_room_that_was_lost() {
    let database = open(&database().await).await;
    super::database::a_draft_is_stored_also_behind_its_twin_for_a_room_that_was_lost(database).await;
}

async fn refusal(url: &str) -> String {
    match store::open(url, &Commits::default()).await {
        Ok(_) => panic!("it was not refused"),
        Err(refused) => refused.to_string(),
    }
}

#[tokio::test]
async fn no_room_with_members_is_looked_at_for_what_is_left_of_others() {
    let url = database().await;
    let mut db = cluster().await.connect(url.rsplit('/').next().unwrap()).await;
    // A table of a few rows is read whole otherwise.
    sqlx::query("set enable_seqscan = off").execute(&mut db).await.unwrap();
    let sql = "explain select id from rooms where members = 0 order by id limit 1 for update skip locked";
    let plan: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut db).await.unwrap();
    assert!(plan.iter().any(|step| step.contains("using rooms_empty")), "{plan:#?}");
    assert!(!plan.iter().any(|step| step.contains("Sort")), "{plan:#?}");
}
