use domain::ports::Random;
use std::sync::Arc;
use std::time::Duration;
use tokio::time;

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_millis(500);

/// The pauses between attempts: each twice as long as the one before, up to half a second, and jittered, so that many
/// processes do not come back together.
pub struct Backoff {
    next: Duration,
    random: Arc<dyn Random>,
}

impl Backoff {
    pub fn new(random: Arc<dyn Random>) -> Self {
        Self { next: FIRST, random }
    }

    /// It went well: the next pause is the shortest again.
    pub fn reset(&mut self) {
        self.next = FIRST;
    }

    pub async fn wait(&mut self) {
        time::sleep(self.pause()).await;
    }

    /// Between half of the time and all of it.
    fn pause(&mut self) -> Duration {
        let whole = self.next;
        self.next = (whole * 2).min(LONGEST);
        let dice = self.random.uuid().as_bytes()[0];
        whole / 2 + whole * u32::from(dice) / 512
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::OsRandom;

    #[test]
    fn pauses_grow_to_half_a_second_and_begin_anew() {
        let mut backoff = Backoff::new(Arc::new(OsRandom));
        for whole in [50, 100, 200, 400, 500, 500] {
            let pause = backoff.pause();
            assert!((Duration::from_millis(whole / 2)..=Duration::from_millis(whole)).contains(&pause), "{pause:?}");
        }
        backoff.reset();
        assert!(backoff.pause() <= FIRST);
    }
}
