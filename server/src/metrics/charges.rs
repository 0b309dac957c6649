//! What is counted of budgets.

use super::labels::BudgetOutcome;
use domain::ports::Limit;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// A counter for each budget and outcome, found by index: messages are charged too.
#[derive(Debug)]
pub struct Charges([[Counter; BudgetOutcome::ALL.len()]; Limit::ALL.len()]);

impl Charges {
    pub fn registered(registry: &mut Registry) -> Self {
        let each = Family::<[(&'static str, &'static str); 2], Counter>::default();
        let help = "Charges to the budgets of accounts and addresses, by budget and outcome";
        registry.register("budget_charges", help, each.clone());
        Self(Limit::ALL.map(|limit| {
            BudgetOutcome::ALL
                .map(|outcome| each.get_or_create(&[("budget", limit.name()), ("outcome", outcome.name())]).clone())
        }))
    }

    pub fn add(&self, limit: Limit, outcome: BudgetOutcome) {
        self.0[limit as usize][outcome as usize].inc();
    }
}
