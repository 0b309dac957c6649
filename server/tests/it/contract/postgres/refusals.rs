use super::{cluster, copy, open, refusal};
use crate::support::{House, Postgres};

#[tokio::test]
async fn a_server_that_can_lose_what_it_acknowledged_is_refused() {
    for setting in ["fsync=off", "full_page_writes=off", "synchronous_commit=off"] {
        let postgres = Postgres::start(&[setting]);
        let sentence = refusal(&postgres.url("postgres")).await;
        assert!(sentence.contains(setting) && !sentence.contains('\n'), "{sentence}");
    }
}

#[tokio::test]
async fn a_database_that_commits_carelessly_is_refused() {
    let name = copy("migrated").await;
    let cluster = cluster().await;
    cluster.execute("postgres", &format!("alter database {name} set synchronous_commit = off")).await;
    assert!(refusal(&cluster.url(&name)).await.contains("synchronous_commit=off"));
    cluster.execute("postgres", &format!("alter database {name} set synchronous_commit = local")).await;
    open(&cluster.url(&name)).await.close().await;
}

#[tokio::test]
async fn a_careless_default_does_not_reach_a_node_that_runs() {
    let name = copy("migrated").await;
    let cluster = cluster().await;
    let house = House::new(open(&cluster.url(&name)).await, ());
    let alice = house.person("alice").await;
    cluster.execute("postgres", &format!("alter database {name} set synchronous_commit = off")).await;
    let ended = format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
    cluster.execute("postgres", &ended).await;
    // Connections made from now on ask for the level that was found at the start, and are checked for it.
    let room = loop {
        let name = protocol::RoomName::parse("Bakery").unwrap();
        match house.store().create_group(alice, &name, &[], house.env.clock.now()).await {
            Ok(room) => break room.unwrap(),
            Err(_) => tokio::task::yield_now().await,
        }
    };
    house.posts(&house.seat(alice, room).await, "kept").await;
}

#[tokio::test]
async fn a_database_without_utf8_is_refused() {
    let cluster = cluster().await;
    let make = "create database ascii encoding 'SQL_ASCII' locale_provider libc locale 'C' template template0";
    cluster.execute("postgres", make).await;
    let sentence = refusal(&cluster.url("ascii")).await;
    assert!(sentence.contains("SQL_ASCII") && sentence.contains("UTF8"), "{sentence}");
}

#[tokio::test]
async fn a_database_from_a_newer_version_is_refused() {
    let name = copy("migrated").await;
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        values (9999, 'later', true, '\\x00', 0)";
    cluster().await.execute(&name, newer).await;
    let sentence = refusal(&cluster().await.url(&name)).await;
    assert!(sentence.contains("newer Natter") && sentence.contains("9999"), "{sentence}");
}

#[tokio::test]
async fn a_database_with_a_changed_migration_is_refused() {
    let name = copy("migrated").await;
    cluster().await.execute(&name, "update _sqlx_migrations set checksum = '\\x00'").await;
    let sentence = refusal(&cluster().await.url(&name)).await;
    assert!(sentence.contains("migration 1 differs"), "{sentence}");
}

#[tokio::test]
async fn a_refusal_names_the_place_and_never_the_password() {
    let url = cluster().await.url("nowhere");
    let sentence = refusal(&url).await;
    assert!(sentence.contains("nowhere at 127.0.0.1"), "{sentence}");
    let password = url.split([':', '@']).nth(2).unwrap();
    assert!(password.len() > 9 && !sentence.contains(password), "{sentence}");
    assert!(refusal("postgres://x@127.0.0.1:1/natter").await.contains("127.0.0.1:1"));
    assert!(refusal("postgres://x@127.0.0.1:none/natter").await.contains("not understood"));
}

#[tokio::test]
async fn a_refusal_names_the_cause_and_what_to_do() {
    let (name, cluster) = (copy("template0").await, cluster().await);
    let guest = format!("guest_{name}");
    cluster.execute("postgres", &format!("create role {guest} login password 'between-these-tests'")).await;
    let url = cluster.url(&name).replace("natter:", &format!("{guest}:"));
    let sentence = refusal(&url).await;
    assert!(sentence.contains("permission denied for schema public") && sentence.contains("owner to"), "{sentence}");
    assert!(!sentence.to_lowercase().contains("create table"), "{sentence}");
    let sentence = refusal(&url.replace("between-these-tests", "other-words")).await;
    assert!(sentence.contains("password authentication failed") && !sentence.contains("other-words"), "{sentence}");
    cluster.execute("postgres", &format!("alter role {guest} connection limit 5")).await;
    let sentence = refusal(&url).await;
    assert!(sentence.contains("allows Natter 5 connections") && sentence.contains("needs 15"), "{sentence}");
    let sentence = refusal(&cluster.url(&name).replace("between-these", "12/between-these")).await;
    assert!(sentence.contains("percent form") && !sentence.contains("tests"), "{sentence}");
}

#[tokio::test]
async fn reopening_keeps_everything() {
    let name = copy("migrated").await;
    let url = cluster().await.url(&name);
    let database = open(&url).await;
    let epoch = database.epoch().await.unwrap();
    let house = House::new(database.clone(), ());
    let alice = house.person("alice").await;
    let room = house.group(alice, "Bakery", &[]).await;
    let seat = house.seat(alice, room).await;
    house.posts(&seat, "hello").await;
    let before = house.view(alice, room).await;
    database.close().await;
    assert!(house.store().insert_message(&seat, house.draft("late"), house.env.clock.now()).await.is_err());
    assert!(house.store().room_list(alice).await.is_err());

    let house = House::new(open(&url).await, ());
    assert_eq!(house.view(alice, room).await, before);
    assert_eq!(house.store().epoch().await.unwrap(), epoch);
}
