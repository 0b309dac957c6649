//! The contract of the limits over a real Redis, and what only limits of several nodes have to promise.

use super::limits::{Counted, account, drain, limits_contract, login, quotas};
use super::store::behaviours;
use crate::support::{Redis, few_rights};
use domain::ports::{Charge, Limit, Limits};
use protocol::Epoch;
use server::bus::redis::client;
use server::limits::RedisLimits;
use server::random::OsRandom;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::timeout;
use uuid::Uuid;

limits_contract!(crate::contract::redis_limits::limits);

pub async fn limits() -> Counted {
    let redis = Redis::start();
    Counted { limits: Arc::new(node(&redis.url(), 1).await), _ground: Box::new(redis) }
}

/// The limits of a node on the database of that epoch, connected.
async fn node(url: &str, epoch: u128) -> RedisLimits {
    let limits = unconnected(url, epoch);
    is_connected(&limits).await;
    limits
}

fn unconnected(url: &str, epoch: u128) -> RedisLimits {
    let epoch = Epoch(Uuid::from_u128(epoch));
    RedisLimits::start(&client(url).unwrap(), epoch, Arc::new(OsRandom), quotas()).unwrap()
}

async fn is_connected(limits: &RedisLimits) {
    timeout(Duration::from_secs(10), limits.connected()).await.expect("it connects");
}

async fn registered(limits: &RedisLimits, id: i64) -> usize {
    drain(limits, Limit::Register, account(id)).await.0
}

#[tokio::test]
async fn two_nodes_share_a_budget_and_two_installations_do_not() {
    let redis = Redis::start();
    let (here, there, elsewhere) =
        (node(&redis.url(), 1).await, node(&redis.url(), 1).await, node(&redis.url(), 2).await);
    for _ in 0..4 {
        here.take(&[Charge::one(Limit::Register, account(1))]).await.unwrap();
    }
    assert_eq!(registered(&there, 1).await, 6);
    assert_eq!(registered(&here, 1).await, 0);
    assert_eq!(registered(&elsewhere, 1).await, 10);
}

#[tokio::test]
async fn redis_learns_no_name_and_forgets_a_full_budget() {
    let redis = Redis::start();
    let limits = node(&redis.url(), 1).await;
    limits.take(&[Charge::one(Limit::LogIn, login("ines")), Charge::one(Limit::Send, account(1))]).await.unwrap();
    let mut asking = client(&redis.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let keys: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut asking).await.unwrap();
    assert_eq!(keys.len(), 2);
    let mut left = Vec::new();
    for key in &keys {
        assert!(key.starts_with("natter:") && !key.contains("ines") && !key.contains("192.0.2.1"), "{key}");
        left.push(redis::cmd("PTTL").arg(key).query_async::<i64>(&mut asking).await.unwrap());
    }
    left.sort_unstable();
    assert!(left[0] <= 500 && (1..=18_000).contains(&left[1]), "{left:?}");
}

#[tokio::test]
async fn without_redis_each_node_goes_on_with_what_it_has_counted() {
    let mut redis = Redis::start();
    let (here, there) = (node(&redis.url(), 1).await, node(&redis.url(), 1).await);
    for _ in 0..4 {
        here.take(&[Charge::one(Limit::Register, account(1))]).await.unwrap();
        there.take(&[Charge::one(Limit::Register, account(1))]).await.unwrap();
    }
    redis.kill();
    assert_eq!(registered(&here, 1).await, 6, "the four that it has seen are not forgotten");
    assert_eq!(registered(&there, 1).await, 6);
    assert_eq!(registered(&there, 2).await, 10);
    redis.restart();
    is_connected(&here).await;
    is_connected(&there).await;
    assert_eq!(registered(&here, 1).await, 0, "an empty Redis does not make it forget either");
    assert_eq!(registered(&here, 3).await, 10);
    assert_eq!(registered(&there, 3).await, 0, "together again");
}

#[tokio::test]
async fn a_redis_that_stands_still_holds_nobody_up_for_long() {
    let redis = Redis::start();
    let limits = node(&redis.url(), 1).await;
    redis.pause();
    let begun = Instant::now();
    assert_eq!(registered(&limits, 1).await, 10);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    redis.resume();
    is_connected(&limits).await;
}

#[tokio::test]
async fn limits_may_start_before_their_redis() {
    let mut redis = Redis::start();
    redis.kill();
    let limits = unconnected(&redis.url(), 1);
    assert_eq!(registered(&limits, 1).await, 10);
    redis.restart();
    is_connected(&limits).await;
    assert_eq!(registered(&limits, 1).await, 0);
    assert_eq!(registered(&limits, 2).await, 10);
}

#[tokio::test]
async fn few_rights_are_enough() {
    let redis = Redis::start();
    let url = few_rights(&redis).await;
    let (here, there) = (node(&url, 1).await, node(&url, 1).await);
    here.take(&[Charge::one(Limit::Register, account(1))]).await.unwrap();
    assert_eq!(registered(&there, 1).await, 9);
}

/// A clock that is set back a day does not lock anybody out for a day.
#[tokio::test]
async fn a_budget_from_the_future_counts_as_used_up_and_no_more() {
    let redis = Redis::start();
    let limits = node(&redis.url(), 1).await;
    limits.take(&[Charge::one(Limit::Send, account(1))]).await.unwrap();
    let mut asking = client(&redis.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let keys: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut asking).await.unwrap();
    redis::cmd("SET").arg(&keys).arg("9000000000000000").exec_async(&mut asking).await.unwrap();
    let (taken, wait) = drain(&limits, Limit::Send, account(1)).await;
    assert_eq!(taken, 0);
    assert!(wait <= Duration::from_millis(500), "{wait:?}");
}
