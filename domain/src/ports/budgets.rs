//! The named budgets and their quotas: the one place that says how often is too often.

use std::time::Duration;

/// The named budgets. `docs/operations.md` has the table, and a test keeps it in step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Requests of an account, whatever they are for.
    Request,
    /// Requests that nobody is logged in for, of an address.
    Address,
    /// Sockets that an account opens.
    Socket,
    /// Frames of all sockets of an account together.
    Command,
    /// Messages of an account, over sockets, by forms, the API and webhooks.
    Send,
    /// Searches for people.
    Search,
    /// Tokens, tickets and bots that are made, and log-ins that are renewed.
    Token,
    /// Groups that an account creates or deletes.
    Room,
    /// People whom an account brings into rooms.
    Member,
    /// Direct rooms that an account opens for the first time.
    Direct,
    /// Rooms that an account renames.
    Rename,
    /// Changes of the display name, which everybody in the account's rooms is told.
    Profile,
    /// Contacts that are added.
    Contact,
    /// Wrong passwords for a name or account from one address.
    LogIn,
    /// Wrong passwords from one address, whatever the names.
    LogInAddress,
    /// Wrong passwords for a name or account, whatever the addresses.
    LogInName,
    /// Wrong passwords for an account from a browser that has logged in to it before.
    LogInDevice,
    /// Log-ins of an account that succeed.
    LogInSuccess,
    /// Wrong passwords where somebody who is logged in has to confirm who they are.
    Password,
    /// New accounts from one address without an invitation.
    Register,
    /// New accounts from one address by invitation.
    RegisterInvited,
}

impl Limit {
    pub const ALL: [Self; 21] = [
        Self::Request,
        Self::Address,
        Self::Socket,
        Self::Command,
        Self::Send,
        Self::Search,
        Self::Token,
        Self::Room,
        Self::Member,
        Self::Direct,
        Self::Rename,
        Self::Profile,
        Self::Contact,
        Self::LogIn,
        Self::LogInAddress,
        Self::LogInName,
        Self::LogInDevice,
        Self::LogInSuccess,
        Self::Password,
        Self::Register,
        Self::RegisterInvited,
    ];

    /// The name under which it is counted in the metrics, and under which nodes that share their counts keep it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Address => "address",
            Self::Socket => "socket",
            Self::Command => "command",
            Self::Send => "send",
            Self::Search => "search",
            Self::Token => "token",
            Self::Room => "room",
            Self::Member => "member",
            Self::Direct => "direct",
            Self::Rename => "rename",
            Self::Profile => "profile",
            Self::Contact => "contact",
            Self::LogIn => "log_in",
            Self::LogInAddress => "log_in_address",
            Self::LogInName => "log_in_name",
            Self::LogInDevice => "log_in_device",
            Self::LogInSuccess => "log_in_success",
            Self::Password => "password",
            Self::Register => "register",
            Self::RegisterInvited => "register_invited",
        }
    }
}

/// How much a budget holds, and how fast it fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How many at once after a pause.
    pub burst: u32,
    /// One more after each such time.
    pub every: Duration,
}

impl Quota {
    const fn new(burst: u32, every: Duration) -> Self {
        Self { burst, every }
    }
}

/// The quotas of a server, as it is configured.
#[derive(Clone, Copy, Debug)]
pub struct Quotas {
    /// Messages of an account, and frames of one socket, each minute in the long run.
    pub commands_per_minute: u32,
    /// Requests that nobody is logged in for, of one address, each minute in the long run.
    pub address_requests: u32,
    /// Wrong passwords from one address in three minutes.
    pub address_log_ins: u32,
    /// New accounts without an invitation from one address at once.
    pub address_accounts: u32,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { commands_per_minute: 120, address_requests: 1200, address_log_ins: 60, address_accounts: 10 }
    }
}

/// How many sockets of one account may be open at a node (promise S4).
pub const MAX_SOCKETS_PER_ACCOUNT: u32 = 20;

impl Quotas {
    /// The quota of every budget. Those of the log-in are promise S7's (`promises.md`): ten tries in three minutes for
    /// account and address together; the wider ones are for many people behind one address, and for one account that is
    /// tried from many.
    pub fn of(&self, limit: Limit) -> Quota {
        let (seconds, three_minutes) = (Duration::from_secs, Duration::from_secs(180));
        match limit {
            Limit::Request => Quota::new(300, Duration::from_millis(100)),
            Limit::Address => Self::per_minute(self.address_requests, self.address_requests / 2),
            Limit::Socket => Quota::new(60, seconds(1)),
            Limit::Command => {
                let all = self.commands_per_minute.saturating_mul(MAX_SOCKETS_PER_ACCOUNT);
                Self::per_minute(all, all / 6)
            }
            Limit::Send => Self::per_minute(self.commands_per_minute, self.commands_per_minute / 6),
            Limit::Search | Limit::Token => Quota::new(20, seconds(1)),
            Limit::Room | Limit::Direct => Quota::new(50, seconds(60)),
            Limit::Member => Quota::new(2000, seconds(1)),
            Limit::Rename => Quota::new(30, seconds(10)),
            Limit::Profile => Quota::new(10, seconds(60)),
            Limit::Contact => Quota::new(100, seconds(2)),
            Limit::LogIn | Limit::LogInDevice | Limit::Password => Quota::new(10, seconds(18)),
            Limit::LogInAddress => Quota::new(self.address_log_ins, three_minutes / self.address_log_ins.max(1)),
            Limit::LogInName => Quota::new(100, three_minutes / 100),
            Limit::LogInSuccess => Quota::new(30, seconds(10)),
            Limit::Register => Quota::new(self.address_accounts, seconds(180)),
            Limit::RegisterInvited => Quota::new(1000, seconds(1)),
        }
    }

    fn per_minute(long_run: u32, burst: u32) -> Quota {
        Quota::new(burst.max(1), Duration::from_secs(60) / long_run.max(1))
    }
}
