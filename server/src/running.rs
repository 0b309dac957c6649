//! A server from start to stop.

use crate::archive::{self, Schedule};
use crate::background::Background;
use crate::bus::redis::{self, Health};
use crate::bus::{LocalBus, RedisBus};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::http::{self, AccessTokens, Door, Parts, Server};
use crate::hub::{self, Hub};
use crate::limits::{LocalLimits, Metered, NoLimits, RedisLimits};
use crate::listener::{self, Connections, Listener};
use crate::log_ins::RecordedLogIns;
use crate::metrics::Metrics;
use crate::passwords::Argon2Passwords;
use crate::random::OsRandom;
use crate::secret;
use crate::store::{self, Database};
use crate::tls::Tls;
use anyhow::Context;
use axum::Router;
use domain::ports::{Bus, Limits};
use domain::registration::{self, SetupCode};
use domain::{Env, rooms, sessions};
use protocol::Epoch;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time;
use tokio_util::task::TaskTracker;

/// How often every socket is asked for a sign of life; one that is silent for two beats is closed.
const BEAT: Duration = Duration::from_secs(30);

/// How often ended sessions are swept out, and rooms that everybody has left.
const SWEEP: Duration = Duration::from_secs(3600);

/// Pause after each bite of erasing, in which others have the database's writer.
const ERASE_PAUSE: Duration = Duration::from_millis(20);

/// How often it is written down which sessions were used.
const NOTING: Duration = Duration::from_secs(1);

/// How long stopping waits for requests and sockets (promise R20 allows 10 s).
const DRAIN: Duration = Duration::from_secs(8);

/// A server that answers.
pub struct Running {
    addr: SocketAddr,
    router: Router,
    doors: Vec<Door>,
    hub: Arc<Hub>,
    env: Env,
    database: Arc<dyn Database>,
    redis: Option<Arc<RedisBus>>,
    sockets: TaskTracker,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    tls: Option<Tls>,
    chores: JoinSet<()>,
}

/// Starts a server; when this returns, it answers.
///
/// # Errors
/// One sentence that says what is in the way.
pub async fn start(config: &Config) -> anyhow::Result<Running> {
    let clock = Arc::new(SystemClock);
    let tls = Tls::open(&config.tls, &config.data, clock.clone())?;
    let metrics = Arc::new(Metrics::default());
    let database = store::open(&config.database_url(), &metrics.commits).await?;
    let epoch = database.epoch().await?;
    // A session made at one node is used at the others.
    let secret = match database.cookie_key().await? {
        Some(shared) => shared,
        None => secret::of_cookies(&config.data)?,
    };
    let hub = Arc::new(Hub::new(metrics.clone()));
    let redis = config.redis_url.as_deref().map(|url| redis_bus(url, epoch, hub.clone())).transpose()?;
    let bus: Arc<dyn Bus> = match &redis {
        Some(redis) => redis.clone(),
        None => Arc::new(LocalBus::new(hub.clone())),
    };
    #[cfg(feature = "sabotage")]
    let bus = crate::bus::sabotaged::sabotaged(bus);
    let env = Env {
        store: database.clone(),
        bus,
        clock,
        random: Arc::new(OsRandom),
        passwords: Arc::new(Argon2Passwords::new()),
        limits: Arc::new(Metered::new(limits(config, epoch)?, metrics.clone())),
        log_ins: Arc::new(RecordedLogIns::new(metrics.clone())),
        uses: Arc::default(),
        registration: config.registration(),
        first_room: config.first_room.0.clone(),
        setup_code: Some(SetupCode::new(&secret, epoch)),
    };
    let (stop, stopped) = watch::channel(false);
    let sockets = TaskTracker::new();
    let server = Server::new(Parts {
        epoch,
        build: http::client_build()?,
        env: env.clone(),
        hub: hub.clone(),
        metrics: metrics.clone(),
        database: database.clone(),
        bus: redis.as_ref().map(|redis| redis.health().clone()),
        has_metrics_address: config.metrics_addr.is_some(),
        rate: config.limits.rate(),
        origin: config.origin.clone(),
        is_tls: tls.is_some(),
        cookie_port: config.cookie_port(),
        is_for_this_machine: http::is_for_this_machine(config.addr, &config.trusted_proxies, config.origin.as_deref()),
        proxies: config.trusted_proxies.clone(),
        cors_origins: config.cors_origins.clone(),
        reload: config.reload,
        access_tokens: AccessTokens::new(&secret, config.origin.as_deref()),
        background: Background::of_requests("requests"),
        secret,
        stop: stopped.clone(),
        has_lost_upgrades: AtomicBool::new(false),
        sockets: sockets.clone(),
    });
    let (router, doors) = http::router(&server)?;
    let connections = Connections::new(config.trusted_proxies.clone());
    let listener = Listener::bind(config.addr, connections.clone())?;
    let addr = listener.addr()?;
    let listener = match &tls {
        Some(tls) => listener.encrypted(tls.acceptor()?),
        None => listener,
    };
    let mut chores = chores(hub.clone(), env.clone());
    if let Some(schedule) = Schedule::of(config) {
        let (clock, backups) = (env.clock.clone(), metrics.backups.clone());
        let background = Background::of_chores("backups");
        chores.spawn(async move { background.run(archive::keep_up(schedule, clock, backups)).await });
    }
    if let Some(renewal) = tls.as_ref().and_then(Tls::renewal) {
        chores.spawn(renewal);
    }
    if let Some(addr) = config.metrics_addr {
        let (listener, router) = (Listener::bind(addr, connections.clone())?, http::metrics_router(&server));
        chores.spawn(listener.serve(router, stopped.clone()));
    }
    if let Some(plain) = config.tls.http_redirect {
        let (listener, router) =
            (Listener::bind(plain, connections)?, listener::to_https(config.origin.clone(), addr.port()));
        chores.spawn(listener.serve(router, stopped.clone()));
    }
    let serving = tokio::spawn(listener.serve(router.clone(), stopped));
    Ok(Running { addr, router, doors, hub, env, database, redis, sockets, stop, serving, tls, chores })
}

