use crate::json::{self, Malformed};
use crate::{
    ApiError, At, ClientId, Code, Epoch, Member, Message, No, ReadMarker, RequestId, Rev, RoomId, RoomName, RoomView,
    Slice, UserId,
};
use serde::{Deserialize, Serialize};

/// The version of the protocol: incremented when older clients can no longer follow, and not when something is added.
pub const PROTOCOL_VERSION: u32 = 1;

/// A frame from the server: an [`Event`], and the request id when it answers a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<RequestId>,
    #[serde(flatten)]
    pub event: Event,
}

impl Frame {
    /// Reads a text frame as a client does: the kind first, then what belongs to it.
    ///
    /// A newer server may tell what this version does not know. Such an event is [`Event::Unknown`], such a change
    /// [`What::Unknown`], which advances the revision, and such a catch-up is replaced by the room as it stands.
    ///
    /// The derived `Deserialize` reads what is known in the same way, but buffers every frame to find its `type`, which costs
    /// a browser 100 KB of code.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let Head { id, kind } = json::read(text)?;
        let event = match kind {
            "welcome" => json::read(text).map(|Welcome { user, epoch, protocol, build }| Event::Welcome {
                user,
                epoch,
                protocol,
                build,
            })?,
            "ready" => Event::Ready,
            "ack" => json::read(text).map(|Ack { room, client_id, no, rev, at }| Event::Ack {
                room,
                client_id,
                no,
                rev,
                at,
            })?,
            "messages" => json::read(text)
                .map(|Fetched { room, rev, messages, earlier, later }| (room, Slice { rev, messages, earlier, later }))
                .map(|(room, slice)| Event::Messages { room, slice })?,
            "ok" => Event::Ok,
            "pong" => Event::Pong,
            "error" => Event::Error(json::read(text).or_else(|_| json::read(text).map(Refusal::of_unknown_code))?),
            "change" => Event::Change(json::read(text).or_else(|_| json::read(text).map(Place::of_unknown_change))?),
            "changes" => json::read(text)
                .map(Event::Changes)
                .or_else(|_| json::read(text).map(|Whole { room }| Event::Room { room }))?,
            "room" => json::read(text).map(|Whole { room }| Event::Room { room })?,
            "room_gone" => json::read(text).map(|Gone { room }| Event::RoomGone { room })?,
            "own_state" => Event::OwnState(json::read(text)?),
            _ => Event::Unknown,
        };
        Ok(Self { id, event })
    }

    /// The text frame as it goes over the wire.
    ///
    /// # Panics
    /// For what this version does not know, which nobody sends.
    pub fn encode(&self) -> String {
        serde_json::to_string(self).expect("events hold only strings, integers and lists")
    }
}

impl From<Event> for Frame {
    fn from(event: Event) -> Self {
        Self { id: None, event }
    }
}

#[derive(Deserialize)]
struct Head<'a> {
    id: Option<RequestId>,
    #[serde(rename = "type")]
    kind: &'a str,
}

#[derive(Deserialize)]
struct Welcome {
    user: UserId,
    epoch: Epoch,
    protocol: u32,
    build: String,
}

#[derive(Deserialize)]
struct Ack {
    room: RoomId,
    client_id: ClientId,
    no: No,
    rev: Rev,
    at: At,
}

#[derive(Deserialize)]
struct Fetched {
    room: RoomId,
    rev: Rev,
    messages: Vec<Message>,
    earlier: bool,
    later: bool,
}

#[derive(Deserialize)]
struct Whole {
    room: RoomView,
}

/// What every error says.
#[derive(Deserialize)]
struct Refusal {
    message: String,
}

impl Refusal {
    /// An error that this version cannot branch on; repeating the request does not help.
    fn of_unknown_code(self) -> ApiError {
        ApiError::new(Code::BadRequest, self.message)
    }
}

/// Where a change belongs.
#[derive(Deserialize)]
struct Place {
    room: RoomId,
    rev: Rev,
}

impl Place {
    fn of_unknown_change(self) -> Change {
        Change { room: self.room, rev: self.rev, what: What::Unknown }
    }
}

#[derive(Deserialize)]
struct Gone {
    room: RoomId,
}

/// What the server tells a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// First on every socket; from here on the changes of the person's rooms arrive live.
    Welcome {
        user: UserId,
        epoch: Epoch,
        /// [`PROTOCOL_VERSION`] of the server.
        protocol: u32,
        /// Which client this server's pages load: a page of another build is out of date.
        build: String,
    },
    /// Answers `hello`: everything that was missed stands before this.
    Ready,
    /// Answers `new_message`, after the commit.
    Ack { room: RoomId, client_id: ClientId, no: No, rev: Rev, at: At },
    /// Answers `fetch_messages`.
    Messages {
        room: RoomId,
        #[serde(flatten)]
        slice: Slice,
    },
    /// Answers `seen` and `mark_unread`.
    Ok,
    /// Answers `ping`.
    Pong,
    /// A command was refused; the socket stays open.
    Error(ApiError),
    /// Something in a room changed. The changes of a room carry consecutive revisions.
    Change(Change),
    /// What a client missed in a room.
    Changes(CatchUp),
    /// A room as it stands: the client is new to it, or has been away too long. Replaces all that it had of it.
    Room { room: RoomView },
    /// The person is no longer in this room.
    RoomGone { room: RoomId },
    /// The person's own state in a room (their read marker) has changed, perhaps by another device.
    OwnState(OwnState),
    /// Something that this version does not know; ignored.
    #[serde(skip)]
    Unknown,
}

/// The person's own state in a room (their read marker). Nobody else is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnState {
    pub room: RoomId,
    /// The room's revision at which it was read: the person's later messages have moved the marker on.
    pub rev: Rev,
    pub read: ReadMarker,
}

/// One change in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub room: RoomId,
    pub rev: Rev,
    pub what: What,
}

/// What can change in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Message(Message),
    MemberJoined(Member),
    /// A member has another name or role.
    MemberChanged(Member),
    MemberLeft(UserId),
    /// The room has another name.
    RoomChanged {
        name: RoomName,
    },
    /// Something that this version does not know.
    #[serde(skip)]
    Unknown,
}

/// Everything that changed in a room after revision `since`, and the room as it stands at `room.rev`.
///
/// Several changes of the same thing are told once, as it is now; so the revisions within may skip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatchUp {
    pub room: RoomView,
    pub since: Rev,
    pub changes: Vec<Change>,
}

/// The codes with which the server closes a socket (RFC 6455, 7.4; from 4000 on our own).
pub mod close {
    /// Frames that are not text, or break the protocol.
    pub const PROTOCOL: u16 = 1002;
    /// A binary frame; Natter speaks JSON text.
    pub const UNSUPPORTED: u16 = 1003;
    /// Text that is not UTF-8.
    pub const BAD_UTF8: u16 = 1007;
    /// A frame over 64 KiB.
    pub const TOO_LARGE: u16 = 1009;
    /// The server stops or restarts: come back after a moment and resume.
    pub const RESTART: u16 = 1012;
    /// The session has ended: log in again.
    pub const LOGGED_OUT: u16 = 4001;
    /// The person left or was removed from the one room of this socket.
    pub const ROOM_GONE: u16 = 4004;
    /// Too many commands: wait, then resume.
    pub const TOO_FAST: u16 = 4008;
    /// The client reads too slowly for its queue: reconnect and resume.
    pub const TOO_SLOW: u16 = 4009;
    /// Nothing was heard of the client for a minute: reconnect and resume.
    pub const SILENT: u16 = 4010;
    /// The person has too many sockets open already.
    pub const TOO_MANY: u16 = 4029;
}
