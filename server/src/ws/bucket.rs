use tokio::time::Instant;

/// How many commands a socket may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// As many at once after a pause.
    pub burst: u32,
    /// As many each minute in the long run.
    pub per_minute: u32,
}

/// A token bucket.
pub struct Bucket {
    rate: Rate,
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    pub fn full(rate: Rate) -> Self {
        Self { rate, tokens: rate.burst.into(), filled: Instant::now() }
    }

    /// Takes a token; false when there is none.
    pub fn take(&mut self) -> bool {
        let now = Instant::now();
        let refill = (now - self.filled).as_secs_f64() * f64::from(self.rate.per_minute) / 60.0;
        self.tokens = (self.tokens + refill).min(self.rate.burst.into());
        self.filled = now;
        let has_one = self.tokens >= 1.0;
        if has_one {
            self.tokens -= 1.0;
        }
        has_one
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_allowed_and_then_the_long_run() {
        let mut bucket = Bucket::full(Rate { burst: 20, per_minute: 120 });
        assert_eq!((0..30).filter(|_| bucket.take()).count(), 20);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!((0..30).filter(|_| bucket.take()).count(), 2);
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert_eq!((0..30).filter(|_| bucket.take()).count(), 20);
    }
}
