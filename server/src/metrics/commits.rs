use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;

/// What a store's writers tell of their group commits. Clones count together.
#[derive(Clone, Debug)]
pub struct Commits {
    sizes: Histogram,
    seconds: Histogram,
    stored: Counter,
    failed: Counter,
}

impl Commits {
    /// A batch of commands, of which so many have stored a message, is committed.
    pub fn committed(&self, commands: usize, messages: usize, took: Duration) {
        self.sizes.observe(commands as f64);
        self.seconds.observe(took.as_secs_f64());
        self.stored.inc_by(messages as u64);
    }

    /// A batch could not be committed.
    pub fn failed(&self) {
        self.failed.inc();
    }

    pub(super) fn registered(registry: &mut Registry) -> Self {
        let commits = Self::default();
        let help = "Commands that shared one transaction of a writer, messages above all";
        registry.register("commit_batch_size", help, commits.sizes.clone());
        let help = "From the taking of a batch to the end of its commit";
        registry.register_with_unit("commit", help, Unit::Seconds, commits.seconds.clone());
        let help = "Messages that are stored for good; one that was sent again is not counted again";
        registry.register("messages_stored", help, commits.stored.clone());
        registry.register("commit_failures", "Batches that could not be committed", commits.failed.clone());
        commits
    }
}

impl Default for Commits {
    fn default() -> Self {
        Self {
            sizes: Histogram::new(exponential_buckets(1.0, 2.0, 10)),
            seconds: Histogram::new(exponential_buckets(0.0005, 2.0, 15)),
            stored: Counter::default(),
            failed: Counter::default(),
        }
    }
}
