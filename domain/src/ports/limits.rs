use crate::Address;
use async_trait::async_trait;
use protocol::{Email, UserId};
use std::fmt;
use std::time::Duration;

/// Counts how often something is done, for each account and address, and says when it is too often.
#[async_trait]
pub trait Limits: Send + Sync {
    /// Takes one of each budget, or of none when one of them is used up.
    ///
    /// # Errors
    /// How long to wait until every one of them has something again.
    async fn take(&self, wanted: &[(Limit, Key)]) -> Result<(), Wait>;
}

/// As long to wait before it is worth trying again; never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub Duration);

/// What is limited. Each has budgets of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Tries of one name's password from one address.
    LogIn,
    /// Tries from one address, whatever the names.
    LogInAddress,
    /// Tries of one name's password, whatever the addresses.
    LogInName,
    /// New accounts from one address.
    Register,
    /// Searches for people.
    Search,
    /// Messages by forms and REST; a socket counts its own frames.
    Send,
    /// Tokens, tickets and bots that are made, and log-ins that are renewed.
    Token,
}

impl Limit {
    /// The name under which nodes that share their counts keep it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LogIn => "log_in",
            Self::LogInAddress => "log_in_address",
            Self::LogInName => "log_in_name",
            Self::Register => "register",
            Self::Search => "search",
            Self::Send => "send",
            Self::Token => "token",
        }
    }
}

/// Whose budget it is. As text no two are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Account(UserId),
    Address(Address),
    Login(Login),
    LoginAt(Login, Address),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(user) => write!(f, "account {user}"),
            Self::Address(address) => write!(f, "address {}", address.network()),
            Self::Login(Login(name)) => write!(f, "login anywhere {name}"),
            Self::LoginAt(Login(name), address) => write!(f, "login at {} {name}", address.network()),
        }
    }
}

/// The name by which somebody wants to log in, as it counts. It counts whether or not it has an account, so that being
/// limited tells nobody which.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Login(String);

impl Login {
    /// More than any username or e-mail address has; what is longer counts by its beginning.
    const CHARS: usize = 320;

    /// Folds a name as typed in the way in which accounts are kept: `@ines` is a username, and an address has its host in
    /// ASCII.
    pub fn folded(typed: &str) -> Self {
        let typed: String = typed.trim().chars().take(Self::CHARS).collect();
        let name = typed.strip_prefix('@').unwrap_or(&typed);
        Self(
            Email::parse(name)
                .map_or_else(|_| name.chars().flat_map(char::to_lowercase).collect(), |email| email.to_string()),
        )
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How much a budget holds, and how fast it fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// As many at once after a pause.
    pub burst: u32,
    /// One more after each such time.
    pub every: Duration,
}

impl Quota {
    const fn new(burst: u32, every: Duration) -> Self {
        Self { burst, every }
    }

    /// As much before the budget is full as may be missing when one is taken.
    pub fn slack(self) -> Duration {
        self.every * self.burst.saturating_sub(1)
    }
}

/// The quotas of a server.
#[derive(Clone, Copy, Debug)]
pub struct Quotas {
    /// Of [`Limit::Send`], as the server is configured.
    pub send: Quota,
}

impl Quotas {
    /// The quota of a limit. Those of the log-in are promise S7's: ten tries in three minutes for account and address
    /// together; the wider ones are for many people behind one address, and for one account tried from many.
    pub const fn of(&self, limit: Limit) -> Quota {
        match limit {
            Limit::LogIn => Quota::new(10, Duration::from_secs(18)),
            Limit::LogInAddress => Quota::new(60, Duration::from_secs(3)),
            Limit::LogInName => Quota::new(100, Duration::from_millis(1800)),
            Limit::Register => Quota::new(10, Duration::from_secs(180)),
            Limit::Search | Limit::Token => Quota::new(20, Duration::from_secs(1)),
            Limit::Send => self.send,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};

    #[test]
    fn a_name_counts_the_same_however_it_is_typed() {
        assert_eq!(Login::folded(" Ines@Example.org\n"), Login::folded("ines@example.org"));
        assert_ne!(Login::folded("ines"), Login::folded("ines@example.org"));
        assert_eq!(Login::folded(" @Ines "), Login::folded("ines"));
        assert_eq!(Login::folded("Ines@M\u{fc}ller.Example").as_str(), "ines@xn--mller-kva.example");
        assert_eq!(Login::folded("ines@mu\u{308}ller.example"), Login::folded("ines@xn--mller-kva.example"));
    }

    #[test]
    fn a_name_without_end_counts_by_its_beginning() {
        let endless = Login::folded(&"x".repeat(100_000));
        assert_eq!(endless.0.len(), Login::CHARS);
        assert_eq!(endless, Login::folded(&"x".repeat(321)));
    }

    #[test]
    fn no_name_can_be_typed_that_counts_as_another_key() {
        let address = Address::from(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let at = Key::LoginAt(Login::folded("ines"), address).to_string();
        for typed in ["at 127.0.0.1 ines", "address 127.0.0.1", "account 1"] {
            let typed = Login::folded(typed);
            let keys = [Key::Login(typed.clone()), Key::LoginAt(typed, address)].map(|key| key.to_string());
            assert!(!keys.contains(&Key::Address(address).to_string()), "{keys:?}");
            assert!(!keys[1].eq(&at), "{keys:?}");
        }
    }
}
