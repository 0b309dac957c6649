use crate::support::{House, rev};
use async_trait::async_trait;
use domain::accounts::{self, Applicant, Entered};
use domain::ports::{Account, Device, NotHashed, Passwords, Quotas, Registered, SessionId, SessionRecord, Tokens};
use domain::registration::{Asking, SetupCode};
use domain::{Address, Attempt, Env, Error};
use protocol::{Change, DisplayName, Email, Field, Password, Person, Role, UserId, Username, What};
use server::limits::LocalLimits;
use server::passwords::Argon2Passwords;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub async fn the_epoch_is_the_life_of_the_database(house: House) {
    let epoch = house.store().epoch().await.unwrap();
    house.person("alice").await;
    assert_eq!(house.store().epoch().await.unwrap(), epoch);
    assert!(!epoch.0.is_nil());
}

pub async fn the_first_account_is_the_administrator(house: House) {
    assert!(!house.store().has_accounts().await.unwrap());
    let [alice, bob] = house.people(["alice", "bob"]).await;
    assert!(house.store().has_accounts().await.unwrap());
    assert!(house.store().account(alice).await.unwrap().unwrap().is_admin);
    assert!(!house.store().account(bob).await.unwrap().unwrap().is_admin);
}

pub async fn two_first_accounts_at_once_make_one_administrator(house: House) {
    let (alice, bob) = tokio::join!(house.person("alice"), house.person("bob"));
    let mut administrators = 0;
    for user in [alice, bob] {
        administrators += u32::from(house.store().account(user).await.unwrap().unwrap().is_admin);
    }
    assert_eq!(administrators, 1);
}

pub async fn a_username_and_an_address_belong_to_one_person(house: House) {
    house.person("alice").await;
    let mut same_name = house.applicant("alice", "Another");
    same_name.email = Email::parse("other@example.org").unwrap();
    let mut same_address = house.applicant("other", "Another");
    same_address.email = Email::parse("ALICE@example.org").unwrap();
    assert_eq!(house.store().insert_account(same_name).await.unwrap(), Registered::UsernameTaken);
    assert_eq!(house.store().insert_account(same_address).await.unwrap(), Registered::EmailTaken);
    let other = house.store().insert_account(house.applicant("other", "Another")).await.unwrap();
    assert!(matches!(other, Registered::Account(_)));
}

pub async fn the_username_is_tested_before_the_address(house: House) {
    house.person("alice").await;
    let both = house.store().insert_account(house.applicant("alice", "Alice")).await.unwrap();
    assert_eq!(both, Registered::UsernameTaken);
}

pub async fn an_account_is_found_by_its_id(house: House) {
    house.person("alice").await;
    let bob = house.person("bob").await;
    let person = Person { id: bob, username: "bob".into(), name: "Bob".into(), is_bot: false };
    let account = Account { person, email: "bob@example.org".into(), is_admin: false, bot_of: None, is_hook: false };
    assert_eq!(house.store().account(bob).await.unwrap(), Some(account));
    assert_eq!(house.store().account(nobody()).await.unwrap(), None);
}

pub async fn credentials_are_found_by_either_name_without_regard_to_case(house: House) {
    house.person("bob").await;
    let alice = house.person("alice").await;
    for login in ["alice", "ALICE", "alice@example.org", "Alice@Example.ORG"] {
        let found = house.store().credentials(login).await.unwrap().expect(login);
        assert_eq!((found.user, found.password_hash.as_str()), (alice, "hash of alice"));
    }
    for login in ["", "alic", "alice%", "carol", "@example.org"] {
        assert!(house.store().credentials(login).await.unwrap().is_none(), "{login:?}");
    }
    assert!(house.store().credentials("alice\0").await.unwrap().is_none());
}

pub async fn a_new_name_is_told_in_every_room_of_the_person(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let bakery = house.group(alice, "Bakery", &[bob]).await;
    let garden = house.group(bob, "Garden", &[alice]).await;
    house.group(alice, "Attic", &[]).await;
    house.posts(&house.seat(alice, garden).await, "hello").await;

    let changes = house.store().set_display_name(bob, &DisplayName::parse("Robert").unwrap()).await.unwrap();

    let told: BTreeMap<_, _> =
        changes.iter().map(|change| (change.room, (change.rev, role(change, "Robert")))).collect();
    assert_eq!(told, BTreeMap::from([(bakery, (rev(1), Role::Member)), (garden, (rev(2), Role::Owner))]));
    assert_eq!(house.view(alice, bakery).await.rev, rev(1));
    assert_eq!(house.store().account(bob).await.unwrap().unwrap().person.name, "Robert");
}

pub async fn a_new_name_is_not_told_where_the_person_has_left(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(alice, "Bakery", &[bob]).await;
    let name = DisplayName::parse("Robert").unwrap();
    assert_eq!(house.store().set_display_name(bob, &name).await.unwrap().len(), 1);
    house.store().remove_member(&house.seat(bob, room).await, bob).await.unwrap().unwrap();
    assert_eq!(house.store().set_display_name(bob, &name).await.unwrap(), []);
}

