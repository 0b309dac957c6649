//! The record of log-ins: a line each in the log, which `deploy/fail2ban` reads, and counters.

use crate::metrics::Metrics;
use domain::ports::{LogInMonitor, LogInOutcome, LogInReport};
use std::sync::Arc;

pub struct RecordedLogIns {
    metrics: Arc<Metrics>,
}

impl RecordedLogIns {
    pub fn new(metrics: Arc<Metrics>) -> Self {
        Self { metrics }
    }
}

impl LogInMonitor for RecordedLogIns {
    fn record(&self, report: &LogInReport) {
        let LogInReport { route, account, from, outcome } = report;
        self.metrics.logged_in(*outcome);
        let account = account.map_or_else(|| "unknown".to_owned(), |account| account.to_string());
        // The name that was typed may be a password, so it is in no line.
        let (address, outcome) = (from.ip(), outcome.name());
        tracing::info!(%address, outcome, route, account, "A log-in {}", in_words(report.outcome));
    }
}

fn in_words(outcome: LogInOutcome) -> &'static str {
    match outcome {
        LogInOutcome::Succeeded => "succeeded",
        LogInOutcome::Failed => "failed",
        LogInOutcome::Limited => "was refused after too many that failed",
    }
}
