//! The contract of the limits: a new adapter adds one line to its own file.

use domain::Address;
use domain::ports::{Key, Limit, Limits, Login, Quota, Quotas, Wait};
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
        ]);
    };
}
pub(crate) use limits_contract;

/// Limits, and what they stand on.
pub struct Counted {
    pub limits: Arc<dyn Limits>,
    pub _ground: Box<dyn Any + Send + Sync>,
}

/// As the server has them, and one that fills so fast that a test can wait for it.
pub fn quotas() -> Quotas {
    Quotas { send: Quota { burst: 2, every: Duration::from_millis(500) } }
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
    let wanted = [(limit, key)];
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
    assert!(taken >= 2 && wait <= Duration::from_millis(500), "{taken}, {wait:?}");
    tokio::time::sleep(wait).await;
    assert!(drain(&*counted.limits, Limit::Send, account(1)).await.0 >= 1);
    // Long after, there is the burst and no more.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (taken, _) = drain(&*counted.limits, Limit::Send, account(1)).await;
    assert!((2..4).contains(&taken), "{taken}");
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
        let wanted = [(Limit::Register, account(1)), (Limit::LogIn, login("ines"))];
        assert!(counted.limits.take(&wanted).await.is_err());
    }
    assert_eq!(drain(&*counted.limits, Limit::Register, account(1)).await.0, 10);
}

pub async fn the_longest_wait_is_told(counted: Counted) {
    drain(&*counted.limits, Limit::LogIn, login("ines")).await;
    drain(&*counted.limits, Limit::Register, account(1)).await;
    let wanted = [(Limit::LogIn, login("ines")), (Limit::Register, account(1))];
    let Err(Wait(wait)) = counted.limits.take(&wanted).await else { panic!("both are used up") };
    assert!(wait > Duration::from_secs(100), "{wait:?}");
}

pub async fn those_who_come_at_the_same_moment_share_a_budget(counted: Counted) {
    let wanted = [(Limit::Register, account(1))];
    let taken = join_all((0..50).map(|_| counted.limits.take(&wanted))).await;
    assert_eq!(taken.iter().filter(|taken| taken.is_ok()).count(), 10);
}
