use domain::ports::{Bus, Notice, Topic};
use std::sync::Mutex;

/// Remembers what was published and delivers nothing.
#[derive(Default)]
pub struct RecordingBus(Mutex<Vec<Notice>>);

impl RecordingBus {
    /// What was published since the last look.
    pub fn take(&self) -> Vec<Notice> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Bus for RecordingBus {
    fn publish(&self, notice: Notice) {
        self.0.lock().unwrap().push(notice);
    }

    fn follow(&self, _: Topic) {}

    fn unfollow(&self, _: Topic) {}
}
