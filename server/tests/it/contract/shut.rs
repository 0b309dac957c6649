//! Accounts that are shut: nobody gets in, and nobody who is in stays.

use super::grant::{at, digest, id, log_in, token};
use crate::support::House;
use domain::ports::{Device, Renewed, SessionRecord};
use protocol::UserId;

pub async fn a_shut_account_has_no_sessions(house: House) {
    let bob = house.people(["alice", "bob"]).await[1];
    let ids = ["browser", "phone", "token"].map(id);
    house.store().create_session(&browser(bob)).await.unwrap();
    house.store().open_session(&log_in("phone", bob)).await.unwrap();
    house.store().open_session(&token("token", bob, None)).await.unwrap();
    house.store().insert_ticket(digest(9), &id("phone"), at(5_000)).await.unwrap();
    assert_eq!(house.store().living_sessions(&ids, at(2_000)).await.unwrap().len(), 3);

    assert!(house.store().set_disabled(bob, Some(at(2_000))).await.unwrap().is_some());

    assert_eq!(house.store().living_sessions(&ids, at(2_000)).await.unwrap(), []);
    assert_eq!(house.store().sessions_of(bob, at(2_000)).await.unwrap(), []);
    assert_eq!(house.store().session(&id("browser"), at(2_000)).await.unwrap(), None);
    for session in &ids {
        assert_eq!(house.store().living(session, at(2_000)).await.unwrap(), None);
    }
    let [old, new] = [1, 2].map(digest);
    assert_eq!(house.store().renew_session(old, new, at(2_000), at(9_000)).await.unwrap(), Renewed::Unknown);
    assert_eq!(house.store().take_ticket(digest(9), at(2_000)).await.unwrap(), None);
}

pub async fn nobody_gets_into_a_shut_account(house: House) {
    let bob = house.people(["alice", "bob"]).await[1];
    assert!(house.store().credentials("bob").await.unwrap().is_some());
    assert!(house.store().set_disabled(bob, Some(at(2_000))).await.unwrap().is_some());
    assert!(house.store().credentials("bob").await.unwrap().is_none());
    assert!(house.store().credentials("bob@example.org").await.unwrap().is_none());
    assert!(!house.store().open_session(&log_in("phone", bob)).await.unwrap());
    assert!(!house.store().open_session(&token("token", bob, None)).await.unwrap());
    // A log-in that was under way comes late.
    assert!(house.store().create_session(&browser(bob)).await.unwrap());
    assert_eq!(house.store().session(&id("browser"), at(2_000)).await.unwrap(), None);
    assert_eq!(house.store().living(&id("browser"), at(2_000)).await.unwrap(), None);
    assert_eq!(house.store().living_sessions(&[id("browser")], at(2_000)).await.unwrap(), []);
    assert_eq!(house.store().sessions_of(bob, at(2_000)).await.unwrap(), []);
}

pub async fn a_shut_account_is_found_by_nobody(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    assert!(house.store().add_contact(alice, bob).await.unwrap());
    assert_eq!(found(&house, alice).await, [bob]);
    assert_eq!(contacts(&house, alice).await, [bob]);
    assert!(house.store().set_disabled(bob, Some(at(2_000))).await.unwrap().is_some());
    assert_eq!(found(&house, alice).await, []);
    assert_eq!(contacts(&house, alice).await, []);
    assert_eq!(house.store().account(bob).await.unwrap().unwrap().person.name, "Bob", "what they wrote bears a name");
    assert!(house.store().set_disabled(bob, None).await.unwrap().is_some());
    assert_eq!(contacts(&house, alice).await, [bob]);
}

pub async fn an_account_that_is_open_again_begins_without_sessions(house: House) {
    let bob = house.people(["alice", "bob"]).await[1];
    house.store().create_session(&browser(bob)).await.unwrap();
    assert!(house.store().set_disabled(bob, Some(at(2_000))).await.unwrap().is_some());
    assert!(house.store().set_disabled(bob, None).await.unwrap().is_some());
    assert_eq!(house.store().session(&id("browser"), at(2_000)).await.unwrap(), None);
    assert!(house.store().credentials("bob").await.unwrap().is_some());
    assert!(house.store().open_session(&log_in("phone", bob)).await.unwrap());
    assert!(house.store().living(&id("phone"), at(2_000)).await.unwrap().is_some());
}

pub async fn nobody_is_shut_out_who_does_not_exist(house: House) {
    let alice = house.person("alice").await;
    assert!(house.store().set_disabled(UserId::try_from(999).unwrap(), Some(at(2_000))).await.unwrap().is_none());
    assert!(house.store().credentials("alice").await.unwrap().is_some());
    assert!(house.store().open_session(&log_in("phone", alice)).await.unwrap());
}

async fn found(house: &House, me: UserId) -> Vec<UserId> {
    house.store().search_people(me, "bob", 10).await.unwrap().into_iter().map(|found| found.person.id).collect()
}

async fn contacts(house: &House, me: UserId) -> Vec<UserId> {
    house.store().contacts(me).await.unwrap().into_iter().map(|person| person.id).collect()
}

fn browser(user: UserId) -> SessionRecord {
    let (data, device) = ("{}".into(), Device::default());
    let (created, seen, expires) = (at(1_000), at(1_000), at(5_000));
    SessionRecord { id: id("browser"), user: Some(user), data, device, created, seen, expires }
}
