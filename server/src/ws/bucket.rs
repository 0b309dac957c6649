use tokio::time::Instant;

/// How many commands a socket may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// As many at once after a pause.
    pub burst: u32,
    /// As many each minute in the long run.
    pub per_minute: u32,
}

/// What a light frame weighs, of a command: a client that reads along and shows signs of life keeps its commands.
const LIGHT: f64 = 0.25;

/// A token bucket.
pub struct Bucket {
    rate: Rate,
    tokens: f64,
    filled: Instant,
    /// What light frames have weighed since the last that took a command.
    light: f64,
}

/// What a frame has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// There was not enough.
    Nothing,
    /// A command, of which the next light frames may take the rest.
    One,
    /// What a light frame has left of a command.
    Part,
}

impl Bucket {
    pub fn full(rate: Rate) -> Self {
        Self { rate, tokens: rate.burst.into(), filled: Instant::now(), light: 0.0 }
    }

    /// Takes what a frame weighs.
    pub fn take(&mut self, is_light: bool) -> Taken {
        let now = Instant::now();
        let refill = (now - self.filled).as_secs_f64() * f64::from(self.rate.per_minute) / 60.0;
        self.tokens = (self.tokens + refill).min(self.rate.burst.into());
        self.filled = now;
        let weight = if is_light { LIGHT } else { 1.0 };
        if self.tokens < weight {
            return Taken::Nothing;
        }
        self.tokens -= weight;
        if !is_light {
            return Taken::One;
        }
        let is_first = self.light == 0.0;
        self.light = (self.light + LIGHT) % 1.0;
        if is_first { Taken::One } else { Taken::Part }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_allowed_and_then_the_long_run() {
        let mut bucket = Bucket::full(Rate { burst: 20, per_minute: 120 });
        let mut taken = |is_light, taken| (0..100).filter(|_| bucket.take(is_light) == taken).count();
        assert_eq!(taken(false, Taken::One), 20);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(taken(false, Taken::One), 2);
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert_eq!(taken(false, Taken::One), 20);
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert_eq!(taken(true, Taken::Part), 60, "four light frames weigh as much as a command");
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert_eq!(taken(true, Taken::One), 20);
    }
}
