//! What the server counts for whoever watches it; `docs/operations.md` says what each means.
//!
//! Counting costs an atomic or two. What is only looked at, such as a queue's length, is asked for when somebody does.

mod backups;
mod charges;
mod commits;
mod counters;
mod labels;

pub use backups::Backups;
pub use commits::Commits;
pub use labels::{BudgetOutcome, Outcome, Purpose};

use crate::bus::redis::Health;
use axum::http::StatusCode;
use charges::Charges;
use counters::Counters;
use domain::ports::{Limit, LogInOutcome};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Metric, Registry};
use protocol::close;
use std::sync::atomic::Ordering;

/// The type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Every close code that the server sends; 1006 for a line that broke,
const CODES: [u16; 13] = [
    close::PROTOCOL,
    close::UNSUPPORTED,
    NO_CODE,
    crate::hub::BROKEN,
    close::BAD_UTF8,
    close::TOO_LARGE,
    close::RESTART,
    close::LOGGED_OUT,
    close::ROOM_GONE,
    close::TOO_FAST,
    close::TOO_SLOW,
    close::SILENT,
    close::TOO_MANY,
];
/// and this one for clients that went by themselves (RFC 6455, 7.1.5).
const NO_CODE: u16 = 1005;

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// All counters of a process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    pub commits: Commits,
    pub backups: Backups,
    /// One for each change of a room and socket.
    pub deliveries: Counter,
    /// One for each time that a room was behind the database.
    pub gaps: Counter,
    resumes: Counters<&'static str>,
    reads: Counters<&'static str>,
    closes: Counters<u16>,
    requests: Counters<&'static str>,
    charges: Charges,
    log_ins: Counters<&'static str>,
    looks: Looks,
}

/// How things stand at this moment.
pub struct Standing<'a> {
    pub sockets: usize,
    /// Commands that wait for the store's writers.
    pub waiting: usize,
    pub is_database_up: bool,
    /// `None` when there is one node only.
    pub bus: Option<&'a Health>,
}

/// What is asked for at each look.
#[derive(Debug)]
struct Looks {
    sockets: Gauge,
    waiting: Gauge,
    database: Gauge,
    bus: Gauge,
    dropped: Counter,
    reconnects: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("natter");
        let all = &mut registry;
        all.register("build", "The version that runs", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        let help = "Changes of rooms written live to sockets: one for each change and socket";
        let deliveries = registered(all, "deliveries", help, Counter::default());
        let help = "Times that a room was found behind the database, after the bus had lost or held up a change";
        let gaps = registered(all, "room_gaps", help, Counter::default());
        let resumes = Counters::of("outcome", Outcome::ALL.map(Outcome::name));
        let help = "Rooms brought up to date for clients that came back, by how";
        let resumes = resumes.registered(all, "resumes", help);
        let reads = Counters::of("purpose", Purpose::ALL.map(Purpose::name));
        let help = "Reads of a room from the database for sockets, by what for";
        let reads = reads.registered(all, "room_reads", help);
        let closes = Counters::of("code", CODES);
        let closes = closes.registered(all, "closes", "Sockets that have ended, by close code");
        let requests = Counters::of("status", CLASSES);
        let requests = requests.registered(all, "http_requests", "Requests answered, by class of status");
        let charges = Charges::registered(all);
        let log_ins = Counters::of("outcome", LogInOutcome::ALL.map(LogInOutcome::name));
        let log_ins = log_ins.registered(all, "log_ins", "Tries of a password, by outcome");
        let (commits, backups, looks) = (Commits::registered(all), Backups::registered(all), Looks::registered(all));
        Self { registry, commits, backups, deliveries, gaps, resumes, reads, closes, requests, charges, log_ins, looks }
    }
}

impl Metrics {
    /// A room was brought up to date.
    pub fn resumed(&self, outcome: Outcome) {
        self.resumes.add(outcome.name(), 1);
    }

    /// So many rooms were read from the database.
    pub fn read(&self, purpose: Purpose, rooms: usize) {
        self.reads.add(purpose.name(), rooms);
    }

    /// A socket has ended; without a code when the client went by itself.
    pub fn closed(&self, code: Option<u16>) {
        self.closes.add(code.unwrap_or(NO_CODE), 1);
    }

    /// A request was answered.
    pub fn answered(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100);
        self.requests.add(CLASSES[class.clamp(1, CLASSES.len()) - 1], 1);
    }

    /// Something was to be taken from a budget.
    pub fn charged(&self, limit: Limit, outcome: BudgetOutcome) {
        self.charges.add(limit, outcome);
    }

    /// Somebody has tried a password.
    pub fn logged_in(&self, outcome: LogInOutcome) {
        self.log_ins.add(outcome.name(), 1);
    }

    /// Everything as OpenMetrics text.
    pub fn text(&self, standing: &Standing<'_>) -> String {
        self.looks.set(standing);
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("a String takes every text");
        text
    }
}

impl Looks {
    fn registered(all: &mut Registry) -> Self {
        let database = "Whether the database answers within a second";
        let bus = "Whether events go between the nodes; always 1 without NATTER_REDIS_URL";
        let dropped = "Notices that were not published, because Redis was away or too slow";
        let reconnects = "Times that a connection to Redis was made again after a loss";
        Self {
            sockets: registered(all, "sockets", "Sockets that are open", Gauge::default()),
            waiting: registered(all, "writer_queue_depth", "Commands that wait for the writers", Gauge::default()),
            database: registered(all, "database_up", database, Gauge::default()),
            bus: registered(all, "bus_up", bus, Gauge::default()),
            dropped: registered(all, "bus_dropped", dropped, Counter::default()),
            reconnects: registered(all, "bus_reconnects", reconnects, Counter::default()),
        }
    }

    fn set(&self, standing: &Standing<'_>) {
        self.sockets.set(standing.sockets as i64);
        self.waiting.set(standing.waiting as i64);
        self.database.set(standing.is_database_up.into());
        self.bus.set(standing.bus.is_none_or(Health::is_connected).into());
        // Two who look at once may come here in either order, and a counter never goes back.
        self.dropped.inner().fetch_max(standing.bus.map_or(0, Health::dropped), Ordering::Relaxed);
        self.reconnects.inner().fetch_max(standing.bus.map_or(0, Health::reconnects), Ordering::Relaxed);
    }
}

fn registered<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}
