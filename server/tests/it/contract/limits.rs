//! The contract of the limits: a new adapter adds one line to its own file.

use domain::Address;
use domain::ports::{Charge, Key, Limit, Limits, Login, Quotas, Wait};
use futures::future::join_all;
use protocol::UserId;
use std::any::Any;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// Runs every behaviour on limits; `$limits` is an async function that makes `Counted` ones with [`quotas`].
macro_rules! limits_contract {
    ($limits:path) => {
        behaviours!($limits, limits: [
            a_burst_is_allowed_and_then_no_more,
            after_the_time_told_there_is_one_more,
            one_budget_does_not_touch_another,
            of_several_budgets_all_are_taken_or_none,
            the_longest_wait_is_told,
            those_who_come_at_the_same_moment_share_a_budget,
            many_at_once_cost_as_much_as_one_by_one,
            more_than_a_budget_holds_empties_a_full_one,
            what_is_given_back_can_be_taken_again_and_no_more,
            what_a_node_counts_alone_is_counted_with_the_rest,
        ]);
    };
}
pub(crate) use limits_contract;

/// Limits, and what they stand on.
pub struct Counted {
    pub limits: Arc<dyn Limits>,
    pub _ground: Box<dyn Any + Send + Sync>,
}

/// As the server has them.
pub fn quotas() -> Quotas {
    Quotas::default()
}

pub fn account(id: i64) -> Key {
    Key::Account(UserId::try_from(id).unwrap())
}

pub fn address(text: &str) -> Address {
    text.parse::<IpAddr>().unwrap().into()
}

pub fn login(name: &str) -> Key {
    Key::LoginAt(Login::folded(name), address("192.0.2.1"))
}

/// Takes until there is nothing left: how many there were, and how long to wait.
pub async fn drain(limits: &dyn Limits, limit: Limit, key: Key) -> (usize, Duration) {
    let wanted = [Charge::one(limit, key)];
    for taken in 0..200 {
        if let Err(Wait(wait)) = limits.take(&wanted).await {
            return (taken, wait);
        }
    }
    panic!("{limit:?} has no end");
}

pub async fn a_burst_is_allowed_and_then_no_more(counted: Counted) {
    let (taken, wait) = drain(&*counted.limits, Limit::Register, account(1)).await;
    assert_eq!(taken, 10);
    assert!(wait <= Duration::from_secs(180) && wait > Duration::from_secs(150), "{wait:?}");
    let (taken, again) = drain(&*counted.limits, Limit::Register, account(1)).await;
    assert_eq!(taken, 0);
    assert!(again <= wait, "who asks in between waits no longer: {wait:?}, then {again:?}");
}

pub async fn after_the_time_told_there_is_one_more(counted: Counted) {
    let (taken, wait) = drain(&*counted.limits, Limit::Send, account(1)).await;
    assert!(taken >= 20 && wait <= Duration::from_millis(500), "{taken}, {wait:?}");
    tokio::time::sleep(wait).await;
    let (taken, _) = drain(&*counted.limits, Limit::Send, account(1)).await;
    assert!((1..4).contains(&taken), "{taken}");
}

pub async fn one_budget_does_not_touch_another(counted: Counted) {
    let taken = async |limit, key| drain(&*counted.limits, limit, key).await.0;
    assert_eq!(taken(Limit::Register, Key::Address(address("192.0.2.1"))).await, 10);
    assert_eq!(taken(Limit::LogIn, Key::Address(address("192.0.2.1"))).await, 10);
    assert_eq!(taken(Limit::Register, Key::Address(address("192.0.2.2"))).await, 10);
    assert_eq!(taken(Limit::Register, Key::Address(address("2001:db8::1"))).await, 10);
    assert_eq!(taken(Limit::Register, Key::Address(address("2001:db8::2"))).await, 0, "one /64 is one place");
    assert_eq!(taken(Limit::LogIn, login("ines")).await, 10);
    assert_eq!(taken(Limit::LogIn, login(" INES")).await, 0, "one name is one name");
    assert_eq!(taken(Limit::LogIn, login("jona")).await, 10);
}

pub async fn of_several_budgets_all_are_taken_or_none(counted: Counted) {
    drain(&*counted.limits, Limit::LogIn, login("ines")).await;
    for _ in 0..5 {
        let wanted = [Charge::one(Limit::Register, account(1)), Charge::one(Limit::LogIn, login("ines"))];
        assert!(counted.limits.take(&wanted).await.is_err());
    }
    assert_eq!(drain(&*counted.limits, Limit::Register, account(1)).await.0, 10);
}

pub async fn the_longest_wait_is_told(counted: Counted) {
    drain(&*counted.limits, Limit::LogIn, login("ines")).await;
    drain(&*counted.limits, Limit::Register, account(1)).await;
    let wanted = [Charge::one(Limit::LogIn, login("ines")), Charge::one(Limit::Register, account(1))];
    let Err(Wait(wait)) = counted.limits.take(&wanted).await else { panic!("both are used up") };
    assert!(wait > Duration::from_secs(100), "{wait:?}");
}

pub async fn those_who_come_at_the_same_moment_share_a_budget(counted: Counted) {
    let wanted = [Charge::one(Limit::Register, account(1))];
    let taken = join_all((0..50).map(|_| counted.limits.take(&wanted))).await;
    assert_eq!(taken.iter().filter(|taken| taken.is_ok()).count(), 10);
}

pub async fn many_at_once_cost_as_much_as_one_by_one(counted: Counted) {
    let take = async |amount| counted.limits.take(&[Charge::many(Limit::Register, account(1), amount)]).await;
    take(4).await.unwrap();
    take(0).await.unwrap();
    let Err(Wait(wait)) = take(8).await else { panic!("there are six") };
    assert!(wait > Duration::from_secs(300) && wait <= Duration::from_secs(360), "two more are missing: {wait:?}");
    take(6).await.unwrap();
    assert_eq!(drain(&*counted.limits, Limit::Register, account(1)).await.0, 0);
}

pub async fn more_than_a_budget_holds_empties_a_full_one(counted: Counted) {
    let all = [Charge::many(Limit::Register, account(1), 1_000_000)];
    counted.limits.take(&all).await.unwrap();
    let Err(Wait(wait)) = counted.limits.take(&all).await else { panic!("nothing is left") };
    assert!(wait <= Duration::from_secs(1800), "{wait:?}");
}

pub async fn what_is_given_back_can_be_taken_again_and_no_more(counted: Counted) {
    let charge = [Charge::one(Limit::Register, account(1))];
    drain(&*counted.limits, Limit::Register, account(1)).await;
    counted.limits.give_back(&charge).await;
    assert_eq!(drain(&*counted.limits, Limit::Register, account(1)).await.0, 1);
    for _ in 0..30 {
        counted.limits.give_back(&charge).await;
    }
    assert_eq!(drain(&*counted.limits, Limit::Register, account(1)).await.0, 10, "never more than the burst");
}

pub async fn what_a_node_counts_alone_is_counted_with_the_rest(counted: Counted) {
    for _ in 0..10 {
        counted.limits.take_here(Limit::Register, account(1)).unwrap();
    }
    assert!(counted.limits.take_here(Limit::Register, account(1)).is_err());
    assert_eq!(drain(&*counted.limits, Limit::Register, account(1)).await.0, 0);
}
