use super::{Draw, LocalLimits};
use crate::bus::redis::{Backoff, tuned};
use async_trait::async_trait;
use domain::ports::{Charge, Key, Limit, Limits, Quotas, Random, Wait};
use protocol::Epoch;
use redis::aio::MultiplexedConnection;
use redis::{Client, RedisResult};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How long somebody may be kept waiting by Redis.
const ANSWER: Duration = Duration::from_millis(200);

/// How long connecting may take; nobody waits for it.
const CONNECT: Duration = Duration::from_secs(2);

/// One round trip, by the clock of Redis, and with nothing in between.
const TAKE: &str = include_str!("take.lua");
const GIVE_BACK: &str = include_str!("give_back.lua");

/// Counts what happens at all nodes of one database, by one connection that serves nothing else.
///
/// What is allowed is counted in the process too: for the time when Redis is away, and so that whoever goes on hammering
/// reaches Redis no more.
pub struct RedisLimits {
    local: LocalLimits,
    line: Arc<Line>,
    prefix: String,
    is_shared: AtomicBool,
    /// Connects, again and again; it ends with this value.
    _keeper: JoinSet<()>,
}

/// The connection; `None` while there is none that works.
type Line = watch::Sender<Option<MultiplexedConnection>>;

impl RedisLimits {
    /// Counts for the nodes on the database of this epoch. It connects by itself, now or whenever Redis is there.
    ///
    /// # Errors
    /// Says what is wrong with the address.
    pub fn start(client: &Client, epoch: Epoch, random: Arc<dyn Random>, quotas: Quotas) -> RedisResult<Self> {
        let (client, line) = (tuned(client)?, Arc::new(Line::new(None)));
        let mut keeper = JoinSet::new();
        keeper.spawn(keep(client, line.clone(), Backoff::new(random)));
        let prefix = format!("natter:{}:limit:", epoch.0.simple());
        Ok(Self { local: LocalLimits::new(quotas), line, prefix, is_shared: AtomicBool::new(true), _keeper: keeper })
    }

    /// Returns when there is a connection.
    pub async fn connected(&self) {
        // The sender lives as long as this.
        let _ = self.line.subscribe().wait_for(Option::is_some).await;
    }

    /// What Redis says; `None` when it says nothing.
    async fn ask(&self, script: &str, draws: &[Draw]) -> Option<Result<(), Wait>> {
        let mut connection = self.line.borrow().clone()?;
        let asked = timeout(ANSWER, self.command(script, draws).query_async(&mut connection)).await;
        match asked.map_err(std::io::Error::from).map_err(Into::into).flatten() {
            Ok(wait) => {
                if !self.is_shared.swap(true, Ordering::Relaxed) {
                    tracing::info!("Rate limits are counted by all nodes together again");
                }
                Some(answer(wait))
            }
            Err(error) => {
                self.line.send_replace(None);
                self.lost(&error);
                None
            }
        }
    }

    fn command(&self, script: &str, draws: &[Draw]) -> redis::Cmd {
        let mut command = redis::cmd("EVAL");
        command.arg(script).arg(draws.len());
        command.arg(draws.iter().map(|draw| self.name(draw)).collect::<Vec<_>>());
        for draw in draws {
            command.arg(micros(draw.cost())).arg(micros(draw.slack()));
        }
        command
    }

    fn name(&self, draw: &Draw) -> String {
        self.prefix.clone() + &hex::encode(draw.budget)
    }

    fn lost(&self, error: &redis::RedisError) {
        if self.is_shared.swap(false, Ordering::Relaxed) {
            tracing::warn!(%error, "Redis does not count for the rate limits; each node counts for itself");
        }
    }
}

#[async_trait]
impl Limits for RedisLimits {
    async fn take(&self, charges: &[Charge]) -> Result<(), Wait> {
        let draws = self.local.draws(charges);
        self.local.budgets().ask(&draws)?;
        let Some(answer) = self.ask(TAKE, &draws).await else { return self.local.budgets().take(&draws) };
        if answer.is_ok() {
            self.local.budgets().note(&draws);
        }
        answer
    }

    async fn give_back(&self, charges: &[Charge]) {
        let draws = self.local.draws(charges);
        self.local.budgets().give_back(&draws);
        // While Redis is away, its budgets fill by themselves.
        let _ = self.ask(GIVE_BACK, &draws).await;
    }

    fn take_here(&self, limit: Limit, key: Key) -> Result<(), Wait> {
        self.local.take_here(limit, key)
    }

    fn give_back_here(&self, limit: Limit, key: Key) {
        self.local.give_back_here(limit, key);
    }
}

/// Connects as soon as there is no connection.
async fn keep(client: Client, line: Arc<Line>, mut pause: Backoff) {
    let mut watched = line.subscribe();
    loop {
        if let Ok(Ok(connection)) = timeout(CONNECT, client.get_multiplexed_async_connection()).await {
            line.send_replace(Some(connection));
            // The sender is held above.
            let _ = watched.wait_for(Option::is_none).await;
        }
        pause.wait().await;
    }
}

fn answer(micros: u64) -> Result<(), Wait> {
    if micros == 0 { Ok(()) } else { Err(Wait(Duration::from_micros(micros))) }
}

fn micros(time: Duration) -> u64 {
    time.as_micros().try_into().unwrap_or(u64::MAX)
}
