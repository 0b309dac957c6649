use super::moment::Moment;
use super::people::Person;
use super::schema;
use protocol::{Kind, Preview, Role, RoomView};
use serde::Serialize;
use utoipa::ToSchema;

/// A room as one of its members sees it.
#[derive(Serialize, ToSchema)]
pub struct Room {
    #[schema(value_type = schema::Id)]
    id: i64,
    kind: RoomKind,
    /// The room's name; in a direct room the other person's.
    #[schema(example = "Kitchen")]
    name: String,
    /// The other person of a direct room.
    #[schema(required)]
    other: Option<Person>,
    role: RoomRole,
    /// How many members there are.
    #[schema(minimum = 1)]
    members: u32,
    /// How far the room is; what `hello` on the socket tells.
    #[schema(value_type = schema::Revision)]
    rev: i64,
    /// The newest message; 0 when there is none.
    #[schema(value_type = schema::Number)]
    last_no: i64,
    /// The newest message that you have seen.
    #[schema(value_type = schema::Number)]
    read_no: i64,
    /// How often you have marked messages of this room as unread; send it along when you mark messages as read.
    #[schema(value_type = schema::Number)]
    read_generation: i64,
    /// How many you have not seen.
    #[schema(minimum = 0)]
    unread: u32,
    #[schema(required)]
    last: Option<LastWords>,
    /// When the last message came, or else when the room was made.
    active_at: Moment,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// Two people.
    Direct,
    Group,
}

/// What you may do in the room.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomRole {
    /// Renames the room, removes people, deletes it.
    Owner,
    Member,
}

/// The beginning of the last message.
#[derive(Serialize, ToSchema)]
pub struct LastWords {
    author: Person,
    /// One line of at most 120 characters.
    #[schema(max_length = 120, example = "Good morning")]
    text: String,
    sent_at: Moment,
}

impl From<RoomView> for Room {
    fn from(view: RoomView) -> Self {
        Self {
            id: view.id.get(),
            unread: view.unread(),
            kind: match view.kind {
                Kind::Direct => RoomKind::Direct,
                Kind::Group => RoomKind::Group,
            },
            name: view.name,
            other: view.other.map(Person::from),
            role: view.role.into(),
            members: view.members,
            rev: view.rev.get(),
            last_no: view.last_no.get(),
            read_no: view.read.no.get(),
            read_generation: view.read.generation.get(),
            last: view.last.map(LastWords::from),
            active_at: view.active_at.into(),
        }
    }
}

impl From<Role> for RoomRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Member => Self::Member,
        }
    }
}

impl From<Preview> for LastWords {
    fn from(Preview { author, text, at }: Preview) -> Self {
        Self { author: author.into(), text, sent_at: at.into() }
    }
}
