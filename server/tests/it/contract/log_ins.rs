//! Log-ins of programs: renewed by a secret that serves once.

use super::grant::{at, digest, id, log_in, token};
use super::limits::quotas;
use crate::support::House;
use domain::access::{Caller, Scope};
use domain::ports::{Device, Digest, Living, NewSession, Proof, Renewed, SessionRecord, SessionView, Tokens};
use domain::sessions::{self, Grant, LIFETIME_MS};
use domain::{Env, Error};
use protocol::UserId;
use server::limits::LocalLimits;
use std::sync::Arc;

pub async fn a_log_in_lives_until_it_expires(house: House) {
    let alice = house.person("alice").await;
    assert!(house.store().open_session(&log_in("phone", alice)).await.unwrap());
    let caller = Caller { user: alice, session: id("phone"), scope: Scope::Person };
    let living = Living { caller, proof: Proof::LogIn, created: at(1_000), seen: at(1_000) };
    assert_eq!(house.store().living(&id("phone"), at(5_000)).await.unwrap(), Some(living));
    assert_eq!(house.store().living(&id("phone"), at(5_001)).await.unwrap(), None);
    assert_eq!(house.store().living(&id("another"), at(2_000)).await.unwrap(), None);
    assert_eq!(house.store().session(&id("phone"), at(2_000)).await.unwrap(), None, "it is no browser's");
}

pub async fn a_browser_s_session_lives_once_somebody_has_logged_in(house: House) {
    let alice = house.person("alice").await;
    for record in [cookie("hers", Some(alice)), cookie("nobody's", None)] {
        assert!(house.store().create_session(&record).await.unwrap());
    }
    let living = house.store().living(&id("hers"), at(2_000)).await.unwrap().unwrap();
    assert_eq!((living.proof, living.caller.scope), (Proof::Cookie, Scope::Person));
    assert_eq!(house.store().living(&id("nobody's"), at(2_000)).await.unwrap(), None);
}

pub async fn nobody_is_logged_in_who_does_not_exist(house: House) {
    house.person("alice").await;
    let stranger = UserId::try_from(999).unwrap();
    assert!(!house.store().open_session(&log_in("phone", stranger)).await.unwrap());
    assert_eq!(house.store().living(&id("phone"), at(2_000)).await.unwrap(), None);
    assert_eq!(renew(&house, 1, 2, 2_000).await, Renewed::Unknown);
}

pub async fn a_renewal_serves_once_and_lengthens_the_log_in(house: House) {
    let alice = house.person("alice").await;
    house.store().open_session(&log_in("phone", alice)).await.unwrap();
    let caller = Caller { user: alice, session: id("phone"), scope: Scope::Person };
    assert_eq!(renew(&house, 1, 2, 4_000).await, Renewed::Session(caller.clone()));
    let living = house.store().living(&id("phone"), at(9_000)).await.unwrap().expect("it lasts longer now");
    assert_eq!((living.created, living.seen), (at(1_000), at(4_000)));
    assert_eq!(house.store().living(&id("phone"), at(9_001)).await.unwrap(), None);
    assert_eq!(renew(&house, 2, 3, 5_000).await, Renewed::Session(caller));
}

pub async fn a_secret_that_comes_again_ends_the_log_in(house: House) {
    let alice = house.person("alice").await;
    for new in [log_in("phone", alice), NewSession { refresh: Some(digest(7)), ..log_in("tablet", alice) }] {
        assert!(house.store().open_session(&new).await.unwrap());
    }
    assert!(matches!(renew(&house, 1, 2, 2_000).await, Renewed::Session(_)));
    assert_eq!(renew(&house, 1, 3, 2_000).await, Renewed::Stolen { user: alice, session: id("phone") });
    assert_eq!(house.store().living(&id("phone"), at(2_000)).await.unwrap(), None);
    for secret in [1, 2, 3] {
        assert_eq!(renew(&house, secret, 9, 2_000).await, Renewed::Unknown, "{secret}");
    }
    assert!(house.store().living(&id("tablet"), at(2_000)).await.unwrap().is_some());
}

pub async fn of_two_renewals_at_once_one_serves_and_the_log_in_ends(house: House) {
    let alice = house.person("alice").await;
    for round in 0..10 {
        let (old, one, two) = (3 * round + 1, 3 * round + 2, 3 * round + 3);
        house.store().open_session(&NewSession { refresh: Some(digest(old)), ..log_in("phone", alice) }).await.unwrap();
        let (one, two) = tokio::join!(renew(&house, old, one, 2_000), renew(&house, old, two, 2_000));
        let served = [&one, &two].into_iter().filter(|renewed| matches!(renewed, Renewed::Session(_))).count();
        let stolen = Renewed::Stolen { user: alice, session: id("phone") };
        assert_eq!(served, 1, "{one:?} {two:?}");
        assert!(one == stolen || two == stolen, "{one:?} {two:?}");
        assert_eq!(house.store().living(&id("phone"), at(2_000)).await.unwrap(), None);
    }
}

