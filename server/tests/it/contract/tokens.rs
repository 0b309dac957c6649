//! Tokens: sessions that reach no further than they were made for.

use super::grant::{at, id, log_in, scope, token};
use super::orders::{bot, operator};
use crate::support::House;
use async_trait::async_trait;
use domain::access::{Access, Caller};
use domain::accounts::Entered;
use domain::ports::{Device, NewSession, NotHashed, Passwords, PeopleFilter, PeopleSearch, Proof, SessionId, Tokens};
use domain::tokens::{self, NewToken};
use domain::{Attempt, Env, Error, sessions};
use protocol::{DisplayName, Field, Password, RoomId, UserId};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

pub async fn a_token_reaches_as_far_as_it_was_made_for(house: House) {
    let alice = house.person("alice").await;
    let [bakery, garden] = [house.group(alice, "Bakery", &[]).await, house.group(alice, "Garden", &[]).await];
    let reaches = [None, Some(vec![garden]), Some(vec![bakery, garden])];
    for rooms in reaches {
        for access in [Access::Read, Access::Write, Access::ReadAndWrite] {
            let scope = scope(rooms.as_deref(), access);
            let new = NewSession { scope: scope.clone(), ..token("token", alice, None) };
            assert!(house.store().open_session(&new).await.unwrap());
            let living = house.store().living(&id("token"), at(2_000)).await.unwrap().unwrap();
            assert_eq!((living.caller.scope, living.proof), (scope.clone(), Proof::Token));
            assert_eq!(house.store().sessions_of(alice, at(2_000)).await.unwrap()[0].scope, scope);
            assert!(house.store().end_session(alice, &id("token")).await.unwrap());
        }
    }
}

pub async fn no_token_is_made_for_a_room_without_a_seat(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let [mine, hers] = [house.group(bob, "Mine", &[]).await, house.group(alice, "Hers", &[]).await];
    let left = house.group(alice, "Left", &[bob]).await;
    assert!(house.store().open_session(&token("before", bob, Some(&[mine, left]))).await.unwrap());
    house.store().remove_member(&house.seat(bob, left).await, bob).await.unwrap().unwrap();
    for rooms in [vec![hers], vec![mine, hers], vec![mine, left], vec![mine, RoomId::try_from(999).unwrap()]] {
        assert!(!house.store().open_session(&token("token", bob, Some(&rooms))).await.unwrap(), "{rooms:?}");
    }
    assert_eq!(house.store().living(&id("token"), at(2_000)).await.unwrap(), None);
    assert!(house.store().open_session(&token("token", bob, Some(&[mine]))).await.unwrap());
}

pub async fn a_token_reaches_no_room_that_its_person_has_left(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let [bakery, garden] = [house.group(alice, "Bakery", &[bob]).await, house.group(alice, "Garden", &[bob]).await];
    house.store().open_session(&token("token", bob, Some(&[bakery]))).await.unwrap();
    let caller = caller(&house).await;
    assert_eq!(places(&house, &caller).await, [bakery]);
    assert!(caller.seat(&house.env, garden).await.is_err(), "his room, but not the token's");
    house.store().remove_member(&house.seat(bob, bakery).await, bob).await.unwrap().unwrap();
    assert_eq!(places(&house, &caller).await, []);
    assert!(caller.seat(&house.env, bakery).await.is_err());
    assert!(house.store().living(&id("token"), at(2_000)).await.unwrap().is_some());
}

pub async fn a_token_expires(house: House) {
    let alice = house.person("alice").await;
    let room = house.group(alice, "Bakery", &[]).await;
    house.store().open_session(&token("token", alice, Some(&[room]))).await.unwrap();
    assert!(house.store().living(&id("token"), at(5_000)).await.unwrap().is_some());
    assert_eq!(house.store().living(&id("token"), at(5_001)).await.unwrap(), None);
    assert_eq!(house.store().sessions_of(alice, at(5_001)).await.unwrap(), []);
    assert!(house.store().delete_expired_sessions(at(5_001), 500).await.unwrap());
    assert_eq!(house.store().living(&id("token"), at(2_000)).await.unwrap(), None);
}

