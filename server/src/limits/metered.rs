use crate::metrics::{BudgetOutcome, Metrics};
use async_trait::async_trait;
use domain::ports::{Charge, Key, Limit, Limits, Wait};
use std::sync::Arc;

/// Counts for the metrics what is taken from each budget and what is refused.
pub struct Metered {
    limits: Arc<dyn Limits>,
    metrics: Arc<Metrics>,
}

impl Metered {
    pub fn new(limits: Arc<dyn Limits>, metrics: Arc<Metrics>) -> Self {
        Self { limits, metrics }
    }

    fn count(&self, limit: Limit, taken: Result<(), Wait>) -> Result<(), Wait> {
        self.metrics.charged(limit, if taken.is_ok() { BudgetOutcome::Taken } else { BudgetOutcome::Refused });
        taken
    }
}

#[async_trait]
impl Limits for Metered {
    async fn take(&self, charges: &[Charge]) -> Result<(), Wait> {
        let taken = self.limits.take(charges).await;
        charges.iter().for_each(|charge| _ = self.count(charge.limit, taken));
        taken
    }

    async fn give_back(&self, charges: &[Charge]) {
        self.limits.give_back(charges).await;
    }

    fn take_here(&self, limit: Limit, key: Key) -> Result<(), Wait> {
        self.count(limit, self.limits.take_here(limit, key))
    }

    fn give_back_here(&self, limit: Limit, key: Key) {
        self.limits.give_back_here(limit, key);
    }
}
