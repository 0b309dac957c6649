use crate::ws::Rate;
use clap::{Args, ValueEnum};
use domain::ports::Quotas;

/// The settings of what an account or address may do in a time.
#[derive(Args, Clone, Debug)]
pub struct LimitSettings {
    /// Messages of one account, and commands of one socket, each minute in the long run.
    #[arg(long, env = "NATTER_COMMANDS_PER_MINUTE", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..))]
    commands_per_minute: u32,

    /// Requests from one address that nobody is logged in for, each minute in the long run.
    #[arg(long, env = "NATTER_LIMIT_ADDRESS_REQUESTS", default_value_t = 1200, value_parser = clap::value_parser!(u32).range(1..))]
    limit_address_requests: u32,

    /// Failed log-ins from one address in three minutes, whatever the names.
    #[arg(long, env = "NATTER_LIMIT_ADDRESS_LOG_INS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    limit_address_log_ins: u32,

    /// New accounts from one address at once, without an invitation.
    #[arg(long, env = "NATTER_LIMIT_ADDRESS_ACCOUNTS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    limit_address_accounts: u32,

    /// Whether the limits of accounts and addresses are kept; off is for tests and load generators.
    #[arg(long, env = "NATTER_LIMITS", value_enum, default_value = "on")]
    limits: Switch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

impl LimitSettings {
    /// What one socket may send. The burst is a sixth of a minute's commands, as 20 is of 120 (promise S4).
    pub fn rate(&self) -> Rate {
        Rate { burst: (self.commands_per_minute / 6).max(1), per_minute: self.commands_per_minute }
    }

    /// What the budgets hold; `None` when nothing is counted.
    pub fn quotas(&self) -> Option<Quotas> {
        (self.limits == Switch::On).then_some(Quotas {
            commands_per_minute: self.commands_per_minute,
            address_requests: self.limit_address_requests,
            address_log_ins: self.limit_address_log_ins,
            address_accounts: self.limit_address_accounts,
        })
    }
}
