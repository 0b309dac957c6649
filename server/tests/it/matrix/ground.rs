use crate::contract::postgres;
use crate::live::support::{Browser, Server};
use crate::support::Redis;
use sqlx::{Connection, PgConnection, SqliteConnection};

const FLAGS: [&str; 3] = ["--commands-per-minute", "60000000", "--reload"];

/// Where everybody meets: all that happens beforehand happens at the first server, and the doors are those of the last.
pub struct Ground {
    pub server: Server,
    other: Option<Server>,
    database_url: Option<String>,
    _redis: Option<Redis>,
}

impl Ground {
    pub async fn of_one_server() -> Self {
        Self { server: Server::with(&FLAGS).await, other: None, database_url: None, _redis: None }
    }

    /// Two nodes on PostgreSQL and Redis.
    pub async fn of_two_nodes() -> Self {
        let (url, redis) = (postgres::database().await, Redis::start());
        let places = ["--database-url", &url, "--redis-url", &redis.url()];
        let flags = [&FLAGS[..], &places].concat();
        let (server, other) = (Server::with(&flags).await, Server::with(&flags).await);
        Self { server, other: Some(other), database_url: Some(url), _redis: Some(redis) }
    }

    /// The same browser before the doors.
    pub fn leads(&self, browser: Browser) -> Browser {
        match &self.other {
            Some(other) => browser.towards(other.addr()),
            None => browser,
        }
    }

    /// Changes rows by hand, `$1` being a number; how many.
    pub async fn changes(&self, sql: &'static str, number: i64) -> u64 {
        match &self.database_url {
            Some(url) => {
                let mut db = PgConnection::connect(url).await.unwrap();
                sqlx::query(sql).bind(number).execute(&mut db).await.unwrap().rows_affected()
            }
            None => {
                let mut db = self.file().await;
                sqlx::query(sql).bind(number).execute(&mut db).await.unwrap().rows_affected()
            }
        }
    }

    pub async fn counts(&self, sql: &'static str) -> i64 {
        match &self.database_url {
            Some(url) => {
                let mut db = PgConnection::connect(url).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&mut db).await.unwrap()
            }
            None => sqlx::query_scalar(sql).fetch_one(&mut self.file().await).await.unwrap(),
        }
    }

    async fn file(&self) -> SqliteConnection {
        SqliteConnection::connect(&format!("sqlite:{}", self.server.database().display())).await.unwrap()
    }
}