impl Running {
    /// Where it answers; the port is the one that was given when 0 was asked for.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What answers, for whoever asks within the process.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Every way in, for whoever wants to try them all.
    pub fn doors(&self) -> &[Door] {
        &self.doors
    }

    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// What the first account is made with, as long as there is none.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn setup_code(&self) -> anyhow::Result<Option<SetupCode>> {
        Ok(registration::setup_code(&self.env).await?.cloned())
    }

    /// Whether it speaks https itself.
    pub fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Reads again what may change without a restart: the certificate.
    pub fn reload(&self) {
        match &self.tls {
            Some(tls) => tls.reload(),
            None => tracing::info!("There is no certificate to be read again; other settings need a restart"),
        }
    }

    /// How the bus between the nodes is doing; `None` when there is one node only.
    pub fn bus_health(&self) -> Option<&Arc<Health>> {
        self.redis.as_ref().map(|redis| redis.health())
    }

    /// Lets nobody new in, tells every socket to come back, finishes what is under way and closes the database.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        self.hub.drain();
        self.sockets.close();
        let drained = time::timeout(DRAIN, async {
            self.sockets.wait().await;
            let _ = (&mut self.serving).await;
        });
        if drained.await.is_err() {
            tracing::warn!("Some connections were still open at the end");
            self.serving.abort();
        }
        self.chores.shutdown().await;
        if let Err(error) = sessions::keep_uses(&self.env).await {
            tracing::warn!(%error, "Which sessions were used last is not kept");
        }
        if let Some(redis) = self.redis {
            redis.close().await;
        }
        self.database.close().await;
    }
}

/// The bus over Redis, which need not be there yet.
fn redis_bus(url: &str, epoch: Epoch, hub: Arc<Hub>) -> anyhow::Result<Arc<RedisBus>> {
    let client = redis::client(url).context("NATTER_REDIS_URL is not understood")?;
    let bus = RedisBus::start(&client, epoch, Arc::new(OsRandom), hub);
    Ok(Arc::new(bus.context("Redis cannot be used as NATTER_REDIS_URL says")?))
}

/// Who counts what is limited: all nodes together where there are several.
fn limits(config: &Config, epoch: Epoch) -> anyhow::Result<Arc<dyn Limits>> {
    let Some(quotas) = config.limits.quotas() else { return Ok(Arc::new(NoLimits)) };
    let Some(url) = config.redis_url.as_deref() else { return Ok(Arc::new(LocalLimits::new(quotas))) };
    let client = redis::client(url).context("NATTER_REDIS_URL is not understood")?;
    let limits = RedisLimits::start(&client, epoch, Arc::new(OsRandom), quotas);
    Ok(Arc::new(limits.context("Redis cannot be used as NATTER_REDIS_URL says")?))
}

/// What goes on beside the requests until the server stops.
fn chores(hub: Arc<Hub>, env: Env) -> JoinSet<()> {
    let mut chores = JoinSet::new();
    chores.spawn(hub::mend(hub.clone(), env.clone()));
    chores.spawn(hub::pump(hub.clone(), env.bus.clone()));
    chores.spawn(hub::usher(hub.clone(), env.clone()));
    chores.spawn(hub::herald(hub.clone(), env.clone()));
    chores.spawn(async move {
        let mut beat = time::interval_at(time::Instant::now() + BEAT, BEAT);
        loop {
            beat.tick().await;
            hub.beat();
        }
    });
    chores.spawn(note_uses(env.clone()));
    chores.spawn(async move {
        let mut sweep = time::interval(SWEEP);
        loop {
            sweep.tick().await;
            if let Err(error) = sessions::sweep(&env).await {
                tracing::warn!(%error, "Ended sessions could not be swept out; trying again in an hour");
            }
            if let Err(error) = erase_rooms(&env).await {
                tracing::warn!(%error, "Rooms without members could not be erased; trying again in an hour");
            }
        }
    });
    chores
}

/// Erases what rooms have left behind, in bites between which others have the database to themselves.
async fn erase_rooms(env: &Env) -> Result<(), domain::Error> {
    while !rooms::erase(env).await? {
        time::sleep(ERASE_PAUSE).await;
    }
    Ok(())
}

async fn note_uses(env: Env) {
    let mut noting = time::interval(NOTING);
    noting.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    loop {
        noting.tick().await;
        if let Err(error) = sessions::keep_uses(&env).await {
            tracing::debug!(%error, "Which sessions were used is noted with their next use");
        }
    }
}
