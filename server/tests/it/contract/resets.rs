//! Links for a new password: one a person, one use.

use super::grant::{at, digest, id, log_in, token};
use super::orders::{bot, nobody, operator, order, told};
use crate::support::House;
use domain::ports::{Act, Acted, NewInvitation, NewReset, Order, Refusal, Tokens};
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
    assert_eq!(house.store().living_sessions(&["phone", "token"].map(id), at(2_000)).await.unwrap(), []);
    assert_eq!(house.store().user_of_refresh(digest(1)).await.unwrap(), None, "nothing renews the log-in");
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
    assert!(house.store().set_password(bob, "hash of bob", "another hash", &id("here"), Tokens::Keep).await.unwrap());
    assert_eq!(house.store().take_reset(digest(8), "x", at(2_000)).await.unwrap(), None);
    assert_eq!(house.store().credentials("bob").await.unwrap().unwrap().password_hash, "another hash");
    assert_eq!(house.store().take_reset(digest(7), "x", at(2_000)).await.unwrap(), Some(alice));
}

pub async fn a_password_by_link_is_not_replaced_by_who_knew_the_former(house: House) {
    let [_, bob] = house.people(["alice", "bob"]).await;
    house.store().open_session(&log_in("phone", bob)).await.unwrap();
    assert!(!house.store().set_password(bob, "guessed", "a third hash", &id("here"), Tokens::Keep).await.unwrap());
    assert_eq!(house.store().living_sessions(&[id("phone")], at(2_000)).await.unwrap(), [id("phone")]);
    make(&house, bob, 7).await.unwrap();
    house.store().take_reset(digest(7), "another hash", at(2_000)).await.unwrap().unwrap();
    assert!(!house.store().set_password(bob, "hash of bob", "a third hash", &id("here"), Tokens::Keep).await.unwrap());
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

pub async fn links_end_with_the_right_of_whoever_made_them(house: House) {
    let [alice, bob, carol, dave] = house.people(["alice", "bob", "carol", "dave"]).await;
    for demotes in [true, false] {
        house.store().make_administrator(operator(), bob).await.unwrap().unwrap();
        let (by_bob, by_alice) = (order(&house, bob).await, order(&house, alice).await);
        for (by, user, secret) in [(by_bob, carol, 7), (by_alice, dave, 8)] {
            let new = NewReset { user, digest: digest(secret), expires: at(9_000) };
            house.store().insert_reset(by, new).await.unwrap().unwrap();
            let secret = secret + if demotes { 10 } else { 20 };
            let new = NewInvitation { digest: digest(secret), note: None, uses: 1, expires: at(9_000) };
            house.store().insert_invitation(by, &new).await.unwrap().unwrap();
            assert!(house.store().is_invited(digest(secret), at(2_000)).await.unwrap());
        }
        assert!(house.store().person_of_reset(digest(7), at(2_000)).await.unwrap().is_some());
        if demotes {
            house.store().remove_administrator(operator(), bob).await.unwrap().unwrap();
        } else {
            house.store().disable(operator(), bob).await.unwrap().unwrap();
        }
        assert_eq!(house.store().person_of_reset(digest(7), at(2_000)).await.unwrap(), None);
        assert_eq!(house.store().take_reset(digest(7), "x", at(2_000)).await.unwrap(), None);
        assert!(house.store().person_of_reset(digest(8), at(2_000)).await.unwrap().is_some(), "alice's");
        let [his, hers] = if demotes { [17, 18] } else { [27, 28] };
        assert!(!house.store().is_invited(digest(his), at(2_000)).await.unwrap());
        assert!(house.store().is_invited(digest(hers), at(2_000)).await.unwrap());
        let lists: Vec<_> = house.store().invitations(at(2_000), None, 10).await.unwrap();
        assert!(lists.iter().all(|invitation| invitation.made_by.as_ref().is_some_and(|maker| maker.id == alice)));
    }
    house.store().enable(operator(), bob).await.unwrap().unwrap();
    assert_eq!(house.store().person_of_reset(digest(7), at(2_000)).await.unwrap(), None, "it does not come back");
    assert_eq!(house.store().credentials("carol").await.unwrap().unwrap().password_hash, "hash of carol");
}

pub async fn links_end_with_all_access_of_whoever_made_them(house: House) {
    let [alice, bob, carol, dave] = house.people(["alice", "bob", "carol", "dave"]).await;
    house.store().make_administrator(operator(), bob).await.unwrap().unwrap();
    let (by_bob, by_alice) = (order(&house, bob).await, order(&house, alice).await);
    for (by, user, secret) in [(by_bob, carol, 7), (by_alice, dave, 8), (by_alice, bob, 9)] {
        let new = NewReset { user, digest: digest(secret), expires: at(9_000) };
        house.store().insert_reset(by, new).await.unwrap().unwrap();
        let new = NewInvitation { digest: digest(secret + 10), note: None, uses: 1, expires: at(9_000) };
        house.store().insert_invitation(by, &new).await.unwrap().unwrap();
    }
    house.store().end_access(operator(), bob).await.unwrap().unwrap();
    for (secret, serves) in [(7, false), (8, true), (9, false)] {
        let person = house.store().person_of_reset(digest(secret), at(2_000)).await.unwrap();
        assert_eq!(person.is_some(), serves, "{secret}: his own ends too");
    }
    for (secret, serves) in [(17, false), (18, true), (19, true)] {
        assert_eq!(house.store().is_invited(digest(secret), at(2_000)).await.unwrap(), serves, "{secret}");
    }
}

pub async fn open_links_are_listed_and_revoked(house: House) {
    let [alice, bob, carol] = house.people(["alice", "bob", "carol"]).await;
    make(&house, bob, 7).await.unwrap();
    let new = NewReset { user: carol, digest: digest(8), expires: at(9_500) };
    let by = Order { at: at(2_500), ..order(&house, alice).await };
    house.store().insert_reset(by, new).await.unwrap().unwrap();
    let listed = async |now| {
        let found = house.store().resets(at(now), 10).await.unwrap();
        found.into_iter().map(|link| (link.person.id, link.made_by.map(|maker| maker.id))).collect::<Vec<_>>()
    };
    assert_eq!(listed(3_000).await, [(carol, Some(alice)), (bob, None)]);
    assert_eq!(listed(9_001).await, [(carol, Some(alice))]);
    let first = &house.store().resets(at(3_000), 1).await.unwrap()[0];
    assert_eq!((first.created, first.expires), (at(2_500), at(9_500)));

    for _ in 0..2 {
        house.store().revoke_reset(order(&house, alice).await, carol).await.unwrap().unwrap();
    }
    assert_eq!(house.store().take_reset(digest(8), "x", at(3_000)).await.unwrap(), None);
    assert_eq!(listed(3_000).await, [(bob, None)]);
    assert_eq!(house.store().revoke_reset(operator(), nobody()).await.unwrap(), Err(Refusal::NotThere));
    let revoked = told(&house).await.into_iter().filter(|(_, act, _)| *act == Act::RevokeReset).collect::<Vec<_>>();
    assert_eq!(revoked, [(Some("alice".into()), Act::RevokeReset, Some("carol".into()))]);
    assert!(house.store().delete_expired_sessions(at(9_001), 500).await.unwrap());
    assert_eq!(house.store().resets(at(0), 10).await.unwrap(), [], "what has expired is swept");
}

async fn make(house: &House, user: UserId, secret: u8) -> Acted {
    let new = NewReset { user, digest: digest(secret), expires: at(9_000) };
    house.store().insert_reset(operator(), new).await.unwrap()
}
