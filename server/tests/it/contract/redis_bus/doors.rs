//! Passwords, rights and certificates.

use super::node::{Node, change, epoch, joined, room};
use crate::support::{Redis, few_rights};
use domain::ports::{Bus, Topic};
use redis::Client;
use server::bus::redis::client;

#[tokio::test]
async fn a_password_is_used() {
    let redis = Redis::with_password("p@ss word");
    let with = |password: &str| client(&format!("redis://:{password}@127.0.0.1:{}/?db=2", redis.port())).unwrap();
    Node::at(&with("p%40ss%20word"), epoch(1)).is_connected().await;
    Node::at(&with("wrong"), epoch(1)).is_degraded().await;
}

#[tokio::test]
async fn few_rights_are_enough() {
    let redis = Redis::start();
    let address = client(&few_rights(&redis).await).unwrap();
    let (mut here, there) = (Node::at(&address, epoch(1)), Node::at(&address, epoch(1)));
    here.is_connected().await;
    there.is_connected().await;
    here.follows(&[Topic::Room(room(7)), Topic::Room(room(8))]).await;
    here.bus.unfollow(Topic::Room(room(8)));
    here.follows(&[joined(3).topic()]).await;
    there.bus.publish(joined(3));
    assert_eq!(here.next_notice().await, joined(3));
    assert_eq!((here.bus.health().reconnects(), there.bus.health().dropped()), (0, 0));
}

#[tokio::test]
async fn over_tls_only_a_trusted_redis_is_spoken_to() {
    let redis = Redis::with_tls();
    let trust = redis::TlsCertificates { client_tls: None, root_cert: Some(redis.certificate()) };
    let trusting = Client::build_with_tls(redis.url(), trust).unwrap();
    let (mut here, mut there) = (Node::at(&trusting, epoch(1)), Node::at(&trusting, epoch(1)));
    for node in [&mut here, &mut there] {
        node.is_connected().await;
        node.follows(&[Topic::Room(room(7))]).await;
    }
    here.bus.publish(change(1));
    assert_eq!(there.next_notice().await, change(1));

    let wary = Node::at(&client(&redis.url()).unwrap(), epoch(1));
    wary.is_degraded().await;
    assert!(!wary.bus.health().is_connected());
}
