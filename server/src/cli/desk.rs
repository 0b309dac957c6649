//! Where the tasks of administration are done: on the server's database, beside the server, which goes on.

use crate::clock::SystemClock;
use crate::config::Config;
use crate::limits::NoLimits;
use crate::log_ins::RecordedLogIns;
use crate::metrics::{Commits, Metrics};
use crate::passwords::Argon2Passwords;
use crate::random::OsRandom;
use crate::store::{self, Database};
use anyhow::anyhow;
use domain::ports::{Bus, Notice, Topic};
use domain::{Administrator, Env, Error, access};
use std::sync::Arc;

pub struct Desk {
    pub env: Env,
    /// Whoever has the command line.
    pub by: Administrator,
    database: Arc<dyn Database>,
    origin: String,
}

impl Desk {
    /// Makes the database first where there is none.
    pub async fn open_or_create(config: &Config) -> anyhow::Result<Self> {
        let url = config.database_url();
        if !store::exists(&url).await? {
            store::open(&url, &Commits::default()).await?.close().await;
        }
        Self::open(config).await
    }

    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let database = store::open_beside(&config.database_url(), &Commits::default()).await?;
        let env = Env {
            store: database.clone(),
            bus: Arc::new(Silence),
            clock: Arc::new(SystemClock),
            random: Arc::new(OsRandom),
            passwords: Arc::new(Argon2Passwords::new()),
            limits: Arc::new(NoLimits),
            log_ins: Arc::new(RecordedLogIns::new(Arc::new(Metrics::default()))),
            uses: Arc::default(),
            registration: config.registration(),
            first_room: config.first_room.0.clone(),
            setup_code: None,
        };
        let origin = config.origin.clone().unwrap_or_else(|| format!("http://{}", config.addr));
        Ok(Self { env, by: access::operator(), database, origin })
    }

    /// The whole address of a page of the server.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Finishes what was asked for; its outcome is that of `done`.
    pub async fn close<T>(self, done: anyhow::Result<T>) -> anyhow::Result<T> {
        self.database.close().await;
        done
    }
}

/// Tells nobody: the servers read in the log of administration what was done here.
struct Silence;

impl Bus for Silence {
    fn publish(&self, _: Notice) {}
    fn follow(&self, _: Topic) {}
    fn unfollow(&self, _: Topic) {}
}

/// In words for whoever has the machine, who is told what is wrong with the database.
pub fn told(error: Error) -> anyhow::Error {
    match error {
        Error::Unavailable(cause) => anyhow!("The database has failed: {cause}"),
        error => anyhow!("{error}"),
    }
}
