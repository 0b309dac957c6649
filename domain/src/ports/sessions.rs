use super::Unavailable;
use crate::access::{Caller, Scope};
use async_trait::async_trait;
use protocol::{At, UserId};

/// A session's name: of a browser's, the SHA-256 of what its cookie carries, in hexadecimal; so whoever reads it, in a
/// backup or in a log, has no cookie.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(pub String);

impl SessionId {
    /// The name of a session, as somebody gives it back; `None` for what no session is called.
    pub fn parse(name: &str) -> Option<Self> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (name.len() == 64 && name.bytes().all(is_hex)).then(|| Self(name.to_owned()))
    }
}

/// The SHA-256 of a secret; the secret itself is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

/// What the browser's session layer keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    pub id: SessionId,
    /// Whose it is, once somebody has logged in.
    pub user: Option<UserId>,
    /// As JSON.
    pub data: String,
    pub device: Device,
    pub created: At,
    /// When it was last used, to some minutes; as [`Sessions::touch_sessions`] keeps it.
    pub seen: At,
    pub expires: At,
}

/// From where somebody is logged in, for them to recognise it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Such as "Firefox on Linux", or the name that its person gave a token.
    pub name: String,
    /// Its network address; empty where there is none to tell.
    pub address: String,
}

/// How somebody proves who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proof {
    /// A browser, by its cookie.
    Cookie,
    /// A program that logged in, by tokens that it renews.
    LogIn,
    /// A program, by a token that its person made for it.
    Token,
}

/// What becomes of a person's tokens when their password changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tokens {
    Keep,
    Revoke,
}

/// A program's session, to be made.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub id: SessionId,
    pub user: UserId,
    pub proof: Proof,
    pub scope: Scope,
    pub device: Device,
    /// What renews it.
    pub refresh: Option<Digest>,
    pub created: At,
    pub expires: At,
}

/// A session as its person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    pub id: SessionId,
    pub proof: Proof,
    pub scope: Scope,
    pub device: Device,
    pub created: At,
    /// When it was last used, to some minutes.
    pub seen: At,
    pub expires: At,
}

/// A session in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Living {
    pub caller: Caller,
    pub proof: Proof,
    pub created: At,
    pub seen: At,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewed {
    Session(Caller),
    /// The secret was renewed before: somebody else has it. The session has ended.
    Stolen {
        user: UserId,
        session: SessionId,
    },
    /// Of no session that lives.
    Unknown,
}

/// The proofs of who somebody is: cookies, log-ins of programs and tokens. Each is a session, and ends in the same ways.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// False when the id is taken; nothing is stored then.
    async fn create_session(&self, record: &SessionRecord) -> Result<bool, Unavailable>;

    /// Updates the session. One that is not there any more stays away: an ended session never comes back.
    async fn save_session(&self, record: &SessionRecord) -> Result<(), Unavailable>;

    /// A browser's session; `None` also when it expired before `now`.
    async fn session(&self, id: &SessionId, now: At) -> Result<Option<SessionRecord>, Unavailable>;

    /// A program's session; false when its person or one of its rooms is not there (any more), or the person has no seat
    /// in one of them. Nothing is stored then.
    async fn open_session(&self, new: &NewSession) -> Result<bool, Unavailable>;

    /// Who is asking, when somebody has logged in to the session and it has neither ended nor expired before `now`.
    async fn living(&self, id: &SessionId, now: At) -> Result<Option<Living>, Unavailable>;

    /// Those of these sessions that somebody has logged in to and that have neither ended nor expired before `now`.
    async fn living_sessions(&self, ids: &[SessionId], now: At) -> Result<Vec<SessionId>, Unavailable>;

    /// A person's sessions that have neither ended nor expired before `now`, the last used first.
    async fn sessions_of(&self, user: UserId, now: At) -> Result<Vec<SessionView>, Unavailable>;

    /// Keeps when sessions were used.
    async fn touch_sessions(&self, ids: &[SessionId], now: At) -> Result<(), Unavailable>;

    /// Whose log-in a secret renews that has not been used yet; `None` for every other secret.
    async fn user_of_refresh(&self, refresh: Digest) -> Result<Option<UserId>, Unavailable>;

    /// Exchanges the secret that renews a session for the next one, once; the session then lasts until `expires`.
    async fn renew_session(&self, old: Digest, new: Digest, now: At, expires: At) -> Result<Renewed, Unavailable>;

    async fn delete_session(&self, id: &SessionId) -> Result<(), Unavailable>;

    /// False when the session is not the person's.
    async fn end_session(&self, user: UserId, id: &SessionId) -> Result<bool, Unavailable>;

    /// Deletes all log-ins of the person but `kept`; tokens stay.
    async fn end_other_sessions(&self, user: UserId, kept: &SessionId) -> Result<(), Unavailable>;

    /// Keeps a ticket that stands for a session once; of a session that is not there (any more) nothing is kept.
    async fn insert_ticket(&self, ticket: Digest, session: &SessionId, expires: At) -> Result<(), Unavailable>;

    /// Takes the ticket's session, once; `None` also when either expired before `now`.
    async fn take_ticket(&self, ticket: Digest, now: At) -> Result<Option<Living>, Unavailable>;

    /// Sweeps what serves no more: sessions, tickets, invitations and links for a new password that have expired, and
    /// secrets that were used longer ago than a log-in lasts. At most `limit` of each; false when there may be more.
    async fn delete_expired_sessions(&self, now: At, limit: u32) -> Result<bool, Unavailable>;
}
