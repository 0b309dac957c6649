use crate::contract::postgres;
use crate::live::support::{Browser, Server};
use crate::support::Redis;
use sqlx::{Connection, PgConnection, SqliteConnection};
use tokio::sync::Mutex;

const FLAGS: [&str; 3] = ["--commands-per-minute", "60000000", "--reload"];

/// Where everybody meets: all that happens beforehand happens at the first server, and the doors are those of the last.
pub struct Ground {
    pub server: Server,
    other: Option<Server>,
    database: Mutex<Database>,
    _redis: Option<Redis>,
}

enum Database {
    File(SqliteConnection),
    Postgres(PgConnection),
}

impl Ground {
    pub async fn of_one_server() -> Self {
        let server = Server::with(&FLAGS).await;
        let url = format!("sqlite:{}", server.database().display());
        let database = Mutex::new(Database::File(SqliteConnection::connect(&url).await.unwrap()));
        Self { server, other: None, database, _redis: None }
    }

    /// Two nodes on PostgreSQL and Redis.
    pub async fn of_two_nodes() -> Self {
        let (url, redis) = (postgres::database().await, Redis::start());
        let places = ["--database-url", &url, "--redis-url", &redis.url()];
        let flags = [&FLAGS[..], &places].concat();
        let (server, other) = (Server::with(&flags).await, Server::with(&flags).await);
        let database = Mutex::new(Database::Postgres(PgConnection::connect(&url).await.unwrap()));
        Self { server, other: Some(other), database, _redis: Some(redis) }
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
        match &mut *self.database.lock().await {
            Database::File(db) => sqlx::query(sql).bind(number).execute(db).await.unwrap().rows_affected(),
            Database::Postgres(db) => sqlx::query(sql).bind(number).execute(db).await.unwrap().rows_affected(),
        }
    }

    /// The lines of text that a query finds, `$1` being a number.
    pub async fn tells(&self, sql: &'static str, number: i64) -> Vec<String> {
        match &mut *self.database.lock().await {
            Database::File(db) => sqlx::query_scalar(sql).bind(number).fetch_all(db).await.unwrap(),
            Database::Postgres(db) => sqlx::query_scalar(sql).bind(number).fetch_all(db).await.unwrap(),
        }
    }
}
