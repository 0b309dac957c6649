use super::{Accounts, Administration, Audit, Hooks, Invitations, MemberRecord, NotSeated, SessionId, Sessions};
use crate::access::{Relay, Seat};
use crate::messages::{Draft, Receipt};
use async_trait::async_trait;
use protocol::{
    At, CatchUp, Change, Generation, Kind, Message, No, OwnState, Page, Person, ReadMarker, Rev, Role, RoomId,
    RoomName, RoomView, Slice, UserId,
};

/// The database. One method is one transaction and one use case; what it returns is committed.
pub trait Store:
    Accounts + Sessions + Contacts + Rooms + Hooks + Messages + Receipts + Administration + Invitations + Audit
{
}

impl<T> Store for T where
    T: Accounts + Sessions + Contacts + Rooms + Hooks + Messages + Receipts + Administration + Invitations + Audit
{
}

/// The store could not do it, and has done nothing; or, when the answer to a commit was cut, may have.
/// The text is for the log, never for a person.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub struct Unavailable {
    cause: Box<dyn std::error::Error + Send + Sync>,
    is_slow: bool,
}

impl Unavailable {
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { cause: cause.into(), is_slow: false }
    }

    /// It is there, and has not answered in time.
    pub fn slow(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { is_slow: true, ..Self::new(cause) }
    }

    /// What a person is told.
    pub fn sentence(&self) -> &'static str {
        if self.is_slow {
            "The server's database answers too slowly just now. Try again in a moment."
        } else {
            "The server cannot store or read just now. Try again in a moment."
        }
    }
}

/// Somebody whom a search has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub person: Person,
    pub is_contact: bool,
    /// The owner of a bot.
    pub bot_of: Option<Person>,
}

#[async_trait]
pub trait Contacts: Send + Sync {
    /// The people, but `me`, whose username or display name contains `words` without regard to case, by display name.
    /// Every character of `words` stands for itself.
    async fn search_people(&self, me: UserId, words: &str, limit: u32) -> Result<Vec<Found>, Unavailable>;

    /// Those of these people whom a search can find: not `me`, and nobody whose account is shut. By display name.
    async fn findable(&self, me: UserId, people: &[UserId]) -> Result<Vec<Person>, Unavailable>;

    /// By display name, without those whose account is shut.
    async fn contacts(&self, me: UserId) -> Result<Vec<Person>, Unavailable>;

    /// False when there is no such person. Idempotent.
    async fn add_contact(&self, me: UserId, other: UserId) -> Result<bool, Unavailable>;

    /// Idempotent.
    async fn remove_contact(&self, me: UserId, other: UserId) -> Result<(), Unavailable>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    New(RoomId),
    Known(RoomId),
    /// There is no such person.
    NobodyThere,
}

/// A person's membership of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    pub room: RoomId,
    pub role: Role,
    /// The room's newest revision.
    pub rev: Rev,
    /// How far the person has read.
    pub read: ReadMarker,
}

/// A place in a person's list of rooms: where a room with this activity stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoomPlace {
    pub active_at: At,
    pub room: RoomId,
}

/// A part of a person's list of rooms, which begins with the newest activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomPage {
    First,
    /// Next to that place, with older activity.
    After(RoomPlace),
    /// Next to that place, with newer activity.
    Before(RoomPlace),
}

#[async_trait]
pub trait Rooms: Send + Sync {
    /// What a person may do in a room; `None` when they are not in it, or it does not exist.
    async fn role(&self, room: RoomId, user: UserId) -> Result<Option<Role>, Unavailable>;

    /// All rooms of a session's person, read at one moment with the session; `None` when nobody has logged in to it, or
    /// it has ended or expired before `now`.
    async fn memberships(&self, session: &SessionId, now: At) -> Result<Option<Vec<Membership>>, Unavailable>;

    /// One of these rooms; `Some(None)` when the person is not in it.
    async fn membership(
        &self,
        session: &SessionId,
        room: RoomId,
        now: At,
    ) -> Result<Option<Option<Membership>>, Unavailable>;

    /// The newest seats that were taken at `since` or later, at most `limit`, each with its person.
    async fn seated_since(&self, since: At, limit: u32) -> Result<Vec<(UserId, RoomId)>, Unavailable>;

    /// The newest revision of each of these rooms.
    async fn heads(&self, rooms: &[RoomId]) -> Result<Vec<(RoomId, Rev)>, Unavailable>;

    /// The group that new accounts join, and its owner; `None` when it was deleted, or there never was one.
    async fn first_room(&self) -> Result<Option<(RoomId, UserId)>, Unavailable>;

    /// Makes a group the one that new accounts join.
    async fn set_first_room(&self, room: RoomId) -> Result<(), Unavailable>;

