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

    /// The pause that a server asks for which goes in good order: "come back within … ms".
    /// The next failures count as any others.
    pub fn asked_ms(&mut self, reason: &str, random: f64) -> i32 {
        let asked = reason.split(' ').find_map(|word| word.parse::<i32>().ok());
        match asked.filter(|_| self.failures == 0) {
            Some(within) => {
                self.failures += 1;
                (f64::from(within.min(LONGEST_MS)) * random) as i32
            }
            None => self.pause_ms(random),
        }
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

    #[test]
    fn a_server_that_goes_says_how_long_to_wait_once() {
        let mut backoff = Backoff::default();
        assert_eq!(backoff.asked_ms("come back within 3000 ms and resume", 0.5), 1500);
        assert_eq!(backoff.asked_ms("come back within 3000 ms and resume", 1.0), 1100);
        assert_eq!(Backoff::default().asked_ms("", 1.0), 600);
        assert_eq!(Backoff::default().asked_ms("within 99999999 ms", 1.0), LONGEST_MS);
    }
}
