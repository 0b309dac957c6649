//! The contract of the limits inside one process, and what it remembers.

use super::limits::{Counted, account, drain, limits_contract, login, quotas};
use super::store::behaviours;
use domain::ports::{Charge, Limit, Limits};
use server::limits::LocalLimits;
use std::sync::Arc;
use std::time::Duration;

limits_contract!(crate::contract::local_limits::limits);

pub async fn limits() -> Counted {
    Counted { limits: Arc::new(LocalLimits::new(quotas())), _ground: Box::new(()) }
}

#[tokio::test(start_paused = true)]
async fn a_budget_that_is_full_again_is_forgotten() {
    let limits = LocalLimits::new(quotas());
    for id in 1..=1000 {
        limits.take(&[Charge::one(Limit::Search, account(id))]).await.unwrap();
    }
    assert_eq!(limits.remembered(), 1000);
    tokio::time::advance(Duration::from_secs(2)).await;
    for id in 1001..=1100 {
        limits.take(&[Charge::one(Limit::Search, account(id))]).await.unwrap();
    }
    assert!(limits.remembered() <= 100, "{}", limits.remembered());
}

/// Promise S7: whoever makes up names by the thousand neither fills the memory nor makes a used up budget forgotten.
#[tokio::test(start_paused = true)]
async fn a_flood_of_names_has_an_end_and_frees_nobody() {
    let limits = LocalLimits::new(quotas());
    assert_eq!(drain(&limits, Limit::LogIn, login("ines")).await.0, 10);
    let mut most = 0;
    for number in 0..200_000 {
        limits.take(&[Charge::one(Limit::LogIn, login(&format!("nobody {number}")))]).await.unwrap();
        most = most.max(limits.remembered());
    }
    assert!(most <= 1 << 16, "{most}");
    assert_eq!(drain(&limits, Limit::LogIn, login("ines")).await.0, 0);
}
