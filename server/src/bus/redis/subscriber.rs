use super::backoff::Backoff;
use super::channels::Channels;
use super::envelope::{self, Content};
use super::health::{Health, Line};
use super::marks::Marks;
use super::{ANSWER, CONNECT, PING};
use crate::bus::LocalBus;
use domain::ports::{Bus, Random, Sink, Topic};
use futures::future;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, PushInfo, PushKind, RedisResult, Value};
use std::collections::HashSet;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use tokio::time;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// As many channels as one command names.
const CHANNELS: usize = 1000;

/// As many commands as are on their way together.
const COMMANDS: usize = 16;

/// The one connection that hears: subscribed to the topics that are followed here, and to no others.
#[derive(Clone)]
pub struct Subscriber {
    pub client: Client,
    pub channels: Channels,
    pub node: Uuid,
    pub local: Arc<LocalBus>,
    pub marks: Arc<Marks>,
    pub sink: Arc<dyn Sink>,
    pub health: Arc<Health>,
    pub random: Arc<dyn Random>,
    pub stop: CancellationToken,
}

impl Subscriber {
    pub async fn run(self) {
        let mut pause = Backoff::new(self.random.clone());
        loop {
            let Some(Err(error)) = self.stop.run_until_cancelled(self.listen(&mut pause)).await else { return };
            self.health.down(Line::Subscriber, &error);
            if self.stop.run_until_cancelled(pause.wait()).await.is_none() {
                return;
            }
        }
    }

    /// Connects, subscribes to everything that is followed and listens until the connection is lost.
    async fn listen(&self, pause: &mut Backoff) -> RedisResult<Infallible> {
        let lost = CancellationToken::new();
        let mut connection = self.connect(lost.clone()).await?;
        let mut subscribed = HashSet::new();
        self.marks.mark(self.local.topics());
        self.settle(&connection, &mut subscribed).await?;
        self.health.up(Line::Subscriber);
        pause.reset();
        let mut ping = time::interval(PING);
        loop {
            tokio::select! {
                () = self.marks.changed() => self.settle(&connection, &mut subscribed).await?,
                _ = ping.tick() => redis::cmd("PING").exec_async(&mut connection).await?,
                () = lost.cancelled() => return Err(io::Error::from(io::ErrorKind::ConnectionReset).into()),
            }
        }
    }

    async fn connect(&self, lost: CancellationToken) -> RedisResult<MultiplexedConnection> {
        let subscriber = self.clone();
        // Runs where the connection is read, so nothing piles up in between: whoever hears too slowly is slow to read,
        // and is cut off by Redis in the end.
        let hear = move |push: PushInfo| {
            match push.kind {
                PushKind::Message => subscriber.hear(&push.data),
                PushKind::Disconnection => lost.cancel(),
                _ => {}
            }
            Ok::<_, Infallible>(())
        };
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER))
            .set_push_sender(hear);
        // The library's limit leaves out the greeting that follows the connection.
        let connecting = self.client.get_multiplexed_async_connection_with_config(&config);
        time::timeout(CONNECT, connecting).await.map_err(io::Error::from)?
    }

    /// Subscribes to what is followed and not subscribed, and the other way round, among the marked topics.
    async fn settle(&self, connection: &MultiplexedConnection, subscribed: &mut HashSet<Topic>) -> RedisResult<()> {
        let marked = self.marks.take();
        let (wanted, unwanted): (Vec<_>, Vec<_>) = marked.into_iter().partition(|topic| self.local.is_followed(*topic));
        let fresh: Vec<_> = wanted.into_iter().filter(|topic| !subscribed.contains(topic)).collect();
        for topics in fresh.chunks(CHANNELS * COMMANDS) {
            let commands = topics.chunks(CHANNELS).map(async |topics| {
                let names = self.names(topics);
                connection.clone().subscribe(names).await
            });
            future::try_join_all(commands).await?;
            subscribed.extend(topics);
            // What was published before Redis had confirmed has not come.
            self.sink.doubt(topics);
        }
        let stale: Vec<_> = unwanted.into_iter().filter(|topic| subscribed.remove(topic)).collect();
        for topics in stale.chunks(CHANNELS) {
            connection.clone().unsubscribe(self.names(topics)).await?;
        }
        Ok(())
    }

    fn names(&self, topics: &[Topic]) -> Vec<String> {
        topics.iter().map(|topic| self.channels.name(*topic)).collect()
    }

    /// Takes a message, of which Redis tells the channel and the content.
    fn hear(&self, message: &[Value]) {
        let [_, Value::BulkString(envelope)] = message else { return self.health.ignore() };
        match envelope::open(self.node, envelope) {
            Content::Notice(notice) => self.local.publish(notice),
            Content::Lost(topic) => self.sink.doubt(&[topic]),
            Content::Own => {}
            Content::Unknown => self.health.ignore(),
        }
    }
}
