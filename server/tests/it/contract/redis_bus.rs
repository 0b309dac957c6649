//! The bus contract over a real Redis, and what only a bus between processes has to promise.

mod doors;
mod faults;
mod node;

use super::bus::{Line, bus_contract};
use super::store::behaviours;
use crate::support::Redis;
use domain::ports::{Bus, Notice, Topic};
use node::{Node, change, epoch, joined, room, start};
use server::bus::RedisBus;
use server::bus::redis::client;
use std::collections::HashSet;
use std::sync::Arc;

bus_contract!(crate::contract::redis_bus::line);

/// A bus together with the server that it speaks to.
struct OverRedis(RedisBus, #[expect(dead_code, reason = "it runs as long as the bus")] Redis);

impl Bus for OverRedis {
    fn publish(&self, notice: Notice) {
        self.0.publish(notice);
    }

    fn follow(&self, topic: Topic) {
        self.0.follow(topic);
    }

    fn unfollow(&self, topic: Topic) {
        self.0.unfollow(topic);
    }
}

pub async fn line() -> Line {
    let redis = Redis::start();
    let client = client(&redis.url()).unwrap();
    Line::new(|sink| Arc::new(OverRedis(start(&client, epoch(1), sink), redis)))
}

#[tokio::test]
async fn a_notice_reaches_the_other_process_once_and_is_not_doubled_at_home() {
    let redis = Redis::start();
    let (mut here, mut there) = (Node::on(&redis).await, Node::on(&redis).await);
    let topics = [Topic::Room(room(7)), joined(3).topic()];
    here.follows(&topics).await;
    there.follows(&topics).await;
    (1..=1000).for_each(|rev| here.bus.publish(change(rev)));
    here.bus.publish(joined(3));
    for rev in 1..=1000 {
        assert_eq!(there.next_notice().await, change(rev));
        assert_eq!(here.next_notice().await, change(rev));
    }
    assert_eq!((there.next_notice().await, here.next_notice().await), (joined(3), joined(3)));
    there.bus.publish(change(1001));
    assert_eq!(here.next_notice().await, change(1001), "nothing of its own came back in between");
    assert_eq!(here.bus.health().dropped(), 0);
}

#[tokio::test]
async fn only_what_is_followed_is_subscribed() {
    let redis = Redis::start();
    let mut node = Node::on(&redis).await;
    let mut asking = client(&redis.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let topic = Topic::Room(room(7));
    node.follows(&[topic]).await;
    node.bus.follow(topic);
    node.bus.unfollow(topic);
    node.follows(&[joined(3).topic()]).await;
    let mut channels =
        async || redis::cmd("PUBSUB").arg("CHANNELS").query_async::<HashSet<String>>(&mut asking).await.unwrap();
    let prefix = format!("natter:{}:", epoch(1).0.simple());
    assert_eq!(channels().await, HashSet::from([format!("{prefix}r:7"), format!("{prefix}p:3")]));
    node.bus.unfollow(topic);
    // What is marked later is settled later.
    node.follows(&[joined(4).topic()]).await;
    node.follows(&[joined(5).topic()]).await;
    assert!(!channels().await.contains(&format!("{prefix}r:7")));
}

#[tokio::test]
async fn a_storm_of_followers_is_a_few_commands() {
    let redis = Redis::start();
    let mut node = Node::on(&redis).await;
    let topics: Vec<_> = (1..=10_000).map(|id| Topic::Room(room(id))).collect();
    node.follows(&topics).await;
    let mut asking = client(&redis.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let stats: String = redis::cmd("INFO").arg("commandstats").query_async(&mut asking).await.unwrap();
    let calls = stats.split("cmdstat_subscribe:calls=").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
    assert!(calls.parse::<u32>().unwrap() <= 40, "{calls} commands");
}

#[tokio::test]
async fn two_installations_on_one_redis_do_not_hear_each_other() {
    let redis = Redis::start();
    let client = client(&redis.url()).unwrap();
    let (mut ours, mut theirs) = (Node::at(&client, epoch(1)), Node::at(&client, epoch(2)));
    let mut ours_too = Node::at(&client, epoch(1));
    for node in [&mut ours, &mut theirs, &mut ours_too] {
        node.is_connected().await;
        node.follows(&[Topic::Room(room(7))]).await;
    }
    theirs.bus.publish(change(1));
    ours_too.bus.publish(change(2));
    assert_eq!(ours.next_notice().await, change(2));
    assert_eq!(theirs.next_notice().await, change(1));
    ours.bus.publish(change(3));
    assert_eq!(ours_too.next_notice().await, change(2));
    assert_eq!(ours_too.next_notice().await, change(3));
}

#[tokio::test]
async fn garbage_on_a_channel_is_ignored_and_counted() {
    let redis = Redis::start();
    let (mut here, there) = (Node::on(&redis).await, Node::on(&redis).await);
    here.follows(&[Topic::Room(room(7))]).await;
    let mut vandal = client(&redis.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let channel = format!("natter:{}:r:7", epoch(1).0.simple());
    let newer = [&[2][..], &[0; 16], b"{}\n"].concat();
    for garbage in [&b""[..], b"hello", &[0xff; 64], &[1; 17], &newer] {
        redis::cmd("PUBLISH").arg(&channel).arg(garbage).exec_async(&mut vandal).await.unwrap();
    }
    there.bus.publish(change(1));
    assert_eq!(here.next_notice().await, change(1));
    assert_eq!(here.bus.health().ignored(), 5);
}
