use domain::ports::Clock;
use protocol::At;
use std::sync::atomic::{AtomicI64, Ordering};

/// Stands still until it is set.
pub struct FixedClock(AtomicI64);

impl FixedClock {
    pub fn new(millis: i64) -> Self {
        Self(AtomicI64::new(millis))
    }

    pub fn set(&self, millis: i64) {
        self.0.store(millis, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> At {
        At::try_from(self.0.load(Ordering::SeqCst)).unwrap()
    }
}
