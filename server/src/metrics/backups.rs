use super::counters::Counters;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use protocol::At;
use std::sync::Arc;

const MADE: &str = "made";
const FAILED: &str = "failed";

/// What the server tells of the backups that it makes by itself. Clones count together.
#[derive(Clone, Debug)]
pub struct Backups {
    outcomes: Arc<Counters<&'static str>>,
    newest: Gauge,
}

impl Backups {
    /// There is one of this moment, be it made just now or before the start.
    pub fn stands(&self, at: At) {
        self.newest.set(at.get() / 1000);
    }

    pub fn made(&self) {
        self.outcomes.add(MADE, 1);
    }

    pub fn failed(&self) {
        self.outcomes.add(FAILED, 1);
    }

    pub(super) fn registered(registry: &mut Registry) -> Self {
        let outcomes = Counters::of("outcome", [MADE, FAILED]);
        let outcomes = outcomes.registered(registry, "backups", "Backups by NATTER_BACKUP_DIR, by outcome");
        let newest = Gauge::default();
        let help = "When the newest backup in NATTER_BACKUP_DIR was begun, since 1970";
        registry.register_with_unit("backup_newest", help, Unit::Seconds, newest.clone());
        Self { outcomes: Arc::new(outcomes), newest }
    }
}