pub async fn a_token_is_seen_once_it_was_used(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let helper = bot(&house, alice, "helper").await;
    let seen = async |user| house.store().person_record(user).await.unwrap().unwrap().seen;
    house.store().open_session(&token("helpers", helper, None)).await.unwrap();
    house.store().open_session(&token("bobs", bob, None)).await.unwrap();
    assert_eq!((seen(helper).await, seen(bob).await), (None, None));
    house.store().open_session(&log_in("phone", bob)).await.unwrap();
    assert_eq!(seen(bob).await, Some(at(1_000)), "a log-in is a use");
    house.store().touch_sessions(&[id("helpers")], at(3_000)).await.unwrap();
    assert_eq!(seen(helper).await, Some(at(3_000)));
    let found = house.store().people(&PeopleSearch { filter: PeopleFilter::Bots, ..PeopleSearch::default() }, 10).await;
    assert_eq!(found.unwrap()[0].seen, Some(at(3_000)));
}

/// What befalls an account between the check of its password and the making of the token.
enum Meanwhile {
    NewPassword(SessionId),
    AllAccessEnds,
}

struct Interrupted {
    env: Env,
    user: UserId,
    meanwhile: Meanwhile,
}

#[async_trait]
impl Passwords for Interrupted {
    async fn hash(&self, password: Password) -> Result<String, NotHashed> {
        self.env.passwords.hash(password).await
    }

    async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, NotHashed> {
        let former = hash.clone().unwrap();
        let is_right = self.env.passwords.verify(password, hash).await?;
        let store = &self.env.store;
        match &self.meanwhile {
            Meanwhile::NewPassword(kept) => {
                assert!(store.set_password(self.user, &former, "another hash", kept, Tokens::Revoke).await.unwrap());
            }
            Meanwhile::AllAccessEnds => drop(store.end_access(operator(), self.user).await.unwrap().unwrap()),
        }
        Ok(is_right)
    }
}

pub async fn a_token_does_not_outlive_the_right_to_make_it(house: House) {
    let alice = house.person("alice").await;
    let helper = bot(&house, alice, "helper").await;
    let password = Password::parse("correct horse", Field::Password).unwrap();
    let right = house.env.passwords.hash(password).await.unwrap();
    let mut current = "hash of alice".to_owned();
    for is_password in [true, false] {
        for bearer in [alice, helper] {
            let caller = sessions::open(&house.env, alice, Device::default()).await.unwrap().caller;
            let kept = caller.session.clone();
            assert!(house.store().set_password(alice, &current, &right, &kept, Tokens::Keep).await.unwrap());
            let meanwhile = if is_password { Meanwhile::NewPassword(kept) } else { Meanwhile::AllAccessEnds };
            let interrupted = Interrupted { env: house.env.clone(), user: alice, meanwhile };
            let env = Env { passwords: Arc::new(interrupted), ..house.env.clone() };
            let refused = makes(&env, &caller, bearer).await.unwrap_err();
            if is_password {
                assert!(matches!(refused, Error::WrongPassword), "{refused:?}");
            } else {
                assert!(matches!(refused, Error::Unauthenticated), "{refused:?}");
            }
            let mut left = house.store().sessions_of(bearer, house.env.clock.now()).await.unwrap();
            left.retain(|session| session.proof == Proof::Token);
            assert_eq!(left, []);
            current = if is_password { "another hash".to_owned() } else { right.clone() };
        }
    }
    let caller = sessions::open(&house.env, alice, Device::default()).await.unwrap().caller;
    makes(&house.env, &caller, helper).await.unwrap();
    assert_eq!(house.store().sessions_of(helper, house.env.clock.now()).await.unwrap().len(), 1);
}

async fn makes(env: &Env, caller: &Caller, bearer: UserId) -> Result<(), Error> {
    let attempt = Attempt { from: IpAddr::from(Ipv4Addr::LOCALHOST).into(), route: "/form/token", devices: Vec::new() };
    let entered = Entered { password: "correct horse", attempt: &attempt };
    let name = DisplayName::parse("Laptop").unwrap();
    let new = NewToken { name, rooms: None, access: Access::ReadAndWrite, lifetime_ms: None };
    tokens::create(env, caller, bearer, entered, new).await.map(drop)
}

async fn caller(house: &House) -> Caller {
    house.store().living(&id("token"), at(2_000)).await.unwrap().unwrap().caller
}

async fn places(house: &House, caller: &Caller) -> Vec<RoomId> {
    caller.places(&house.env).await.unwrap().into_iter().map(|place| place.seat.room()).collect()
}