pub async fn a_new_password_ends_the_other_sessions(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    for (id, user) in [("here", alice), ("there", alice), ("bobs", bob)] {
        assert!(house.store().create_session(&session(id, user)).await.unwrap());
    }
    let here = SessionId("here".into());
    assert!(house.store().set_password(alice, "hash of alice", "another hash", &here, Tokens::Keep).await.unwrap());

    let now = house.env.clock.now();
    for (id, is_there) in [("here", true), ("there", false), ("bobs", true)] {
        assert_eq!(house.store().session(&SessionId(id.into()), now).await.unwrap().is_some(), is_there, "{id}");
    }
    assert_eq!(house.store().credentials("alice").await.unwrap().unwrap().password_hash, "another hash");
    assert_eq!(house.store().credentials("bob").await.unwrap().unwrap().password_hash, "hash of bob");
}

fn role(change: &Change, name: &str) -> Role {
    match &change.what {
        What::MemberChanged(member) if member.person.name == name => member.role,
        other => panic!("not the new name: {other:?}"),
    }
}

fn session(id: &str, user: UserId) -> SessionRecord {
    let [created, expires] = [1_000, 9_000].map(|millis| protocol::At::try_from(millis).unwrap());
    let (id, data, device) = (SessionId(id.into()), "{}".into(), Device::default());
    SessionRecord { id, user: Some(user), data, device, created, seen: created, expires }
}

fn nobody() -> UserId {
    UserId::try_from(999).unwrap()
}

/// The hashes that are computed, each of them in earnest.
#[derive(Default)]
struct Counted {
    passwords: Argon2Passwords,
    verified: AtomicUsize,
}

#[async_trait]
impl Passwords for Counted {
    async fn hash(&self, password: Password) -> Result<String, NotHashed> {
        self.passwords.hash(password).await
    }

    async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, NotHashed> {
        self.verified.fetch_add(1, Ordering::Relaxed);
        self.passwords.verify(password, hash).await
    }
}

/// Promise S7. What a stranger's hash takes in place of somebody's is a matter of the port, and tested there.
pub async fn a_log_in_does_the_same_work_without_an_account(house: House) {
    let counted = Arc::new(Counted::default());
    let env = Env { passwords: counted.clone(), ..house.env.clone() };
    let here = Address::from(IpAddr::from(Ipv4Addr::LOCALHOST));
    let asking = Asking { from: here, is_local: true, invitation: None, setup_code: None };
    let alice = accounts::register(&env, asking, applicant()).await.unwrap();
    let attempt = Attempt { from: here, route: "/form/login", devices: Vec::new() };
    for login in ["alice", "alice@example.org", "nobody", "nobody@example.org", "", "al\0ice"] {
        let refused = accounts::log_in(&env, &attempt, login, "wrong horse").await.unwrap_err();
        assert_eq!(refused.to_string(), Error::LoginFailed.to_string(), "{login:?}");
        assert_eq!(counted.verified.swap(0, Ordering::Relaxed), 1, "{login:?}");
    }
    assert_eq!(accounts::log_in(&env, &attempt, " Alice ", "correct horse").await.unwrap().user, alice);
    counted.verified.store(0, Ordering::Relaxed);
    for login in ["alice", "nobody"] {
        let refused = accounts::log_in(&env, &attempt, login, &"ö".repeat(1_025)).await.unwrap_err();
        assert_eq!(refused.to_string(), Error::LoginFailed.to_string(), "{login:?}");
        assert_eq!(counted.verified.load(Ordering::Relaxed), 0, "nobody has so long a password");
    }
    let entered = Entered { password: &"ö".repeat(1_025), attempt: &attempt };
    let refused = accounts::confirm_password(&env, alice, entered).await.unwrap_err();
    assert_eq!(refused.to_string(), Error::WrongPassword.to_string());
    assert_eq!(counted.verified.load(Ordering::Relaxed), 0);
}

pub async fn a_right_setup_code_costs_no_try(house: House) {
    let code = SetupCode::new(&[7; 64], house.store().epoch().await.unwrap());
    let one = Quotas { address_accounts: 1, ..Quotas::default() };
    let env = Env { limits: Arc::new(LocalLimits::new(one)), setup_code: Some(code.clone()), ..house.env.clone() };
    let tries = async |from: [u8; 4], code: &str| {
        let from = Address::from(IpAddr::from(from));
        let asking = Asking { from, is_local: false, invitation: None, setup_code: Some(code) };
        accounts::register(&env, asking, applicant()).await
    };
    assert!(matches!(tries([192, 0, 2, 1], "wrong").await, Err(Error::Invalid(_))));
    assert!(matches!(tries([192, 0, 2, 1], code.as_str()).await, Err(Error::TooMany { .. })), "a wrong one counts");
    assert!(tries([192, 0, 2, 2], code.as_str()).await.is_ok(), "the one account that this address may make");
}

pub async fn a_password_that_could_not_be_checked_costs_no_try(house: House) {
    let env = Env { limits: Arc::new(LocalLimits::new(Quotas::default())), ..house.env.clone() };
    // Her hash is none that a password can be checked against.
    let alice = house.person("alice").await;
    let attempt = Attempt { from: IpAddr::from(Ipv4Addr::LOCALHOST).into(), route: "/form/token", devices: Vec::new() };
    for _ in 0..30 {
        let entered = Entered { password: "correct horse", attempt: &attempt };
        let refused = accounts::confirm_password(&env, alice, entered).await.unwrap_err();
        assert!(matches!(refused, Error::Unavailable(_)), "{refused:?}");
    }
}

fn applicant() -> Applicant {
    Applicant {
        username: Username::parse("alice").unwrap(),
        display_name: DisplayName::parse("Alice").unwrap(),
        email: Email::parse("alice@example.org").unwrap(),
        password: Password::parse("correct horse", Field::Password).unwrap(),
    }
}
