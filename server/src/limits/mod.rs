//! Adapters of the domain's limits: how often is too often, counted in this process or by all nodes together.
//!
//! Both count by GCRA, the generic cell rate algorithm in its form of virtual scheduling (ITU-T I.371, annex A): a budget
//! is one point in time, that at which it will be full again. Taking one moves it by [`Quota::every`]; when it would come
//! to lie more than the burst ahead of now, there is nothing to take.

mod local;
mod metered;
mod redis;
mod settings;

pub use local::LocalLimits;
pub use metered::Metered;
pub use redis::RedisLimits;
pub use settings::LimitSettings;

use async_trait::async_trait;
use domain::ports::{Charge, Key, Limit, Limits, Quota, Quotas, Wait};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// Allows everything: for tests and load generators.
#[derive(Clone, Copy, Debug)]
pub struct NoLimits;

#[async_trait]
impl Limits for NoLimits {
    async fn take(&self, _: &[Charge]) -> Result<(), Wait> {
        Ok(())
    }

    async fn give_back(&self, _: &[Charge]) {}

    fn take_here(&self, _: Limit, _: Key) -> Result<(), Wait> {
        Ok(())
    }

    fn give_back_here(&self, _: Limit, _: Key) {}
}

/// A charge with the numbers by which it is counted.
#[derive(Clone, Copy)]
struct Draw {
    budget: Budget,
    quota: Quota,
    amount: u32,
}

impl Draw {
    fn of(quotas: &Quotas, limit: Limit, key: &Key, amount: u32) -> Self {
        let quota = quotas.of(limit);
        Self { budget: budget(limit, key), quota, amount: amount.min(quota.burst) }
    }

    /// How much later the budget is full.
    fn cost(&self) -> Duration {
        self.quota.every * self.amount
    }

    /// How much may be missing from the budget before this.
    fn slack(&self) -> Duration {
        self.quota.every * (self.quota.burst - self.amount)
    }
}

/// Which budget, in little space however long its key is, and without saying whose.
type Budget = [u8; 16];

fn draws(quotas: &Quotas, charges: &[Charge]) -> Vec<Draw> {
    charges.iter().map(|Charge { limit, key, amount }| Draw::of(quotas, *limit, key, *amount)).collect()
}

fn budget(limit: Limit, key: &Key) -> Budget {
    let hash = Sha256::digest(format!("{} {key}", limit.name()));
    *hash.first_chunk().expect("SHA-256 is longer")
}
