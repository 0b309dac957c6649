//! Processes of a test, as far as the bus is concerned.

use crate::support::Redis;
use domain::ports::{Bus, Leavers, Notice, Sink, Tell, Topic};
use protocol::{Epoch, Rev, RoomId, UserId};
use redis::Client;
use server::bus::RedisBus;
use server::bus::redis::client;
use server::random::OsRandom;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// As long as anything may take; a Redis that stands still is noticed within 5 s.
pub const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    Notice(Notice),
    Doubt(HashSet<Topic>),
}

struct Ear(mpsc::Sender<Heard>);

impl Sink for Ear {
    fn deliver(&self, notice: Notice) {
        self.0.try_send(Heard::Notice(notice)).unwrap();
    }

    fn doubt(&self, topics: &[Topic]) {
        self.0.try_send(Heard::Doubt(topics.iter().copied().collect())).unwrap();
    }
}

/// A process with a bus, and what its hub would hear.
pub struct Node {
    pub bus: RedisBus,
    heard: mpsc::Receiver<Heard>,
}

impl Node {
    pub fn at(client: &Client, epoch: Epoch) -> Self {
        let (sender, heard) = mpsc::channel(4096);
        Self { bus: start(client, epoch, Arc::new(Ear(sender))), heard }
    }

    pub async fn on(redis: &Redis) -> Self {
        let node = Self::at(&client(&redis.url()).unwrap(), epoch(1));
        node.is_connected().await;
        node
    }

    pub async fn is_connected(&self) {
        timeout(PATIENCE, self.bus.health().connected()).await.expect("it connects");
    }

    pub async fn is_degraded(&self) {
        timeout(PATIENCE, self.bus.health().degraded()).await.expect("it notices");
    }

    async fn next(&mut self) -> Heard {
        timeout(PATIENCE, self.heard.recv()).await.expect("something is heard").unwrap()
    }

    pub async fn next_notice(&mut self) -> Notice {
        loop {
            if let Heard::Notice(notice) = self.next().await {
                return notice;
            }
        }
    }

    /// Waits until all of these have been in doubt, as they are when Redis has confirmed them.
    pub async fn doubts(&mut self, topics: impl IntoIterator<Item = Topic>) {
        let mut awaited: HashSet<_> = topics.into_iter().collect();
        while !awaited.is_empty() {
            if let Heard::Doubt(doubted) = self.next().await {
                awaited.retain(|topic| !doubted.contains(topic));
            }
        }
    }

    pub async fn follows(&mut self, topics: &[Topic]) {
        topics.iter().for_each(|topic| self.bus.follow(*topic));
        self.doubts(topics.iter().copied()).await;
    }
}

pub fn room(id: i64) -> RoomId {
    RoomId::try_from(id).unwrap()
}

pub fn change(rev: i64) -> Notice {
    Notice::Room {
        room: room(7),
        rev: Rev::try_from(rev).unwrap(),
        leavers: Leavers::Nobody,
        frame: format!("change {rev}"),
    }
}

pub fn joined(user: i64) -> Notice {
    Notice::Person { user: UserId::try_from(user).unwrap(), tell: Tell::Joined(room(7)) }
}

pub fn start(client: &Client, epoch: Epoch, sink: Arc<dyn Sink>) -> RedisBus {
    RedisBus::start(client, epoch, Arc::new(OsRandom), sink).unwrap()
}

pub fn epoch(number: u128) -> Epoch {
    Epoch(uuid::Uuid::from_u128(number))
}
