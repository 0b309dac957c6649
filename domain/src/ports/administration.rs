use super::Unavailable;
use crate::access::Administrator;
use crate::env::Registration;
use async_trait::async_trait;
use protocol::{At, Change, InstanceName, No, Person, Rev, RoomId, RoomName, UserId, Username};

/// Who changes something, and when.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    pub by: Administrator,
    pub at: At,
}

/// Why an order is not carried out; nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Whoever gave it is no administrator (any more).
    NotAdministrator,
    /// There is no such person, room or invitation.
    NotThere,
    /// Nobody would look after the server.
    LastAdministrator,
    /// It is for people only.
    Bot,
    /// The account is shut, or its owner's is.
    Disabled,
}

/// What became of an order. An order for what is so already is carried out, and leaves no trace.
pub type Acted<T = ()> = Result<T, Refusal>;

/// What became of an account that was shut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shut {
    /// Its own and those of its bots; empty when it was shut before.
    pub accounts: Vec<UserId>,
    /// The bots have left their groups.
    pub changes: Vec<Change>,
}

/// An account as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRecord {
    pub person: Person,
    /// Empty for a bot.
    pub email: String,
    pub is_admin: bool,
    /// Since when it has been shut.
    pub disabled: Option<At>,
    /// Whose bot it is.
    pub bot_of: Option<UserId>,
    pub created: At,
    /// The last use, to some minutes, of the log-ins and tokens that there still are; a token counts once it was used.
    pub seen: Option<At>,
}

/// A search among all accounts.
#[derive(Clone, Debug, Default)]
pub struct PeopleSearch {
    /// A part of the username, display name or e-mail address, without regard to case; every character stands for itself.
    pub words: String,
    pub filter: PeopleFilter,
    /// The last username of the page before.
    pub after: Option<Username>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PeopleFilter {
    /// Everybody, bots too.
    #[default]
    All,
    /// People whose account is open.
    Open,
    /// Whose account is shut, bots too.
    Disabled,
    Administrators,
    Bots,
}

/// A group as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomRecord {
    pub id: RoomId,
    pub name: RoomName,
    pub owner: Option<Person>,
    pub members: u32,
    /// How many messages it holds.
    pub messages: No,
    pub created: At,
    /// When the newest of them was sent.
    pub newest: Option<At>,
}

/// What administrators choose for the whole server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    pub name: InstanceName,
    /// `None` as long as nobody has chosen.
    pub registration: Option<Registration>,
}

/// How much there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// People whose account is open, without bots.
    pub people: u64,
    /// People whose account is shut.
    pub disabled: u64,
    /// Bots at work.
    pub bots: u64,
    pub groups: u64,
    pub direct_rooms: u64,
    pub messages: u64,
    /// Messages on each day that has some, by its number since 1970, in order.
    pub days: Vec<(i64, u64)>,
    /// The size of the database.
    pub bytes: u64,
}

/// What administrators see and change. Each change tells the audit log of itself, in the same transaction.
#[async_trait]
pub trait Administration: Send + Sync {
    /// By username.
    async fn people(&self, search: &PeopleSearch, limit: u32) -> Result<Vec<PersonRecord>, Unavailable>;

    async fn person_record(&self, user: UserId) -> Result<Option<PersonRecord>, Unavailable>;

    /// By username or e-mail address, without regard to case; also a bot, or whose account is shut.
    async fn person_called(&self, login: &str) -> Result<Option<PersonRecord>, Unavailable>;

    /// Shuts an account and those of the person's bots: all their log-ins and tokens end, and the bots leave their groups.
    /// The link for the person's new password serves no more, nor do invitations and links that they have made.
    async fn disable(&self, order: Order, user: UserId) -> Result<Acted<Shut>, Unavailable>;

    /// Opens an account again, and those of the bots that were shut with it. A bot whose owner's account is shut stays so.
    /// The changes are those of groups without an owner, which pass to the person when nobody has been there longer.
    async fn enable(&self, order: Order, user: UserId) -> Result<Acted<Vec<Change>>, Unavailable>;

    async fn make_administrator(&self, order: Order, user: UserId) -> Result<Acted, Unavailable>;

    /// The invitations and links for a new password that they have made serve no more.
    async fn remove_administrator(&self, order: Order, user: UserId) -> Result<Acted, Unavailable>;

    /// Ends all log-ins of a person; tokens stay.
    async fn end_log_ins(&self, order: Order, user: UserId) -> Result<Acted, Unavailable>;

    /// Ends all log-ins and tokens of a person and of their bots, a link for a new password of theirs, and the invitations
    /// and links that they have made. Whose they were, whether or not there were any.
    async fn end_access(&self, order: Order, user: UserId) -> Result<Acted<Vec<UserId>>, Unavailable>;

    /// The groups that have members, the newest first; `before` is the last of the page before.
    async fn groups(&self, before: Option<RoomId>, limit: u32) -> Result<Vec<RoomRecord>, Unavailable>;

    /// The groups that somebody owns, the newest first.
    async fn groups_of(&self, owner: UserId, limit: u32) -> Result<Vec<RoomId>, Unavailable>;

    /// Such a group.
    async fn group_record(&self, room: RoomId) -> Result<Option<RoomRecord>, Unavailable>;

    /// Ends a group: everybody leaves it, in one revision.
    async fn delete_group(&self, order: Order, room: RoomId) -> Result<Acted<Rev>, Unavailable>;

    async fn instance(&self) -> Result<Instance, Unavailable>;

    async fn set_instance_name(&self, order: Order, name: &InstanceName) -> Result<Acted, Unavailable>;

    async fn set_registration(&self, order: Order, registration: Registration) -> Result<Acted, Unavailable>;

    /// The days begin at `since`.
    async fn statistics(&self, since: At) -> Result<Statistics, Unavailable>;
}
