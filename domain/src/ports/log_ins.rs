use crate::Address;
use protocol::UserId;

/// Records every try to log in, for operators.
pub trait LogInMonitor: Send + Sync {
    fn record(&self, report: &LogInReport);
}

/// A try to log in, without the name and the password that were typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogInReport {
    /// Where it was tried, such as `/form/login`.
    pub route: &'static str,
    /// Whose account the name is of; `None` when there is no such account.
    pub account: Option<UserId>,
    pub from: Address,
    pub outcome: LogInOutcome,
}

/// What became of a try to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogInOutcome {
    Succeeded,
    /// The password was wrong, or there is no such account.
    Failed,
    /// The password was not looked at, after too many that were wrong.
    Limited,
}

impl LogInOutcome {
    pub const ALL: [Self; 3] = [Self::Succeeded, Self::Failed, Self::Limited];

    /// The word in log lines and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Limited => "limited",
        }
    }
}
