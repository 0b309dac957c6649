//! Links for a new password: one a person, one use.

use super::grant::{at, digest, id, log_in, token};
use super::orders::{bot, nobody, operator, order, told};
use crate::support::House;
use domain::ports::{Act, Acted, NewReset, Refusal};
use futures::future::join_all;
use protocol::UserId;

pub async fn a_link_sets_a_new_password_once(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    house.store().open_session(&log_in("phone", bob)).await.unwrap();
    house.store().open_session(&token("token", bob, None)).await.unwrap();
    let new = NewReset { user: bob, digest: digest(7), expires: at(9_000) };
    house.store().insert_reset(order(&house, alice).await, new).await.unwrap().unwrap();
    let person = house.store().person_of_reset(digest(7), at(2_000)).await.unwrap().unwrap();
    assert_eq!((person.id, person.username.as_str()), (bob, "bob"));

    assert_eq!(house.store().take_reset(digest(7), "another hash", at(2_000)).await.unwrap(), Some(bob));

    assert_eq!(house.store().credentials("bob").await.unwrap().unwrap().password_hash, "another hash");
    assert_eq!(house.store().credentials("alice").await.unwrap().unwrap().password_hash, "hash of alice");
    assert_eq!(house.store().living_sessions(&["phone", "token"].map(id), at(2_000)).await.unwrap(), [id("token")]);
    assert_eq!(house.store().take_reset(digest(7), "a third hash", at(2_000)).await.unwrap(), None);
    assert_eq!(house.store().person_of_reset(digest(7), at(2_000)).await.unwrap(), None);
    let line = |actor: &str, act| (Some(actor.to_owned()), act, Some("bob".to_owned()));
    assert_eq!(told(&house).await, [line("alice", Act::MakeReset), line("bob", Act::UseReset)]);
}

pub async fn a_link_that_comes_many_times_at_once_serves_once(house: House) {
    let [_, bob] = house.people(["alice", "bob"]).await;
    make(&house, bob, 7).await.unwrap();
    let hashes: Vec<_> = (0..6).map(|n| format!("hash {n}")).collect();
    let taken = join_all(hashes.iter().map(|hash| house.store().take_reset(digest(7), hash, at(2_000)))).await;
    let served: Vec<_> = taken.into_iter().enumerate().filter(|(_, taken)| taken.as_ref().unwrap().is_some()).collect();
    assert_eq!(served.len(), 1);
    let hash = house.store().credentials("bob").await.unwrap().unwrap().password_hash;
    assert_eq!(hash, hashes[served[0].0]);
    assert_eq!(told(&house).await.len(), 2);
}

pub async fn a_new_link_takes_the_place_of_the_former(house: House) {
    let [_, bob] = house.people(["alice", "bob"]).await;
    make(&house, bob, 7).await.unwrap();
    make(&house, bob, 8).await.unwrap();
    assert_eq!(house.store().take_reset(digest(7), "x", at(2_000)).await.unwrap(), None);
    assert_eq!(house.store().take_reset(digest(8), "x", at(2_000)).await.unwrap(), Some(bob));
}

pub async fn a_new_password_ends_the_link(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    make(&house, alice, 7).await.unwrap();
    make(&house, bob, 8).await.unwrap();
    assert!(house.store().set_password(bob, "hash of bob", "another hash", &id("here")).await.unwrap());
    assert_eq!(house.store().take_reset(digest(8), "x", at(2_000)).await.unwrap(), None);
    assert_eq!(house.store().credentials("bob").await.unwrap().unwrap().password_hash, "another hash");
    assert_eq!(house.store().take_reset(digest(7), "x", at(2_000)).await.unwrap(), Some(alice));
}

pub async fn a_password_by_link_is_not_replaced_by_who_knew_the_former(house: House) {
    let [_, bob] = house.people(["alice", "bob"]).await;
    house.store().open_session(&log_in("phone", bob)).await.unwrap();
    assert!(!house.store().set_password(bob, "guessed", "a third hash", &id("here")).await.unwrap());
    assert_eq!(house.store().living_sessions(&[id("phone")], at(2_000)).await.unwrap(), [id("phone")]);
    make(&house, bob, 7).await.unwrap();
    house.store().take_reset(digest(7), "another hash", at(2_000)).await.unwrap().unwrap();
    assert!(!house.store().set_password(bob, "hash of bob", "a third hash", &id("here")).await.unwrap());
    assert_eq!(house.store().credentials("bob").await.unwrap().unwrap().password_hash, "another hash");
}

pub async fn a_link_expires(house: House) {
    let [_, bob] = house.people(["alice", "bob"]).await;
    make(&house, bob, 7).await.unwrap();
    assert_eq!(house.store().person_of_reset(digest(7), at(9_001)).await.unwrap(), None);
    assert_eq!(house.store().take_reset(digest(7), "x", at(9_001)).await.unwrap(), None);
    assert_eq!(house.store().credentials("bob").await.unwrap().unwrap().password_hash, "hash of bob");
    assert_eq!(house.store().take_reset(digest(7), "x", at(9_000)).await.unwrap(), Some(bob));
}

pub async fn a_shut_account_has_no_link(house: House) {
    let [_, bob] = house.people(["alice", "bob"]).await;
    make(&house, bob, 7).await.unwrap();
    house.store().disable(operator(), bob).await.unwrap().unwrap();
    assert_eq!(make(&house, bob, 8).await, Err(Refusal::Disabled));
    house.store().enable(operator(), bob).await.unwrap().unwrap();
    for secret in [7, 8] {
        assert_eq!(house.store().take_reset(digest(secret), "x", at(2_000)).await.unwrap(), None);
    }
}

pub async fn no_link_is_made_for_a_bot_or_nobody(house: House) {
    let alice = house.person("alice").await;
    let helper = bot(&house, alice, "helper").await;
    assert_eq!(make(&house, helper, 7).await, Err(Refusal::Bot));
    assert_eq!(make(&house, nobody(), 7).await, Err(Refusal::NotThere));
    assert_eq!(told(&house).await, []);
}

async fn make(house: &House, user: UserId, secret: u8) -> Acted {
    let new = NewReset { user, digest: digest(secret), expires: at(9_000) };
    house.store().insert_reset(operator(), new).await.unwrap()
}
