//! All chance of a run comes from one number, which a failure prints and `NATTER_CHAOS_SEED` brings back.

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use server::random::OsRandom;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(u64);

impl Seed {
    /// The one that is to be replayed, or a fresh one.
    pub fn choose() -> Self {
        match std::env::var("NATTER_CHAOS_SEED") {
            Ok(given) => Self(given.parse().expect("NATTER_CHAOS_SEED is a number")),
            Err(_) => Self::fresh(),
        }
    }

    pub fn fresh() -> Self {
        Self(u64::from_le_bytes(OsRandom.bytes()))
    }

    /// Chance for one purpose; what the others draw does not change it.
    pub fn dice(self, purpose: impl Hash) -> Dice {
        let mut hasher = DefaultHasher::new();
        (self.0, purpose).hash(&mut hasher);
        Dice(StdRng::seed_from_u64(hasher.finish()))
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

pub struct Dice(StdRng);

impl Dice {
    /// A stream that begins with this.
    pub fn of(first: Uuid) -> Self {
        Self(StdRng::seed_from_u64(first.as_u64_pair().0))
    }

    /// A number under this one.
    pub fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    pub fn millis(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(self.0.random_range(from..=to))
    }

    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        things.shuffle(&mut self.0);
    }

    pub fn uuid(&mut self) -> Uuid {
        uuid::Builder::from_random_bytes(self.0.random()).into_uuid()
    }
}

#[test]
fn a_seed_repeats_its_chance_and_keeps_purposes_apart() {
    let seed = Seed(7);
    assert_eq!(seed.dice("faults").uuid(), seed.dice("faults").uuid());
    assert_ne!(seed.dice("faults").uuid(), seed.dice("words").uuid());
    assert_ne!(seed.dice("faults").uuid(), Seed(8).dice("faults").uuid());
}
