use crate::{At, ClientId, Generation, MessageText, No, Rev, RoomId, UserId};
use serde::{Deserialize, Serialize};
use std::ops::Not;

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: UserId,
    pub username: String,
    /// The display name.
    pub name: String,
    /// A program that speaks by tokens; not told of anybody else.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub is_bot: bool,
}

/// What a person may do in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Renames the room and removes people.
    Owner,
    Member,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub person: Person,
    pub role: Role,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Two people; its name is the other person's.
    Direct,
    Group,
}

/// A message as every member sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub no: No,
    pub author: Person,
    pub client_id: ClientId,
    pub text: MessageText,
    /// When it was stored.
    pub at: At,
}

/// The first words of a room's last message, for the room list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    pub author: Person,
    /// One line of at most [`Preview::CHARS`] characters.
    pub text: String,
    pub at: At,
}

impl Preview {
    /// As much as the room list can show.
    pub const CHARS: usize = 120;

    pub fn of(message: &Message) -> Self {
        let text = message.text.as_str().chars().take(Self::CHARS).map(|c| if c == '\n' { ' ' } else { c }).collect();
        Self { author: message.author.clone(), text, at: message.at }
    }
}

/// How far a person has read a room.
///
/// Markers are compared by generation first. Marking messages as unread begins the next generation, so that what another
/// device reports late, and in an older generation, does not undo it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReadMarker {
    pub generation: Generation,
    /// Everything up to this message has been read.
    pub no: No,
}

/// A room as one of its members sees it in the room list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomView {
    pub id: RoomId,
    pub kind: Kind,
    /// The room's name; in a direct room the other person's.
    pub name: String,
    /// The other person of a direct room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Person>,
    /// What the asking member may do here.
    pub role: Role,
    /// How many members there are.
    pub members: u32,
    pub rev: Rev,
    pub last_no: No,
    /// How far the asking member has read.
    pub read: ReadMarker,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Preview>,
    /// When the last message came, or else when the room was made.
    pub active_at: At,
}

impl RoomView {
    /// How many messages the member has not seen.
    pub fn unread(&self) -> u32 {
        u32::try_from(self.last_no.get() - self.read.no.get()).unwrap_or(0)
    }
}

/// Which part of a room's messages is asked for (keyset pagination by `no`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    Newest,
    /// The newest of those older than this one.
    Before(No),
    /// The oldest of those newer than this one.
    After(No),
    /// This one, with as many older as newer.
    Around(No),
}

/// A contiguous run of a room's messages, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// The room's revision at which it was read: what changed later is not in it.
    pub rev: Rev,
    pub messages: Vec<Message>,
    /// Older messages exist.
    pub earlier: bool,
    /// Newer messages exist.
    pub later: bool,
}
