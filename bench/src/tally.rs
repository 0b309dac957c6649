use hdrhistogram::Histogram;
use std::ops::Range;
use std::time::{Duration, Instant};

/// What has arrived, counted once per member, and how late.
pub struct Tally {
    pub delivered: u64,
    pub acknowledged: u64,
    /// From the due moment of a message to its delivery, for those that were due in the window.
    deliveries: Histogram<u64>,
    /// The same to its acknowledgement.
    acknowledgements: Histogram<u64>,
    window: Range<Instant>,
}

/// Latencies in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Latency {
    pub p50: f64,
    pub p99: f64,
    pub max: f64,
}

impl Tally {
    /// Latencies count for messages that are due in this window.
    pub fn new(window: Range<Instant>) -> Self {
        Self { delivered: 0, acknowledged: 0, deliveries: histogram(), acknowledgements: histogram(), window }
    }

    pub fn deliver(&mut self, due: Instant, now: Instant) {
        self.delivered += 1;
        if self.window.contains(&due) {
            self.deliveries.saturating_record(micros(now - due));
        }
    }

    pub fn acknowledge(&mut self, due: Instant, now: Instant) {
        self.acknowledged += 1;
        if self.window.contains(&due) {
            self.acknowledgements.saturating_record(micros(now - due));
        }
    }

    pub fn deliveries(&self) -> Latency {
        Latency::of(&self.deliveries)
    }

    pub fn acknowledgements(&self) -> Latency {
        Latency::of(&self.acknowledgements)
    }
}

impl Latency {
    pub fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1e3;
        Self { p50: at(0.5), p99: at(0.99), max: histogram.max() as f64 / 1e3 }
    }
}

/// Of microseconds up to a minute, to three digits.
pub fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 60_000_000, 3).expect("the bounds are valid")
}

pub fn micros(time: Duration) -> u64 {
    time.as_micros().try_into().unwrap_or(u64::MAX)
}
