//! Redis comes and goes, and so does the bus.

use super::node::{Node, PATIENCE, change, epoch, joined, room};
use crate::support::Redis;
use domain::ports::{Bus, Topic};
use server::bus::redis::client;
use std::time::{Duration, Instant};
use tokio::time::timeout;

#[tokio::test]
async fn after_a_restart_of_redis_everything_is_subscribed_again_and_in_doubt() {
    let mut redis = Redis::start();
    let (mut here, mut there) = (Node::on(&redis).await, Node::on(&redis).await);
    let topics = [Topic::Room(room(7)), joined(3).topic()];
    here.follows(&topics).await;
    there.follows(&topics).await;
    redis.kill();
    here.is_degraded().await;
    there.is_degraded().await;
    assert!(here.bus.health().trouble().unwrap().starts_with("Redis is away"));
    here.bus.publish(change(1));
    assert_eq!(here.next_notice().await, change(1), "at home nothing is missed");
    redis.restart();
    let healing = Instant::now();
    there.doubts(topics).await;
    here.is_connected().await;
    there.is_connected().await;
    assert!(healing.elapsed() < Duration::from_secs(3), "{:?}", healing.elapsed());
    assert_eq!((here.bus.health().dropped(), here.bus.health().reconnects()), (1, 2));
    here.doubts(topics).await;
    here.bus.publish(change(2));
    assert_eq!(there.next_notice().await, change(2));
}

#[tokio::test]
async fn a_redis_that_stands_still_is_noticed_and_holds_nobody_up() {
    let redis = Redis::start();
    let (mut here, mut there) = (Node::on(&redis).await, Node::on(&redis).await);
    let topics = [Topic::Room(room(7))];
    here.follows(&topics).await;
    there.follows(&topics).await;
    redis.pause();
    let pausing = Instant::now();
    (1..=4000).for_each(|rev| here.bus.publish(change(rev)));
    assert!(pausing.elapsed() < Duration::from_secs(1), "{:?}", pausing.elapsed());
    here.is_degraded().await;
    there.is_degraded().await;
    assert!(pausing.elapsed() < Duration::from_secs(5), "{:?}", pausing.elapsed());
    assert!(here.bus.health().trouble().unwrap().starts_with("Redis answers too slowly"));
    for rev in 1..=4000 {
        assert_eq!(here.next_notice().await, change(rev));
    }
    redis.resume();
    here.is_connected().await;
    there.is_connected().await;
    assert_eq!(here.bus.health().trouble(), None);
    there.doubts(topics).await;
    here.bus.publish(change(4001));
    while there.next_notice().await != change(4001) {}
}

#[tokio::test]
async fn the_others_are_told_what_could_not_be_published() {
    let redis = Redis::start();
    let (here, mut there) = (Node::on(&redis).await, Node::on(&redis).await);
    let topic = Topic::Room(room(7));
    there.follows(&[topic]).await;
    let mut asking = client(&redis.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    // Only those who write are cut off and held up; who is subscribed notices nothing.
    redis::cmd("CLIENT").arg("PAUSE").arg(4000).arg("WRITE").exec_async(&mut asking).await.unwrap();
    here.bus.publish(change(1));
    here.is_degraded().await;
    assert!(there.bus.health().reconnects() == 0);
    there.doubts([topic]).await;
    assert!(here.bus.health().dropped() >= 1);
}

#[tokio::test]
async fn closing_publishes_what_waits_and_ends_the_connections() {
    let redis = Redis::start();
    let (here, mut there) = (Node::on(&redis).await, Node::on(&redis).await);
    there.follows(&[Topic::Room(room(7))]).await;
    (1..=2000).for_each(|rev| here.bus.publish(change(rev)));
    here.bus.close().await;
    for rev in 1..=2000 {
        assert_eq!(there.next_notice().await, change(rev));
    }
    there.bus.close().await;
    let mut asking = client(&redis.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let alone = async {
        loop {
            let list: String = redis::cmd("CLIENT").arg("LIST").query_async(&mut asking).await.unwrap();
            if list.lines().count() == 1 {
                return;
            }
        }
    };
    timeout(PATIENCE, alone).await.expect("the connections end");
}

#[tokio::test]
async fn a_bus_may_start_before_its_redis() {
    let mut redis = Redis::start();
    redis.kill();
    let mut node = Node::at(&client(&redis.url()).unwrap(), epoch(1));
    node.bus.follow(Topic::Room(room(7)));
    node.is_degraded().await;
    assert!(!node.bus.health().is_connected());
    node.bus.publish(change(1));
    assert_eq!(node.next_notice().await, change(1));
    redis.restart();
    node.is_connected().await;
    node.doubts([Topic::Room(room(7))]).await;
}
