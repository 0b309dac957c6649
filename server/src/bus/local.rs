use domain::ports::{Bus, Notice, Sink, Topic};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The bus of a single process: hands every notice that is followed straight to its sink.
pub struct LocalBus {
    sink: Arc<dyn Sink>,
    /// How often each topic is followed.
    followed: Mutex<HashMap<Topic, usize>>,
}

impl LocalBus {
    pub fn new(sink: Arc<dyn Sink>) -> Self {
        Self { sink, followed: Mutex::default() }
    }

    pub fn is_followed(&self, topic: Topic) -> bool {
        self.followed().contains_key(&topic)
    }

    /// Every topic that somebody follows.
    pub fn topics(&self) -> Vec<Topic> {
        self.followed().keys().copied().collect()
    }

    fn followed(&self) -> std::sync::MutexGuard<'_, HashMap<Topic, usize>> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bus for LocalBus {
    fn publish(&self, notice: Notice) {
        if self.is_followed(notice.topic()) {
            self.sink.deliver(notice);
        }
    }

    fn follow(&self, topic: Topic) {
        *self.followed().entry(topic).or_default() += 1;
    }

    fn unfollow(&self, topic: Topic) {
        let mut followed = self.followed();
        if let Some(count) = followed.get_mut(&topic) {
            *count -= 1;
            if *count == 0 {
                followed.remove(&topic);
            }
        }
    }
}
