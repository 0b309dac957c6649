use domain::ports::Clock;
use protocol::At;
use std::time::{SystemTime, UNIX_EPOCH};

/// The time of day of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter of the clock port")]
    fn now(&self) -> At {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let millis = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        At::try_from(millis).expect("a clock before the year 287,000")
    }
}
