//! The contract of the bus: a new adapter adds one line to its own file.

use domain::ports::{Bus, Leavers, Notice, Sink, Tell, Topic};
use protocol::{OwnState, ReadMarker, Rev, RoomId, UserId};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Runs every behaviour on a bus; `$bus` is an async function that makes a `Line` of it.
macro_rules! bus_contract {
    ($bus:path) => {
        behaviours!($bus, bus: [
            a_followed_topic_is_heard_once_and_in_order,
            what_nobody_follows_is_not_heard,
            a_topic_is_heard_until_its_last_follower_has_gone,
        ]);
    };
}
pub(crate) use bus_contract;

/// As long as a notice may take over the slowest bus.
const PATIENCE: Duration = Duration::from_secs(30);

/// Hands on what is delivered to a test.
struct Ear(mpsc::Sender<Notice>);

impl Sink for Ear {
    fn deliver(&self, notice: Notice) {
        self.0.try_send(notice).unwrap();
    }

    fn doubt(&self, _: &[Topic]) {}
}

/// A bus, and what it delivers.
pub struct Line {
    bus: Arc<dyn Bus>,
    heard: mpsc::Receiver<Notice>,
}

impl Line {
    pub fn new(make: impl FnOnce(Arc<dyn Sink>) -> Arc<dyn Bus>) -> Self {
        let (sender, heard) = mpsc::channel(64);
        Self { bus: make(Arc::new(Ear(sender))), heard }
    }

    async fn next(&mut self) -> Notice {
        timeout(PATIENCE, self.heard.recv()).await.unwrap().unwrap()
    }
}

fn room() -> RoomId {
    RoomId::try_from(7).unwrap()
}

fn change(rev: i64) -> Notice {
    let leavers = Leavers::One(UserId::try_from(3).unwrap());
    Notice::Room { room: room(), rev: Rev::try_from(rev).unwrap(), leavers, frame: format!("change {rev}") }
}

fn own() -> OwnState {
    OwnState { room: room(), rev: Rev::ZERO, read: ReadMarker::default() }
}

fn greeting(user: i64) -> Notice {
    Notice::Person { user: UserId::try_from(user).unwrap(), tell: Tell::OwnState(own()) }
}

pub async fn a_followed_topic_is_heard_once_and_in_order(mut line: Line) {
    let bus = line.bus.clone();
    bus.follow(Topic::Room(room()));
    bus.follow(Topic::Person(UserId::try_from(1).unwrap()));
    (1..=3).for_each(|rev| bus.publish(change(rev)));
    for rev in 1..=3 {
        assert_eq!(line.next().await, change(rev));
    }
    bus.publish(greeting(1));
    assert_eq!(line.next().await, greeting(1));
    assert!(line.heard.try_recv().is_err());
}

pub async fn what_nobody_follows_is_not_heard(mut line: Line) {
    let bus = line.bus.clone();
    bus.follow(Topic::Person(UserId::try_from(1).unwrap()));
    bus.publish(change(1));
    bus.publish(greeting(2));
    bus.publish(greeting(1));
    assert_eq!(line.next().await, greeting(1), "only what is followed comes, and it comes");
}

pub async fn a_topic_is_heard_until_its_last_follower_has_gone(mut line: Line) {
    let bus = line.bus.clone();
    bus.follow(Topic::Person(UserId::try_from(1).unwrap()));
    bus.follow(Topic::Room(room()));
    bus.follow(Topic::Room(room()));
    bus.unfollow(Topic::Room(room()));
    bus.publish(change(1));
    assert_eq!(line.next().await, change(1));
    bus.unfollow(Topic::Room(room()));
    bus.publish(change(2));
    bus.publish(greeting(1));
    assert_eq!(line.next().await, greeting(1));
}
