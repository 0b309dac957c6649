//! A server that goes and comes back.

use super::{cluster, copy, open};
use crate::support::{House, Postgres};
use domain::messages::{Draft, Receipt};
use domain::ports::Posted;
use domain::{Attempt, Error, Seat, accounts};
use futures::future::join_all;
use protocol::Page;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Sends one draft until there is an answer, as clients do, and counts the attempts that had none.
async fn insists(house: &House, seat: &Seat, draft: &Draft) -> (Receipt, usize) {
    for failures in 0.. {
        match house.store().insert_message(seat, draft.clone(), house.env.clock.now()).await {
            Ok(Posted::New { message, rev }) => {
                return (Receipt { no: message.no, rev, at: message.at }, failures);
            }
            Ok(Posted::Again(receipt)) => return (receipt, failures),
            Ok(other) => panic!("{other:?}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    unreachable!()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_cut_at_any_moment_lose_and_double_nothing() {
    let name = copy("migrated").await;
    let house = House::new(open(&cluster().await.url(&name)).await, ());
    let people = house.people(["alice", "bob", "carol", "dave"]).await;
    let room = house.group(people[0], "Bakery", &people[1..]).await;
    let seats = join_all(people.iter().map(|person| house.seat(*person, room))).await;
    let (house, seats) = (&house, &seats);
    let (stored, mut progress) = watch::channel(0);

    let cutting = async {
        let mut beside = cluster().await.connect("postgres").await;
        let mut cuts = 0;
        // Between two cuts something gets through, however slow the machine is.
        while progress.changed().await.is_ok() {
            let end = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1";
            cuts += sqlx::query(end).bind(&name).execute(&mut beside).await.unwrap().rows_affected();
        }
        cuts
    };
    let sending = async move {
        let sends = seats.iter().map(async |seat| {
            let mut receipts = Vec::new();
            for n in 0..60 {
                receipts.push(insists(house, seat, &house.draft(&format!("message {n}"))).await.0);
                stored.send_modify(|stored| *stored += 1);
            }
            receipts
        });
        join_all(sends).await
    };
    let (cuts, receipts) = tokio::join!(cutting, sending);

    assert!(cuts > 10, "only {cuts} connections were cut");
    let mut numbers: Vec<_> = receipts.concat().iter().map(|receipt| receipt.no.get()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=240).collect::<Vec<_>>(), "each is acknowledged with a number of its own");
    let house = House::new(open(&cluster().await.url(&name)).await, ());
    let slice = house.store().messages(&seats[0], Page::Newest, 1_000).await.unwrap().unwrap();
    assert_eq!(slice.messages.len(), 240);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_whose_connection_died_in_its_sleep_is_not_noticed() {
    let name = copy("migrated").await;
    let house = House::new(open(&cluster().await.url(&name)).await, ());
    let alice = house.person("alice").await;
    let room = house.group(alice, "Bakery", &[]).await;
    let seat = house.seat(alice, room).await;
    house.posts(&seat, "before").await;
    let end = format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
    cluster().await.execute("postgres", &end).await;
    house.posts(&seat, "after").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crashed_server_is_missed_clearly_and_found_again() {
    let postgres = Postgres::start(&[]);
    let house = House::new(open(&postgres.url("postgres")).await, ());
    let alice = house.person("alice").await;
    let room = house.group(alice, "Bakery", &[]).await;
    let seat = house.seat(alice, room).await;
    house.posts(&seat, "before").await;

    tokio::task::block_in_place(|| postgres.crash());
    let begun = Instant::now();
    let draft = house.draft("meanwhile");
    house.store().insert_message(&seat, draft.clone(), house.env.clock.now()).await.unwrap_err();
    house.store().room_list(alice).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(8), "refused after {:?}", begun.elapsed());

    tokio::task::block_in_place(|| postgres.run());
    let back = Instant::now();
    let (receipt, _) = insists(&house, &seat, &draft).await;
    while house.store().room_list(alice).await.is_err() {}
    assert!(back.elapsed() < Duration::from_secs(5), "back after {:?}", back.elapsed());
    assert_eq!(receipt.no.get(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_stopped_in_the_middle_holds_the_others_up_for_seconds_only() {
    let name = copy("migrated").await;
    let house = House::new(open(&cluster().await.url(&name)).await, ());
    let alice = house.person("alice").await;
    let room = house.group(alice, "Bakery", &[]).await;
    let seat = house.seat(alice, room).await;
    let mut stuck = cluster().await.connect(&name).await;
    let sql = "set idle_in_transaction_session_timeout = '3s'; begin; select id from rooms for no key update";
    sqlx::raw_sql(sql).execute(&mut stuck).await.unwrap();
    house.posts(&seat, "through").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_the_database_refuses_fails_alone() {
    let name = copy("migrated").await;
    cluster().await.execute(&name, "alter table messages add check (text <> 'poison')").await;
    let house = House::new(open(&cluster().await.url(&name)).await, ());
    let alice = house.person("alice").await;
    let room = house.group(alice, "Bakery", &[]).await;
    let seat = house.seat(alice, room).await;
    let sends = (0..40).map(async |n| {
        let words = if n == 23 { "poison".to_owned() } else { format!("message {n}") };
        house.store().insert_message(&seat, house.draft(&words), house.env.clock.now()).await
    });
    let answers = join_all(sends).await;
    let refused: Vec<_> = answers.iter().enumerate().filter(|(_, answer)| answer.is_err()).map(|(n, _)| n).collect();
    assert_eq!(refused, [23]);
    let slice = house.store().messages(&seat, Page::Newest, 100).await.unwrap().unwrap();
    let stored: Vec<_> = slice.messages.iter().map(|message| message.no.get()).collect();
    assert_eq!(stored, (1..=39).collect::<Vec<_>>());
}

/// Promise S7: what is asked before the password, for a name without an account too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_in_asks_for_sessions_also_without_an_account() {
    let name = copy("migrated").await;
    let house = House::new(open(&cluster().await.url(&name)).await, ());
    house.person("alice").await;
    cluster().await.execute(&name, "alter table sessions rename to elsewhere").await;
    let attempt = Attempt { from: IpAddr::from(Ipv4Addr::LOCALHOST).into(), route: "/form/login", devices: Vec::new() };
    for login in ["alice", "nobody"] {
        let refused = accounts::log_in(&house.env, &attempt, login, "correct horse").await.unwrap_err();
        assert!(matches!(refused, Error::Unavailable(_)), "{login}: {refused:?}");
    }
}

#[tokio::test]
async fn a_database_that_is_slow_is_told_from_one_that_is_away() {
    let name = copy("migrated").await;
    let house = House::new(open(&cluster().await.url(&name)).await, ());
    let alice = house.person("alice").await;
    let mut beside = cluster().await.connect(&name).await;
    sqlx::raw_sql("begin; lock table users in access exclusive mode").execute(&mut beside).await.unwrap();
    let error = accounts::account(&house.env, alice).await.unwrap_err();
    assert!(error.to_string().contains("answers too slowly"), "{error}");
}
