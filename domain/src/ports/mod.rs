//! What the domain needs from the outside world. Each port has a contract suite that every adapter runs.

mod accounts;
mod administration;
mod audit;
mod budgets;
mod bus;
mod hooks;
mod invitations;
mod limits;
mod log_ins;
mod members;
mod sessions;
mod store;

pub use accounts::{Account, Accounts, Admission, Credentials, NewAccount, NewBot, Registered};
pub use administration::{
    Acted, Administration, Instance, Order, PeopleFilter, PeopleSearch, PersonRecord, Refusal, RoomRecord, Shut,
    Statistics,
};
pub use audit::{Act, ActId, Actor, Acts, Audit, AuditEntry, AuditSearch, Named};
pub use budgets::{Limit, MAX_SOCKETS_PER_ACCOUNT, Quota, Quotas};
pub use bus::{Bus, Leavers, Notice, Sink, Tell, Topic};
pub use hooks::{Hooked, Hooks, NewHook};
pub use invitations::{InvitationId, InvitationRecord, Invitations, NewInvitation, NewReset, ResetRecord};
pub use limits::{Charge, DeviceId, Key, Limits, Login, Wait};
pub use log_ins::{LogInMonitor, LogInOutcome, LogInReport};
pub use members::{MemberRecord, NotSeated};
pub use sessions::{
    Device, Digest, Living, NewSession, Proof, Renewed, SessionId, SessionRecord, SessionView, Sessions, Tokens,
};
pub use store::{
    Contacts, Found, Membership, Messages, Missed, Opened, Posted, Receipts, Relayed, RoomPage, RoomPlace, Rooms,
    Store, Unavailable,
};

use async_trait::async_trait;
use protocol::{At, Password};
use std::time::Duration;
use uuid::Uuid;

/// The time of day. Shown to people; no rule depends on it but the end of sessions.
pub trait Clock: Send + Sync {
    fn now(&self) -> At;
}

/// Unpredictable numbers.
pub trait Random: Send + Sync {
    /// A version 4 UUID.
    fn uuid(&self) -> Uuid;

    /// 32 bytes that nobody guesses.
    fn secret(&self) -> [u8; 32];
}

/// Password hashing, bounded so that many log-ins leave the chat fast.
#[async_trait]
pub trait Passwords: Send + Sync {
    /// The hash in PHC string form.
    async fn hash(&self, password: Password) -> Result<String, NotHashed>;

    /// Whether the password belongs to the hash; without a hash it takes as long and is never right.
    async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, NotHashed>;
}

/// Why a password was not hashed.
#[derive(Debug, thiserror::Error)]
pub enum NotHashed {
    /// More passwords wait than are hashed in a short time.
    #[error("too many passwords wait to be hashed")]
    Overloaded { wait: Duration },
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
