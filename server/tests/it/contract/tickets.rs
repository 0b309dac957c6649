//! Tickets: each stands for a session, once and for a moment.

use super::grant::{at, digest, id, log_in};
use crate::support::House;
use domain::ports::Living;

pub async fn a_ticket_serves_once(house: House) {
    let alice = house.person("alice").await;
    house.store().open_session(&log_in("phone", alice)).await.unwrap();
    house.store().insert_ticket(digest(1), &id("phone"), at(2_000)).await.unwrap();
    let living = house.store().living(&id("phone"), at(2_000)).await.unwrap();
    assert!(living.is_some());
    assert_eq!(take(&house, 2, 2_000).await, None);
    assert_eq!(take(&house, 1, 2_000).await, living);
    assert_eq!(take(&house, 1, 2_000).await, None);
}

pub async fn a_ticket_that_comes_twice_at_once_serves_once(house: House) {
    let alice = house.person("alice").await;
    house.store().open_session(&log_in("phone", alice)).await.unwrap();
    for ticket in 0..10 {
        house.store().insert_ticket(digest(ticket), &id("phone"), at(2_000)).await.unwrap();
        let (one, two) = tokio::join!(take(&house, ticket, 2_000), take(&house, ticket, 2_000));
        assert!(one.is_some() != two.is_some(), "{one:?} {two:?}");
    }
}

pub async fn a_ticket_waits_for_its_moment_only(house: House) {
    let alice = house.person("alice").await;
    house.store().open_session(&log_in("phone", alice)).await.unwrap();
    for ticket in [1, 2, 3] {
        house.store().insert_ticket(digest(ticket), &id("phone"), at(2_000)).await.unwrap();
    }
    assert_eq!(take(&house, 1, 2_001).await, None);
    assert!(house.store().delete_expired_sessions(at(2_000), 500).await.unwrap());
    assert!(take(&house, 2, 2_000).await.is_some());
    assert!(house.store().delete_expired_sessions(at(2_001), 500).await.unwrap());
    assert_eq!(take(&house, 3, 2_000).await, None);
    assert!(house.store().living(&id("phone"), at(2_001)).await.unwrap().is_some());
}

pub async fn a_ticket_is_worth_nothing_without_its_session(house: House) {
    let alice = house.person("alice").await;
    house.store().open_session(&log_in("phone", alice)).await.unwrap();
    house.store().insert_ticket(digest(1), &id("phone"), at(9_000)).await.unwrap();
    assert_eq!(take(&house, 1, 5_001).await, None, "the session has expired");
    house.store().insert_ticket(digest(2), &id("phone"), at(9_000)).await.unwrap();
    assert!(house.store().end_session(alice, &id("phone")).await.unwrap());
    assert_eq!(take(&house, 2, 2_000).await, None);
    house.store().insert_ticket(digest(3), &id("phone"), at(9_000)).await.unwrap();
    assert_eq!(take(&house, 3, 2_000).await, None);
}

pub async fn a_ticket_while_its_session_ends_hinders_neither(house: House) {
    let alice = house.person("alice").await;
    for ticket in 0..20 {
        house.store().open_session(&log_in("phone", alice)).await.unwrap();
        let phone = id("phone");
        let insert = house.store().insert_ticket(digest(ticket), &phone, at(9_000));
        let (kept, ended) = tokio::join!(insert, house.store().end_session(alice, &phone));
        kept.unwrap();
        assert!(ended.unwrap());
        assert_eq!(take(&house, ticket, 2_000).await, None);
    }
}

async fn take(house: &House, ticket: u8, now: i64) -> Option<Living> {
    house.store().take_ticket(digest(ticket), at(now)).await.unwrap()
}
