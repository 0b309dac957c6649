use domain::ports::Topic;
use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The topics whose subscription has to be looked at, because somebody came or went. Each stands here once, however often
/// that happened, so a storm of sockets is a few long commands to Redis.
#[derive(Default)]
pub struct Marks {
    marked: Mutex<HashSet<Topic>>,
    changed: Notify,
}

impl Marks {
    pub fn mark(&self, topics: impl IntoIterator<Item = Topic>) {
        self.marked().extend(topics);
        self.changed.notify_one();
    }

    /// Returns when something was marked. Cancel safe.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// What was marked since the last look.
    pub fn take(&self) -> HashSet<Topic> {
        std::mem::take(&mut self.marked())
    }

    fn marked(&self) -> MutexGuard<'_, HashSet<Topic>> {
        self.marked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
