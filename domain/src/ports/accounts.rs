use super::{Digest, SessionId, Tokens, Unavailable};
use crate::access::Administrator;
use crate::env::Registration;
use async_trait::async_trait;
use protocol::{At, Change, DisplayName, Email, Epoch, Person, UserId, Username};

#[async_trait]
pub trait Accounts: Send + Sync {
    /// The life of this database.
    async fn epoch(&self) -> Result<Epoch, Unavailable>;

    async fn has_accounts(&self) -> Result<bool, Unavailable>;

    /// The first account of all becomes the administrator's, and takes no invitation. The admission is tested first, then
    /// the username, then the e-mail address; an invitation loses a use when there is an account, and only then.
    async fn insert_account(&self, new: NewAccount) -> Result<Registered, Unavailable>;

    async fn account(&self, user: UserId) -> Result<Option<Account>, Unavailable>;

    /// By username or e-mail address, without regard to case.
    async fn credentials(&self, login: &str) -> Result<Option<Credentials>, Unavailable>;

    /// Stamps a change in every room of the person.
    async fn set_display_name(&self, user: UserId, name: &DisplayName) -> Result<Vec<Change>, Unavailable>;

    /// Also deletes all log-ins of the person but `kept`, and their link for a new password.
    /// False when `former` is not the hash of their password (any more).
    async fn set_password(
        &self,
        user: UserId,
        former: &str,
        hash: &str,
        kept: &SessionId,
        tokens: Tokens,
    ) -> Result<bool, Unavailable>;

    /// Makes a bot of its owner: an account without e-mail address or password. Nobody has more than `limit` at work.
    async fn insert_bot(&self, new: NewBot) -> Result<Registered, Unavailable>;

    /// A person's bots that are at work, by id.
    async fn bots(&self, owner: UserId) -> Result<Vec<Person>, Unavailable>;

    /// Shuts an account, or opens it again. A shut one has no sessions and cannot log in; no search finds it, and no list
    /// of contacts shows it. A bot that is shut leaves its groups.
    /// What has changed in the groups; `None` when there is no such account.
    async fn set_disabled(&self, user: UserId, since: Option<At>) -> Result<Option<Vec<Change>>, Unavailable>;
}

#[derive(Debug)]
pub struct NewBot {
    pub owner: UserId,
    pub username: Username,
    pub display_name: DisplayName,
    /// Maximum of the owner's bots at work, this one included.
    pub limit: u32,
    pub at: At,
}

#[derive(Debug)]
pub struct NewAccount {
    pub username: Username,
    pub display_name: DisplayName,
    pub email: Email,
    /// In PHC string form.
    pub password_hash: String,
    pub admission: Admission,
    /// What the configuration fixes; else what administrators have chosen counts, as it is in the transaction.
    pub fixed: Option<Registration>,
    pub at: At,
}

/// By what right an account is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Everybody may, while registration is open.
    Open,
    /// One use of an invitation, unless registration is closed.
    Invited(Digest),
    /// There is no account yet.
    First,
    /// An administrator makes it for somebody.
    By(Administrator),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    Account(UserId),
    /// The admission is not worth it (any more).
    NotAdmitted,
    UsernameTaken,
    EmailTaken,
    /// The owner of a bot has as many at work as there may be.
    TooManyBots,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub person: Person,
    /// Empty for a bot.
    pub email: String,
    pub is_admin: bool,
    /// Whose bot it is.
    pub bot_of: Option<UserId>,
    /// A webhook's bot, which has the one token of its address.
    pub is_hook: bool,
}

#[derive(Clone, Debug)]
pub struct Credentials {
    pub user: UserId,
    pub password_hash: String,
}