    /// A person's rooms, newest activity first.
    async fn room_list(&self, user: UserId) -> Result<Vec<RoomView>, Unavailable>;

    /// At most `limit` of these rooms, newest activity first; of `only` those, where they are given.
    async fn room_page(
        &self,
        user: UserId,
        page: RoomPage,
        only: Option<&[RoomId]>,
        limit: u32,
    ) -> Result<Vec<RoomView>, Unavailable>;

    /// `None` when there is no such room (any more).
    async fn kind(&self, seat: &Seat) -> Result<Option<Kind>, Unavailable>;

    /// At most `limit` of those after that person, by id, without those who left, read in one snapshot with the seat.
    /// `None` when the asker is not in the room (any more).
    async fn members(
        &self,
        seat: &Seat,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<Vec<MemberRecord>>, Unavailable>;

    /// Unique for the pair, also under simultaneous attempts.
    async fn open_direct(&self, me: UserId, other: UserId, at: At) -> Result<Opened, Unavailable>;

    /// The owner, who is a person, may be among `people`.
    async fn create_group(
        &self,
        owner: UserId,
        name: &RoomName,
        people: &[UserId],
        at: At,
    ) -> Result<Result<RoomId, NotSeated>, Unavailable>;

    /// `None` when the person is not the owner (any more).
    async fn rename_room(&self, seat: &Seat, name: &RoomName) -> Result<Option<Change>, Unavailable>;

    /// One change for each who was not in the room; they start with everything read. A bot's owner may come with it.
    async fn add_members(
        &self,
        seat: &Seat,
        people: &[UserId],
        at: At,
    ) -> Result<Result<Vec<Change>, NotSeated>, Unavailable>;

    /// The removal, that of the person's bots, and the new owner's change when the owner left others behind: the
    /// longest-standing person follows, never a bot or a disabled account.
    /// `None` when either is not in the room (any more), or the asker removes another without being the owner (any more).
    async fn remove_member(&self, seat: &Seat, person: UserId) -> Result<Option<Vec<Change>>, Unavailable>;

    /// Ends the room: everybody leaves it, in one revision. `None` when the asker is not the owner (any more).
    async fn close_room(&self, seat: &Seat) -> Result<Option<Rev>, Unavailable>;

    /// Erases at most `limit` rows of rooms that everybody has left; true when there was nothing left to erase.
    async fn erase_empty_rooms(&self, limit: u32) -> Result<bool, Unavailable>;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Posted {
    New {
        message: Message,
        rev: Rev,
    },
    /// The same draft was stored before.
    Again(Receipt),
    /// The author used the `client_id` for another text or room.
    Conflict,
    NotInRoom,
}

/// What somebody missed in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missed {
    Changes(CatchUp),
    /// Too much to tell, or `since` lies in the future or beyond the horizon: the room as it stands.
    TooFar(RoomView),
}

/// What a hub has missed in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relayed {
    Changes(Vec<Change>),
    /// Nobody is in the room any more, since this revision.
    Ended(Rev),
}

#[async_trait]
pub trait Messages: Send + Sync {
    /// Takes the next `no` and `rev` of the room and moves the author's own read marker there.
    async fn insert_message(&self, seat: &Seat, draft: Draft, at: At) -> Result<Posted, Unavailable>;

    /// At most `limit`, oldest first, read in one snapshot with the seat.
    /// `None` when the person is not in the room (any more).
    async fn messages(&self, seat: &Seat, page: Page, limit: u32) -> Result<Option<Slice>, Unavailable>;

    /// Changes in the order of their revisions and the room, read in one snapshot.
    /// `None` when the person is not in the room (any more). More than `limit` changes are [`Missed::TooFar`].
    async fn missed(&self, seat: &Seat, since: Rev, limit: u32) -> Result<Option<Missed>, Unavailable>;

    /// The first `limit` changes after `since`, in order.
    async fn relay(&self, relay: &Relay, since: Rev, limit: u32) -> Result<Relayed, Unavailable>;
}

#[async_trait]
pub trait Receipts: Send + Sync {
    /// Moves the read marker forward within its generation, at most to the room's newest message; `None` when it did not
    /// move. Where a generation is given, the marker moves only while that is the current one.
    async fn set_seen(
        &self,
        seat: &Seat,
        no: No,
        generation: Option<Generation>,
    ) -> Result<Option<OwnState>, Unavailable>;

    /// Begins the next generation of the read marker, in front of that message.
    /// `None` when the room has no such message, or the person is not in it (any more).
    async fn mark_unread(&self, seat: &Seat, no: No) -> Result<Option<OwnState>, Unavailable>;

    /// These people's own state (their read markers) in each room in which they have a seat.
    async fn own_states(&self, people: &[UserId]) -> Result<Vec<(UserId, OwnState)>, Unavailable>;
}
