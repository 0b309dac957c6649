//! What several nodes share: a PostgreSQL and a Redis of their own, with a line from each node to each of them.

#[path = "../../it/support/ports.rs"]
mod ports;
#[allow(dead_code, reason = "other tests use the rest of it")]
#[path = "../../it/support/postgres.rs"]
mod postgres;
#[allow(dead_code, reason = "other tests use the rest of it")]
#[path = "../../it/support/redis.rs"]
mod redis;

use super::link::Link;
use ::redis::AsyncConnectionConfig;
use postgres::Postgres;
use redis::Redis;
use sqlx::PgConnection;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::block_in_place;

const DATABASE: &str = "postgres";

pub struct Engines {
    postgres: Postgres,
    redis: Redis,
    lines: Vec<Lines>,
}

/// From one node to what it shares with the others.
pub struct Lines {
    pub postgres: Link,
    pub redis: Link,
}

/// As long as Redis may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

impl Engines {
    pub async fn start(nodes: usize) -> Self {
        let (postgres, redis) = block_in_place(|| (Postgres::start(&[]), Redis::start()));
        let mut lines = Vec::new();
        for _ in 0..nodes {
            let (to_postgres, to_redis) = (Link::to(vec![at(postgres.port)]), Link::to(vec![at(redis.port())]));
            lines.push(Lines { postgres: to_postgres.await, redis: to_redis.await });
        }
        Self { postgres, redis, lines }
    }

    /// What a node is told of them.
    pub fn settings(&self, node: usize) -> Vec<(String, String)> {
        let Lines { postgres, redis } = &self.lines[node];
        let port = |port: u16| format!(":{port}/");
        let database = self.postgres.url(DATABASE).replace(&port(self.postgres.port), &port(postgres.addr().port()));
        let bus = format!("redis://{}", redis.addr());
        vec![("NATTER_DATABASE_URL".into(), database), ("NATTER_REDIS_URL".into(), bus)]
    }

    pub fn lines(&self, node: usize) -> &Lines {
        &self.lines[node]
    }

    /// Every line carries whatever it is given.
    pub fn calm(&self) {
        for Lines { postgres, redis } in &self.lines {
            postgres.calm();
            redis.calm();
        }
    }

    /// A connection to the database that no link is between.
    pub async fn database(&self) -> PgConnection {
        self.postgres.connect(DATABASE).await
    }

    /// Ends every connection of the nodes to the database; how many there were.
    pub async fn terminate_backends(&self) -> u64 {
        let sql = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'natter'";
        let ended = sqlx::query(sql).execute(&mut self.database().await).await;
        ended.expect("a database that runs").rows_affected()
    }

    /// Ends the database at once; its recovery is left to the next start.
    pub fn crash_postgres(&self) {
        block_in_place(|| self.postgres.crash());
    }

    /// Starts the database again; when this returns, it answers.
    pub fn restart_postgres(&self) {
        block_in_place(|| self.postgres.run());
    }

    pub fn redis(&self) -> &Redis {
        &self.redis
    }

    pub fn kill_redis(&mut self) {
        block_in_place(|| self.redis.kill());
    }

    pub fn restart_redis(&mut self) {
        block_in_place(|| self.redis.restart());
    }

    /// Cuts every connection that hears what the nodes publish; how many there were.
    pub async fn cut_subscribers(&self) -> usize {
        let client = ::redis::Client::open(self.redis.url()).expect("an address");
        // Longer than a busy machine takes; the library would give up after a second.
        let patience =
            AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE)).set_response_timeout(Some(PATIENCE));
        let mut redis =
            client.get_multiplexed_async_connection_with_config(&patience).await.expect("a Redis that runs");
        let cut = ::redis::cmd("CLIENT").arg(&["KILL", "TYPE", "pubsub"]).query_async(&mut redis).await;
        cut.expect("a Redis that runs")
    }
}

/// A server that never moves.
fn at(port: u16) -> watch::Receiver<Option<SocketAddr>> {
    watch::channel(Some(SocketAddr::from(([127, 0, 0, 1], port)))).1
}
