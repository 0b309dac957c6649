//! From rows to the product's words, on either database. Columns bear the same name in every query.

use domain::access::{Access, Caller, Scope};
use domain::ports::{Account, Device, Living, MemberRecord, Membership, Proof, SessionId, SessionRecord, SessionView};
use protocol::{
    ClientId, Kind, Member, Message, MessageText, OwnState, Person, Preview, ReadMarker, Role, RoomName, RoomView,
    UserId,
};
use sqlx::{ColumnIndex, Decode, Row, Type};
use std::error::Error;
use uuid::Uuid;

/// What a cell can hold, whatever the database.
pub trait Columns {
    fn int(&self, column: &'static str) -> sqlx::Result<Option<i64>>;
    fn words(&self, column: &'static str) -> sqlx::Result<&str>;
    fn maybe_words(&self, column: &'static str) -> sqlx::Result<Option<&str>>;
    fn uuid(&self, column: &'static str) -> sqlx::Result<Uuid>;
    fn is(&self, column: &'static str) -> sqlx::Result<bool>;
}

impl<R: Row> Columns for R
where
    &'static str: ColumnIndex<R>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> &'r str: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> Uuid: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> bool: Decode<'r, R::Database> + Type<R::Database>,
{
    fn int(&self, column: &'static str) -> sqlx::Result<Option<i64>> {
        self.try_get(column)
    }

    fn words(&self, column: &'static str) -> sqlx::Result<&str> {
        self.try_get(column)
    }

    fn maybe_words(&self, column: &'static str) -> sqlx::Result<Option<&str>> {
        self.try_get(column)
    }

    fn uuid(&self, column: &'static str) -> sqlx::Result<Uuid> {
        self.try_get(column)
    }

    fn is(&self, column: &'static str) -> sqlx::Result<bool> {
        self.try_get(column)
    }
}

/// An id or a counter.
pub fn number<T>(row: &impl Columns, column: &'static str) -> sqlx::Result<T>
where
    T: TryFrom<i64, Error = &'static str>,
{
    let value = row.int(column)?.ok_or_else(|| spoilt(column, "null"))?;
    T::try_from(value).map_err(|problem| spoilt(column, problem))
}

/// `user_id, username, display_name, is_bot`
pub fn person(row: &impl Columns) -> sqlx::Result<Person> {
    let (username, name) = (row.words("username")?.to_owned(), row.words("display_name")?.to_owned());
    Ok(Person { id: number(row, "user_id")?, username, name, is_bot: row.is("is_bot")? })
}

/// A person and `role`.
pub fn member(row: &impl Columns) -> sqlx::Result<Member> {
    Ok(Member { person: person(row)?, role: role(row)? })
}

/// A member, and whose bot it is.
pub fn member_record(row: &impl Columns) -> sqlx::Result<MemberRecord> {
    Ok(MemberRecord { member: member(row)?, bot_of: owner(row)? })
}

/// Another person, whom there need not be: `owner_id, owner_username, owner_name`
pub fn owner(row: &impl Columns) -> sqlx::Result<Option<Person>> {
    let Some(_) = row.int("owner_id")? else { return Ok(None) };
    let (username, name) = (row.words("owner_username")?.to_owned(), row.words("owner_name")?.to_owned());
    Ok(Some(Person { id: number(row, "owner_id")?, username, name, is_bot: false }))
}

/// `room_id, role, rev` and the read marker.
pub fn membership(row: &impl Columns) -> sqlx::Result<Membership> {
    Ok(Membership {
        room: number(row, "room_id")?,
        role: role(row)?,
        rev: number(row, "rev")?,
        read: read_marker(row)?,
    })
}

/// `read_generation, read_no`
fn read_marker(row: &impl Columns) -> sqlx::Result<ReadMarker> {
    Ok(ReadMarker { generation: number(row, "read_generation")?, no: number(row, "read_no")? })
}

/// `room_id, rev` and the read marker.
pub fn own_state(row: &impl Columns) -> sqlx::Result<OwnState> {
    Ok(OwnState { room: number(row, "room_id")?, rev: number(row, "rev")?, read: read_marker(row)? })
}

/// The same for everybody of whom there is a row; a row without a room is of somebody who has none.
pub fn memberships_if_any(found: &[impl Columns]) -> sqlx::Result<Option<Vec<Membership>>> {
    if found.is_empty() {
        return Ok(None);
    }
    let in_rooms = found.iter().filter_map(|row| match row.int("room_id") {
        Ok(None) => None,
        Ok(Some(_)) => Some(membership(row)),
        Err(error) => Some(Err(error)),
    });
    in_rooms.collect::<sqlx::Result<_>>().map(Some)
}

pub fn role(row: &impl Columns) -> sqlx::Result<Role> {
    match row.words("role")? {
        "owner" => Ok(Role::Owner),
        "member" => Ok(Role::Member),
        _ => Err(spoilt("role", "neither owner nor member")),
    }
}

pub fn kind(row: &impl Columns) -> sqlx::Result<Kind> {
    match row.words("kind")? {
        "direct" => Ok(Kind::Direct),
        "group" => Ok(Kind::Group),
        _ => Err(spoilt("kind", "neither direct nor group")),
    }
}

pub fn room_name(row: &impl Columns) -> sqlx::Result<RoomName> {
    RoomName::try_from(row.words("name")?.to_owned()).map_err(|invalid| spoilt("name", invalid))
}

pub fn text(row: &impl Columns) -> sqlx::Result<MessageText> {
    MessageText::try_from(row.words("text")?.to_owned()).map_err(|invalid| spoilt("text", invalid))
}

/// The author as a person, and `no, client_id, text, at`.
pub fn message(row: &impl Columns) -> sqlx::Result<Message> {
    Ok(Message {
        no: number(row, "no")?,
        author: person(row)?,
        client_id: ClientId(row.uuid("client_id")?),
        text: text(row)?,
        at: number(row, "at")?,
    })
}

/// A room as one person sees it, with the other one of a direct room and the last message, where there are such.
pub fn room_view(row: &impl Columns) -> sqlx::Result<RoomView> {
    let last = row.int("no")?.map(|_| message(row)).transpose()?;
    let other = row.int("other_id")?.map(|_| other(row)).transpose()?;
    let name = match &other {
        Some(other) => other.name.clone(),
        None => row.words("name")?.to_owned(),
    };
    let members = row.int("members")?.and_then(|members| u32::try_from(members).ok());
    Ok(RoomView {
        id: number(row, "room_id")?,
        kind: kind(row)?,
        name,
        other,
        role: role(row)?,
        members: members.ok_or_else(|| spoilt("members", "not a count"))?,
        rev: number(row, "rev")?,
        last_no: number(row, "last_no")?,
        read: read_marker(row)?,
        last: last.as_ref().map(Preview::of),
        active_at: number(row, "active_at")?,
    })
}

/// A person and `email, is_admin, bot_of, is_hook`.
pub fn account(row: &impl Columns) -> sqlx::Result<Account> {
    Ok(Account {
        person: person(row)?,
        email: row.words("email")?.to_owned(),
        is_admin: row.is("is_admin")?,
        bot_of: row.int("bot_of")?.map(|_| number(row, "bot_of")).transpose()?,
        is_hook: row.is("is_hook")?,
    })
}

/// `id, user_id, data, name, address, created_at, seen_at, expires`
pub fn session(row: &impl Columns) -> sqlx::Result<SessionRecord> {
    Ok(SessionRecord {
        id: SessionId(row.words("id")?.to_owned()),
        user: row.int("user_id")?.map(|_| number(row, "user_id")).transpose()?,
        data: row.words("data")?.to_owned(),
        device: device(row)?,
        created: number(row, "created_at")?,
        seen: number(row, "seen_at")?,
        expires: number(row, "expires")?,
    })
}

/// `id, user_id, proof, created_at, seen_at` and the scope.
pub fn living(row: &impl Columns) -> sqlx::Result<Living> {
    let session = SessionId(row.words("id")?.to_owned());
    let caller = Caller { user: number(row, "user_id")?, session, scope: scope(row)? };
    Ok(Living { caller, proof: proof(row)?, created: number(row, "created_at")?, seen: number(row, "seen_at")? })
}

/// `id, proof, name, address, created_at, seen_at, expires` and the scope.
pub fn session_view(row: &impl Columns) -> sqlx::Result<SessionView> {
    Ok(SessionView {
        id: SessionId(row.words("id")?.to_owned()),
        proof: proof(row)?,
        scope: scope(row)?,
        device: device(row)?,
        created: number(row, "created_at")?,
        seen: number(row, "seen_at")?,
        expires: number(row, "expires")?,
    })
}

fn device(row: &impl Columns) -> sqlx::Result<Device> {
    Ok(Device { name: row.words("name")?.to_owned(), address: row.words("address")?.to_owned() })
}

/// `proof, access, is_limited`, and `rooms` as a JSON list.
fn scope(row: &impl Columns) -> sqlx::Result<Scope> {
    if proof(row)? != Proof::Token {
        return Ok(Scope::Person);
    }
    let access = match row.words("access")? {
        "read" => Access::Read,
        "write" => Access::Write,
        "both" => Access::ReadAndWrite,
        _ => return Err(spoilt("access", "neither read, write nor both")),
    };
    let rooms = if row.is("is_limited")? {
        Some(serde_json::from_str(row.words("rooms")?).map_err(|problem| spoilt("rooms", problem))?)
    } else {
        None
    };
    Ok(Scope::Token { rooms, access })
}

/// The column `access` of a scope; null where everything is allowed.
pub fn access_name(scope: &Scope) -> Option<&'static str> {
    match scope {
        Scope::Person => None,
        Scope::Token { access: Access::Read, .. } => Some("read"),
        Scope::Token { access: Access::Write, .. } => Some("write"),
        Scope::Token { access: Access::ReadAndWrite, .. } => Some("both"),
    }
}

fn proof(row: &impl Columns) -> sqlx::Result<Proof> {
    match row.words("proof")? {
        "cookie" => Ok(Proof::Cookie),
        "log-in" => Ok(Proof::LogIn),
        "token" => Ok(Proof::Token),
        _ => Err(spoilt("proof", "neither cookie, log-in nor token")),
    }
}

/// The column `proof`.
pub fn proof_name(proof: Proof) -> &'static str {
    match proof {
        Proof::Cookie => "cookie",
        Proof::LogIn => "log-in",
        Proof::Token => "token",
    }
}

fn other(row: &impl Columns) -> sqlx::Result<Person> {
    let id: UserId = number(row, "other_id")?;
    let (username, name) = (row.words("other_username")?.to_owned(), row.words("other_name")?.to_owned());
    Ok(Person { id, username, name, is_bot: row.is("other_is_bot")? })
}

/// What cannot stand in a column.
pub fn spoilt(column: &str, problem: impl Into<Box<dyn Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: problem.into() }
}
