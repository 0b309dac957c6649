//! Adapters of the domain's limits: how often is too often, counted in this process or by all nodes together.
//!
//! Both count by GCRA, the generic cell rate algorithm in its form of virtual scheduling (ITU-T I.371, annex A): a budget
//! is one point in time, that at which it will be full again. Taking one moves it by [`Quota::every`]; when it would come
//! to lie more than the burst ahead of now, there is nothing to take.

mod local;
mod redis;

pub use local::LocalLimits;
pub use redis::RedisLimits;

use async_trait::async_trait;
use domain::ports::{Key, Limit, Limits, Quota, Quotas, Wait};
use sha2::{Digest, Sha256};

/// Counts nothing: for tests and load generators.
#[derive(Clone, Copy, Debug)]
pub struct NoLimits;

#[async_trait]
impl Limits for NoLimits {
    async fn take(&self, _: &[(Limit, Key)]) -> Result<(), Wait> {
        Ok(())
    }
}

/// One to be taken from a budget.
#[derive(Clone, Copy)]
struct Draw {
    budget: Budget,
    quota: Quota,
}

/// Which budget, in little space however long its key is, and without saying whose.
type Budget = [u8; 16];

fn draws(quotas: &Quotas, wanted: &[(Limit, Key)]) -> Vec<Draw> {
    let draw = |(limit, key): &(Limit, Key)| Draw { budget: budget(*limit, key), quota: quotas.of(*limit) };
    wanted.iter().map(draw).collect()
}

fn budget(limit: Limit, key: &Key) -> Budget {
    let hash = Sha256::digest(format!("{} {key}", limit.name()));
    *hash.first_chunk().expect("SHA-256 is longer")
}