pub async fn a_renewal_while_the_log_in_ends_hinders_neither(house: House) {
    let alice = house.person("alice").await;
    for round in 0..20 {
        let (old, new) = (2 * round + 1, 2 * round + 2);
        house.store().open_session(&NewSession { refresh: Some(digest(old)), ..log_in("phone", alice) }).await.unwrap();
        let phone = id("phone");
        let (_, ended) = tokio::join!(renew(&house, old, new, 2_000), house.store().end_session(alice, &phone));
        assert!(ended.unwrap());
        assert_eq!(house.store().living(&phone, at(2_000)).await.unwrap(), None);
        assert_eq!(renew(&house, new, 250, 2_000).await, Renewed::Unknown);
    }
}

pub async fn what_has_ended_or_expired_is_not_renewed(house: House) {
    let alice = house.person("alice").await;
    for new in [log_in("phone", alice), NewSession { refresh: Some(digest(7)), ..log_in("tablet", alice) }] {
        assert!(house.store().open_session(&new).await.unwrap());
    }
    assert_eq!(renew(&house, 1, 2, 5_001).await, Renewed::Unknown);
    assert_eq!(renew(&house, 2, 3, 2_000).await, Renewed::Unknown);
    assert!(house.store().end_session(alice, &id("tablet")).await.unwrap());
    assert_eq!(renew(&house, 7, 8, 2_000).await, Renewed::Unknown);
}

pub async fn a_secret_tells_whose_it_is_until_it_was_used(house: House) {
    let alice = house.person("alice").await;
    house.store().open_session(&log_in("phone", alice)).await.unwrap();
    assert_eq!(house.store().user_of_refresh(digest(1)).await.unwrap(), Some(alice));
    assert!(matches!(renew(&house, 1, 2, 2_000).await, Renewed::Session(_)));
    for (secret, user) in [(1, None), (2, Some(alice)), (3, None)] {
        assert_eq!(house.store().user_of_refresh(digest(secret)).await.unwrap(), user, "{secret}");
    }
    assert!(house.store().end_session(alice, &id("phone")).await.unwrap());
    assert_eq!(house.store().user_of_refresh(digest(2)).await.unwrap(), None);
}

pub async fn used_secrets_are_swept_once_a_log_in_of_their_time_would_be_over(house: House) {
    let alice = house.person("alice").await;
    let far = at(3 * LIFETIME_MS);
    for (name, first) in [("phone", 1), ("tablet", 11)] {
        let new = NewSession { refresh: Some(digest(first)), expires: far, ..log_in(name, alice) };
        assert!(house.store().open_session(&new).await.unwrap());
        for (old, now) in [(first, 2_000), (first + 1, 2_001)] {
            let renewed = house.store().renew_session(digest(old), digest(old + 1), at(now), far).await.unwrap();
            assert!(matches!(renewed, Renewed::Session(_)));
        }
    }
    assert!(house.store().delete_expired_sessions(at(LIFETIME_MS + 2_001), 500).await.unwrap());
    // The first is forgotten, and harms nobody; the second is still known as used.
    assert_eq!(renew(&house, 1, 9, 2_000).await, Renewed::Unknown);
    assert!(house.store().living(&id("phone"), at(2_000)).await.unwrap().is_some());
    assert!(matches!(renew(&house, 2, 9, 2_000).await, Renewed::Stolen { .. }));
    assert!(matches!(renew(&house, 13, 9, 2_000).await, Renewed::Session(_)), "one that was not used stays");
}

pub async fn renewals_have_an_end_and_a_secret_that_comes_again_is_known_all_the_same(house: House) {
    let env = Env { limits: Arc::new(LocalLimits::new(quotas())), ..house.env.clone() };
    let alice = house.person("alice").await;
    let Grant { caller, refresh: first } = sessions::open(&env, alice, Device::default()).await.unwrap();
    let (mut newest, mut renewals) = (first.clone(), 0);
    let refused = loop {
        match sessions::renew(&env, newest.as_str()).await {
            Ok(grant) => newest = grant.refresh,
            Err(refused) => break refused,
        }
        renewals += 1;
        assert!(renewals < 200, "there is no end");
    };
    assert!(matches!(refused, Error::TooMany { .. }) && renewals >= 20, "{refused:?} after {renewals}");
    let now = house.env.clock.now();
    assert!(house.store().living(&caller.session, now).await.unwrap().is_some());

    for secret in ["nobody's", first.as_str()] {
        assert!(matches!(sessions::renew(&env, secret).await, Err(Error::Unauthenticated)), "{secret}");
    }
    assert_eq!(house.store().living(&caller.session, now).await.unwrap(), None);
}

