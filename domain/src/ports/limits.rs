use super::Limit;
use crate::Address;
use async_trait::async_trait;
use protocol::{Email, UserId};
use std::fmt;
use std::time::Duration;
use uuid::Uuid;

/// Counts how often something is done, for each account and address, and says when it is too often.
#[async_trait]
pub trait Limits: Send + Sync {
    /// Takes from each budget, or from none when one of them holds too little.
    ///
    /// # Errors
    /// How long to wait until every one of them holds enough again.
    async fn take(&self, charges: &[Charge]) -> Result<(), Wait>;

    /// Gives back what was taken for something that turned out not to count.
    async fn give_back(&self, charges: &[Charge]);

    /// Takes one from a budget that this node counts alone: without any waiting, for what happens with every message.
    ///
    /// # Errors
    /// How long to wait.
    fn take_here(&self, limit: Limit, key: Key) -> Result<(), Wait>;

    /// Gives back what was taken by [`Self::take_here`].
    fn give_back_here(&self, limit: Limit, key: Key);
}

/// What is taken from a budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    pub limit: Limit,
    pub key: Key,
    /// How many; a budget that holds fewer even when it is full is emptied by it.
    pub amount: u32,
}

impl Charge {
    pub fn one(limit: Limit, key: Key) -> Self {
        Self::many(limit, key, 1)
    }

    pub fn many(limit: Limit, key: Key, amount: usize) -> Self {
        Self { limit, key, amount: amount.try_into().unwrap_or(u32::MAX) }
    }
}

/// How long to wait before it is worth trying again; never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub Duration);

/// Whose budget it is. As text no two are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Account(UserId),
    Address(Address),
    AccountAt(UserId, Address),
    Login(Login),
    LoginAt(Login, Address),
    Device(DeviceId),
}

/// A browser that has logged in to an account before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeviceId(pub Uuid);

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(user) => write!(f, "account {user}"),
            Self::Address(address) => write!(f, "address {}", address.network()),
            Self::AccountAt(user, address) => write!(f, "account at {} {user}", address.network()),
            Self::Device(DeviceId(id)) => write!(f, "device {}", id.simple()),
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
        for typed in ["at 127.0.0.1 ines", "address 127.0.0.1", "account 1", "account at 127.0.0.1 1"] {
            let typed = Login::folded(typed);
            let keys = [Key::Login(typed.clone()), Key::LoginAt(typed, address)].map(|key| key.to_string());
            assert!(!keys.contains(&Key::Address(address).to_string()), "{keys:?}");
            assert!(!keys[1].eq(&at), "{keys:?}");
        }
    }
}
