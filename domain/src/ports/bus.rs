use super::SessionId;
use protocol::{OwnState, Rev, RoomId, UserId};

/// Carries notices to the hub of every process: after the commit, best effort.
pub trait Bus: Send + Sync {
    /// Hands a notice on without waiting. It may be lost or come out of order; the revisions tell.
    fn publish(&self, notice: Notice);

    /// From now on this process wants the notices of a topic.
    fn follow(&self, topic: Topic);

    /// This process has nobody left who wants them.
    fn unfollow(&self, topic: Topic);
}

/// Where the notices of a bus arrive: the hub of the process.
pub trait Sink: Send + Sync {
    /// Takes a notice without waiting.
    fn deliver(&self, notice: Notice);

    /// Learns without waiting that notices of these topics may have been lost: what they would have told is in the
    /// database.
    fn doubt(&self, topics: &[Topic]);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    Room(RoomId),
    Person(UserId),
}

/// A hint that something was committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A room's change, encoded once for all who see it.
    Room {
        room: RoomId,
        rev: Rev,
        leavers: Leavers,
        /// The text frame as it goes over the wire; empty where everybody leaves.
        frame: String,
    },
    /// Something for one person's sockets.
    Person { user: UserId, tell: Tell },
}

/// Who receives nothing of a room any more: neither the change that takes them out nor what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leavers {
    Nobody,
    One(UserId),
    /// The room has ended.
    Everybody,
}

impl Notice {
    pub fn topic(&self) -> Topic {
        match self {
            Self::Room { room, .. } => Topic::Room(*room),
            Self::Person { user, .. } => Topic::Person(*user),
        }
    }
}

/// What a person's sockets are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tell {
    /// The person's own state in a room (their read marker) has changed.
    OwnState(OwnState),
    /// The person has a seat in this room now.
    Joined(RoomId),
    /// This session has ended.
    SessionEnded(SessionId),
    /// All sessions but this one have ended; tokens may have stayed, and come back.
    OtherSessionsEnded { kept: Option<SessionId> },
}
