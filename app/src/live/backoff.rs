/// How long to wait before the next attempt to connect: twice as long each time, and at random, so that the clients of a
/// server that restarts do not all come at once ("full jitter").
#[derive(Default)]
pub struct Backoff {
    failures: u32,
}

/// The longest pause between two attempts.
const LONGEST_MS: i32 = 15_000;

impl Backoff {
    /// The next pause in milliseconds; `random` lies in 0–1.
    pub fn pause_ms(&mut self, random: f64) -> i32 {
        let ceiling = (500 << self.failures.min(10)).min(LONGEST_MS);
        self.failures += 1;
        100 + (f64::from(ceiling) * random) as i32
    }

    /// How many attempts failed in a row.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// The connection stands.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_start_again_small() {
        let mut backoff = Backoff::default();
        let longest: Vec<_> = (0..8).map(|_| backoff.pause_ms(1.0)).collect();
        assert_eq!(longest, [600, 1100, 2100, 4100, 8100, 15_100, 15_100, 15_100]);
        backoff.reset();
        assert_eq!(backoff.pause_ms(0.0), 100);
    }
}
