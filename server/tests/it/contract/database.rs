//! What every database promises to the server that opens it, beside the store.

use crate::support::House;
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
