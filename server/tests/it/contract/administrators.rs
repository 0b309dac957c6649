//! Who looks after the server: there is always somebody, and only they do.

use super::grant::{at, id};
use super::orders::{administrator, bot, log, nobody, operator, order, told};
use crate::support::House;
use domain::Error;
use domain::access::{Access, Caller, Scope};
use domain::administration::people;
use domain::ports::{Act, Order, Refusal};
use futures::future::join_all;
use protocol::UserId;

pub async fn only_administrators_administer(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let caller = |user, scope| Caller { user, session: id("here"), scope };
    assert!(caller(alice, Scope::Person).administers(&house.env).await.is_ok());
    assert!(matches!(caller(bob, Scope::Person).administers(&house.env).await, Err(Error::NotFound)));
    assert!(matches!(caller(nobody(), Scope::Person).administers(&house.env).await, Err(Error::NotFound)));
    let token = Scope::Token { rooms: None, access: Access::ReadAndWrite };
    assert!(matches!(caller(alice, token).administers(&house.env).await, Err(Error::LogInOnly)));
}

pub async fn administrators_come_and_go(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let by = order(&house, alice).await;
    house.store().make_administrator(by, bob).await.unwrap().unwrap();
    assert!(is_admin(&house, bob).await);
    house.store().make_administrator(by, bob).await.unwrap().unwrap();
    house.store().remove_administrator(order(&house, bob).await, alice).await.unwrap().unwrap();
    assert!(!is_admin(&house, alice).await);
    house.store().remove_administrator(operator(), alice).await.unwrap().unwrap();
    let names = |actor: &str, act, person: &str| (Some(actor.to_owned()), act, Some(person.to_owned()));
    let acts = [names("alice", Act::MakeAdministrator, "bob"), names("bob", Act::RemoveAdministrator, "alice")];
    assert_eq!(told(&house).await, acts, "what is so already leaves no trace");
}

pub async fn bots_and_shut_accounts_administer_nothing(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let helper = bot(&house, alice, "helper").await;
    house.store().disable(operator(), bob).await.unwrap().unwrap();
    for (user, refusal) in [(helper, Refusal::Bot), (bob, Refusal::Disabled), (nobody(), Refusal::NotThere)] {
        assert_eq!(house.store().make_administrator(operator(), user).await.unwrap(), Err(refusal));
    }
    assert_eq!(house.store().remove_administrator(operator(), nobody()).await.unwrap(), Err(Refusal::NotThere));
    assert_eq!(log(&house).await.len(), 1);
}

pub async fn the_last_administrator_stays(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    for by in [order(&house, alice).await, operator()] {
        assert_eq!(house.store().disable(by, alice).await.unwrap(), Err(Refusal::LastAdministrator));
        assert_eq!(house.store().remove_administrator(by, alice).await.unwrap(), Err(Refusal::LastAdministrator));
    }
    assert_eq!(log(&house).await, []);
    // Whose account is shut looks after nothing.
    house.store().make_administrator(operator(), bob).await.unwrap().unwrap();
    house.store().disable(operator(), bob).await.unwrap().unwrap();
    assert_eq!(house.store().disable(operator(), alice).await.unwrap(), Err(Refusal::LastAdministrator));
    house.store().remove_administrator(operator(), bob).await.unwrap().unwrap();
    assert!(is_admin(&house, alice).await);
}

pub async fn of_administrators_who_remove_each_other_at_once_one_stays(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    for round in 0..10 {
        house.store().make_administrator(operator(), alice).await.unwrap().unwrap();
        house.store().make_administrator(operator(), bob).await.unwrap().unwrap();
        let (store, by_alice, by_bob) = (house.store(), order(&house, alice).await, order(&house, bob).await);
        let acts = async |by: Order, user: UserId| match round % 2 {
            0 => store.remove_administrator(by, user).await.unwrap(),
            _ => store.disable(by, user).await.unwrap().map(drop),
        };
        let (one, two) = tokio::join!(acts(by_alice, bob), acts(by_bob, alice));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let refusal = one.and(two).unwrap_err();
        assert_eq!(refusal, Refusal::NotAdministrator, "who is none any more orders nothing");
        for user in [alice, bob] {
            house.store().enable(operator(), user).await.unwrap().unwrap();
        }
    }
}

pub async fn of_all_administrators_removed_at_once_one_stays(house: House) {
    let names: Vec<_> = (0..6).map(|n| format!("admin{n}")).collect();
    let mut admins = Vec::new();
    for name in &names {
        let admin = house.person(name).await;
        house.store().make_administrator(operator(), admin).await.unwrap().unwrap();
        admins.push(admin);
    }
    let removed = admins.iter().enumerate().map(async |(n, admin)| match n % 2 {
        0 => house.store().remove_administrator(operator(), *admin).await.unwrap(),
        _ => house.store().disable(operator(), *admin).await.unwrap().map(drop),
    });
    let removed = join_all(removed).await;
    let refused: Vec<_> = removed.into_iter().filter_map(Result::err).collect();
    assert_eq!(refused, [Refusal::LastAdministrator]);
}

pub async fn an_order_of_who_is_no_administrator_any_more_does_nothing(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(alice, "Bakery", &[bob]).await;
    house.store().make_administrator(operator(), bob).await.unwrap().unwrap();
    let late = order(&house, bob).await;
    let admin = administrator(&house, bob).await;
    house.store().remove_administrator(operator(), bob).await.unwrap().unwrap();
    let before = log(&house).await;

    let refused = Err(Refusal::NotAdministrator);
    assert_eq!(house.store().disable(late, alice).await.unwrap().map(drop), refused);
    assert_eq!(house.store().end_log_ins(late, alice).await.unwrap(), refused);
    assert_eq!(house.store().make_administrator(late, bob).await.unwrap(), refused);
    assert_eq!(house.store().delete_group(late, room).await.unwrap().map(drop), refused);
    assert!(matches!(people::make_administrator(&house.env, &admin, bob).await, Err(Error::NotFound)));

    assert_eq!(log(&house).await, before);
    assert_eq!(house.view(bob, room).await.members, 2);
    assert_eq!(late.at, at(2_000));
}

async fn is_admin(house: &House, user: UserId) -> bool {
    house.store().account(user).await.unwrap().unwrap().is_admin
}
