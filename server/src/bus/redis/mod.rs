//! Redis, or Valkey, between the processes: a notice is delivered at home at once and published for the others.
//!
//! It carries hints only. What it loses is found in the database: by revision for a room, by asking for sessions and
//! seats for a person. So nobody ever waits for Redis, and everything here is bounded.

mod address;
mod backoff;
mod channels;
mod envelope;
mod health;
mod marks;
mod outbox;
mod publisher;
mod subscriber;

pub(crate) use address::tuned;
pub use address::{Malformed, client};
pub(crate) use backoff::Backoff;
pub use health::Health;

use super::LocalBus;
use channels::Channels;
use domain::ports::{Bus, Notice, Random, Sink, Topic};
use marks::Marks;
use outbox::Outbox;
use protocol::Epoch;
use publisher::Publisher;
use redis::{Client, RedisResult};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use subscriber::Subscriber;
use tokio::task::JoinSet;
use tokio::time;
use tokio_util::sync::CancellationToken;

/// How long connecting may take. With the longest pause of the back-off it keeps healing below 3 s (promise R14).
const CONNECT: Duration = Duration::from_secs(2);

/// How often each connection is asked for a sign of life.
const PING: Duration = Duration::from_secs(1);

/// How long an answer may take; with [`PING`], a Redis that stands still is noticed within 4 s.
const ANSWER: Duration = Duration::from_millis(2500);

/// How long closing waits for what is still to be published.
const FAREWELL: Duration = Duration::from_secs(2);

/// The bus of one process among several.
pub struct RedisBus {
    local: Arc<LocalBus>,
    marks: Arc<Marks>,
    outbox: Arc<Outbox>,
    health: Arc<Health>,
    stop: CancellationToken,
    /// The publisher and the subscriber; they end with the bus.
    tasks: Mutex<JoinSet<()>>,
}

impl RedisBus {
    /// A bus for the processes on the database of this epoch. It connects by itself, now or whenever Redis is there.
    ///
    /// # Errors
    /// Says what is wrong with the address.
    pub fn start(client: &Client, epoch: Epoch, random: Arc<dyn Random>, sink: Arc<dyn Sink>) -> RedisResult<Self> {
        let client = address::tuned(client)?;
        let (node, channels, stop) = (random.uuid(), Channels::of(epoch), CancellationToken::new());
        let (local, marks) = (Arc::new(LocalBus::new(sink.clone())), Arc::new(Marks::default()));
        let health = Arc::new(Health::default());
        let outbox = Arc::new(Outbox::new(node, health.clone()));
        let mut tasks = JoinSet::new();
        let publisher = Publisher {
            client: client.clone(),
            channels: channels.clone(),
            outbox: outbox.clone(),
            health: health.clone(),
            random: random.clone(),
            stop: stop.clone(),
        };
        tasks.spawn(publisher.run());
        let (local_bus, health_of_bus) = (local.clone(), health.clone());
        let subscriber = Subscriber {
            client,
            channels,
            node,
            local,
            marks: marks.clone(),
            sink,
            health,
            random,
            stop: stop.clone(),
        };
        tasks.spawn(subscriber.run());
        Ok(Self { local: local_bus, marks, outbox, health: health_of_bus, stop, tasks: Mutex::new(tasks) })
    }

    /// How the connections are doing, for whoever watches.
    pub fn health(&self) -> &Arc<Health> {
        &self.health
    }

    /// Publishes what still waits, if that is quick, and ends the connections.
    pub async fn close(&self) {
        self.stop.cancel();
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        if time::timeout(FAREWELL, async { while tasks.join_next().await.is_some() {} }).await.is_err() {
            tasks.shutdown().await;
        }
    }
}

impl Bus for RedisBus {
    fn publish(&self, notice: Notice) {
        self.outbox.push(&notice);
        self.local.publish(notice);
    }

    fn follow(&self, topic: Topic) {
        self.local.follow(topic);
        self.marks.mark([topic]);
    }

    fn unfollow(&self, topic: Topic) {
        self.local.unfollow(topic);
        self.marks.mark([topic]);
    }
}
