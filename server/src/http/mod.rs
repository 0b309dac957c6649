//! HTTP: pages, forms, assets, health and the door to the sockets.

mod aside;
mod assets;
mod bearer;
mod budgets;
mod compressed;
mod doors;
mod forms;
mod gate;
mod headers;
mod local;
mod monitor;
mod notice;
mod pages;
mod peer;
mod refusal;
mod request_id;
mod router;
mod sessions;
mod visitor;

pub use assets::build as client_build;
pub use bearer::{AccessTokens, LIFETIME_S};
pub use doors::Door;
pub(crate) use doors::Doors;
pub use forms::{FORM_BYTES, PASSWORD_FORM_BYTES};
pub use gate::Gate;
pub use headers::STATIC_PAGE;
pub use local::{IsLocal, is_for_this_machine};
pub use monitor::metrics_router;
pub use peer::{Network, Peer, is_trusted};
pub use refusal::refuse;
use refusal::retry_after;
pub use router::router;
pub use visitor::{AtTheSocket, Visitor};

use crate::background::Background;
use crate::bus::redis::Health;
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::store::Database;
use crate::ws::{Rate, STRIPPED};
use domain::Env;
use protocol::Epoch;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

/// What every request can reach.
#[derive(Clone)]
pub struct Server(Arc<Parts>);

pub struct Parts {
    pub env: Env,
    pub hub: Arc<Hub>,
    pub metrics: Arc<Metrics>,
    /// The store of `env`, for whoever asks how it is.
    pub database: Arc<dyn Database>,
    /// How the bus between the nodes is doing; `None` when there is one node only.
    pub bus: Option<Arc<Health>>,
    pub epoch: Epoch,
    /// Which client the pages load.
    pub build: String,
    /// How many commands a socket may send.
    pub rate: Rate,
    /// The address that browsers use, such as `https://chat.example.org`; unset: whatever `Host` they name.
    pub origin: Option<String>,
    /// The server speaks https itself, and nothing else.
    pub is_tls: bool,
    /// Stands in the names of cookies, where another server on this host may have some.
    pub cookie_port: Option<u16>,
    /// Nothing in the configuration says that others reach it.
    pub is_for_this_machine: bool,
    /// Whose word about the addresses of others is taken.
    pub proxies: Vec<Network>,
    /// The origins of other sites whose pages may use the API.
    pub cors_origins: Vec<String>,
    /// Open pages load again when the server has restarted.
    pub reload: bool,
    /// The metrics are told there, and nowhere else.
    pub has_metrics_address: bool,
    pub access_tokens: AccessTokens,
    /// Where pages, forms and the API are answered; sockets are served before them.
    pub background: Background,
    /// Signs the session cookies; 64 bytes.
    pub secret: Vec<u8>,
    /// Turns true when the server is to stop.
    pub stop: watch::Receiver<bool>,
    /// A socket came without what upgrades it: a proxy does not pass that on.
    pub has_lost_upgrades: AtomicBool,
    /// Counts the sockets, so that stopping can wait for them.
    pub sockets: TaskTracker,
}

impl Server {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// New sockets are no longer let in.
    pub fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Whether browsers reach the server by https.
    pub fn is_secure(&self) -> bool {
        self.is_tls || self.origin.as_deref().is_some_and(|origin| origin.starts_with("https://"))
    }

    /// What the names of the session cookie and of those beside it begin with.
    pub fn cookie_name(&self) -> String {
        let name = if self.is_secure() { "__Host-natter" } else { "natter" };
        self.cookie_port.map_or_else(|| name.to_owned(), |port| format!("{name}-{port}"))
    }

    /// What the administrators should know about the surroundings, a sentence each.
    pub fn troubles(&self) -> Vec<&'static str> {
        let of_bus = self.bus.as_deref().and_then(Health::trouble);
        let of_proxy = self.has_lost_upgrades.load(Ordering::Relaxed).then_some(STRIPPED);
        of_bus.into_iter().chain(of_proxy).collect()
    }

    /// How it is reached where no origin is configured.
    pub fn scheme(&self) -> &'static str {
        if self.is_tls { "https" } else { "http" }
    }
}

impl Deref for Server {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