pub async fn sessions_are_listed_by_their_last_use(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    for (name, created) in [("first", 1_000), ("second", 2_000), ("third", 3_000)] {
        let new = NewSession { created: at(created), refresh: None, ..log_in(name, alice) };
        assert!(house.store().open_session(&new).await.unwrap());
    }
    assert!(house.store().create_session(&cookie("browser", Some(alice))).await.unwrap());
    house.store().open_session(&log_in("bob's", bob)).await.unwrap();
    assert_eq!(names(&house, alice, 3_500).await, ["third", "second", "browser", "first"]);
    house.store().touch_sessions(&[id("first")], at(4_000)).await.unwrap();
    assert_eq!(names(&house, alice, 4_000).await, ["first", "third", "second", "browser"]);
    house.store().touch_sessions(&[id("first")], at(1_500)).await.unwrap();
    assert_eq!(names(&house, alice, 4_000).await[0], "first", "a clock that was set back takes nothing away");
    assert_eq!(names(&house, alice, 5_001).await, [""; 0]);
}

pub async fn a_session_is_shown_with_its_device(house: House) {
    let alice = house.person("alice").await;
    house.store().open_session(&log_in("phone", alice)).await.unwrap();
    house.store().touch_sessions(&[id("phone")], at(2_000)).await.unwrap();
    let device = Device { name: "phone".into(), address: "192.0.2.1".into() };
    let (proof, scope) = (Proof::LogIn, Scope::Person);
    let (created, seen, expires) = (at(1_000), at(2_000), at(5_000));
    let expected = SessionView { id: id("phone"), proof, scope, device, created, seen, expires };
    assert_eq!(house.store().sessions_of(alice, at(2_000)).await.unwrap(), [expected]);
}

pub async fn only_its_person_ends_a_session(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    house.store().open_session(&log_in("phone", alice)).await.unwrap();
    assert!(!house.store().end_session(bob, &id("phone")).await.unwrap());
    assert!(house.store().living(&id("phone"), at(2_000)).await.unwrap().is_some());
    assert!(house.store().end_session(alice, &id("phone")).await.unwrap());
    assert!(house.store().living(&id("phone"), at(2_000)).await.unwrap().is_none());
    assert!(!house.store().end_session(alice, &id("phone")).await.unwrap());
}

pub async fn the_other_log_ins_end_and_tokens_stay(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    house.store().create_session(&cookie("here", Some(alice))).await.unwrap();
    house.store().create_session(&cookie("there", Some(alice))).await.unwrap();
    house.store().open_session(&log_in("phone", alice)).await.unwrap();
    house.store().open_session(&token("token", alice, None)).await.unwrap();
    house.store().create_session(&cookie("bob's", Some(bob))).await.unwrap();
    house.store().end_other_sessions(alice, &id("here")).await.unwrap();
    assert_eq!(names(&house, alice, 2_000).await, ["here", "token"]);
    assert_eq!(names(&house, bob, 2_000).await, ["bob's"]);
    assert_eq!(renew(&house, 1, 2, 2_000).await, Renewed::Unknown);
}

pub async fn a_new_password_leaves_tokens_alone(house: House) {
    let alice = house.person("alice").await;
    house.store().create_session(&cookie("here", Some(alice))).await.unwrap();
    house.store().open_session(&log_in("phone", alice)).await.unwrap();
    house.store().open_session(&token("token", alice, None)).await.unwrap();
    assert!(
        house.store().set_password(alice, "hash of alice", "another hash", &id("here"), Tokens::Keep).await.unwrap()
    );
    assert_eq!(names(&house, alice, 2_000).await, ["here", "token"]);
}

pub async fn a_new_password_revokes_tokens_where_that_is_asked_for(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    for (name, user) in [("alice's", alice), ("bob's", bob)] {
        assert!(house.store().open_session(&token(name, user, None)).await.unwrap());
    }
    let set = house.store().set_password(alice, "hash of alice", "another hash", &id("here"), Tokens::Revoke).await;
    assert!(set.unwrap());
    assert_eq!(house.store().living_sessions(&["alice's", "bob's"].map(id), at(2_000)).await.unwrap(), [id("bob's")]);
}

async fn renew(house: &House, old: u8, new: u8, now: i64) -> Renewed {
    let (old, new): (Digest, Digest) = (digest(old), digest(new));
    house.store().renew_session(old, new, at(now), at(9_000)).await.unwrap()
}

/// By their ids, which say enough.
async fn names(house: &House, user: UserId, now: i64) -> Vec<String> {
    house.store().sessions_of(user, at(now)).await.unwrap().into_iter().map(|session| session.id.0).collect()
}

fn cookie(name: &str, user: Option<UserId>) -> SessionRecord {
    let (data, device) = ("{}".into(), Device::default());
    SessionRecord { id: id(name), user, data, device, created: at(1_000), seen: at(1_000), expires: at(5_000) }
}
