//! What every database promises to the server that opens it, beside the store.

use crate::support::House;
use domain::messages::Receipt;
use domain::ports::Posted;
use futures::FutureExt;
use futures::future::join_all;
use server::store::Database;
use std::sync::Arc;

pub async fn a_ping_is_answered_until_the_end(database: Arc<dyn Database>) {
    database.ping().await.unwrap();
    database.close().await;
    database.ping().await.unwrap_err();
}

/// On a single thread, so that the writers come in only when all are in the queue.
pub async fn what_waits_for_the_writer_is_told(database: Arc<dyn Database>) {
    let house = House::new(database.clone(), ());
    let alice = house.person("alice").await;
    let room = house.group(alice, "Bakery", &[]).await;
    let seat = house.seat(alice, room).await;
    assert_eq!(database.waiting(), 0);
    let mut posts = join_all(["one", "two", "three"].map(|words| house.posts(&seat, words).boxed()));
    assert!(futures::poll!(&mut posts).is_pending());
    assert_eq!(database.waiting(), 3);
    posts.await;
    assert_eq!(database.waiting(), 0);
}

/// On a single thread, so that all three are in one batch.
pub async fn a_draft_is_stored_also_behind_its_twin_for_a_room_that_was_lost(database: Arc<dyn Database>) {
    let house = House::new(database.clone(), ());
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let lost = house.group(alice, "Bakery", &[bob]).await;
    // PostgreSQL has three writers, and gives every third room to the same.
    for name in ["Attic", "Cellar"] {
        house.group(alice, name, &[]).await;
    }
    let kept = house.group(alice, "Garden", &[bob]).await;
    let [lost, kept] = [house.seat(bob, lost).await, house.seat(bob, kept).await];
    house.store().remove_member(&lost, bob).await.unwrap().unwrap();

    let draft = house.draft("once");
    let mut posts = join_all([&lost, &kept, &kept].map(|seat| house.inserts(seat, &draft).boxed()));
    assert!(futures::poll!(&mut posts).is_pending());
    assert_eq!(database.waiting(), 3);
    let answers = posts.await;

    let [Posted::NotInRoom, Posted::New { message, rev }, again] = &answers[..] else { panic!("{answers:?}") };
    let receipt = Receipt { no: message.no, rev: *rev, at: message.at };
    assert_eq!((message.no.get(), again), (1, &Posted::Again(receipt)));
}
