//! PostgreSQL and Redis for the cases of several nodes, started as the tests start them and gone with the case.

#[path = "../../server/tests/it/support/ports.rs"]
mod ports;
#[allow(dead_code, clippy::unwrap_used, reason = "made for tests")]
#[path = "../../server/tests/it/support/postgres.rs"]
mod postgres;

#[allow(dead_code, clippy::unwrap_used, reason = "made for tests")]
#[path = "../../server/tests/it/support/redis.rs"]
mod redis;

use crate::natter::{Natter, folder};
use anyhow::Result;
use postgres::Postgres;
use redis::Redis;

const DATABASE: &str = "bench";

/// What the nodes share.
pub struct Engines {
    postgres: Postgres,
    redis: Redis,
}

impl Engines {
    /// Starts both, with an empty database.
    pub async fn start() -> Result<Self> {
        let postgres = Postgres::start(&["shared_buffers=128MB"]);
        postgres.execute("postgres", &format!("create database {DATABASE}")).await;
        Ok(Self { postgres, redis: Redis::start() })
    }

    /// One more node.
    pub async fn node(&self) -> Result<Natter> {
        let database = ("NATTER_DATABASE_URL", self.postgres.url(DATABASE));
        Natter::start_with(folder()?, &[database, ("NATTER_REDIS_URL", self.redis.url())]).await
    }
}
