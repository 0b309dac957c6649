//! From rows to what administrators see, and the lines of their log, on either database.

use super::rows::{self, Columns, number, person, room_name, spoilt};
use domain::Registration;
use domain::ports::{
    Act, ActId, AuditEntry, Digest, Instance, InvitationId, InvitationRecord, Named, PeopleFilter, PersonRecord,
    ResetRecord, RoomRecord, Statistics,
};
use protocol::{At, InstanceName, Person, RoomId, RoomName, UserId};

/// In whose name something is done, and when.
#[derive(Clone, Debug)]
pub struct Doer {
    /// `None`: whoever has the command line.
    pub who: Option<Named<UserId>>,
    pub at: At,
}

/// A line of the log, to be written.
pub struct Line {
    pub act: Act,
    pub person: Option<Named<UserId>>,
    pub room: Option<Named<RoomId>>,
    pub detail: String,
}

impl Line {
    pub fn of(act: Act) -> Self {
        Self { act, person: None, room: None, detail: String::new() }
    }

    pub fn to(self, id: UserId, name: &str) -> Self {
        Self { person: Some(Named { id, name: name.to_owned() }), ..self }
    }

    pub fn on(self, id: RoomId, name: &RoomName) -> Self {
        Self { room: Some(Named { id, name: name.as_str().to_owned() }), ..self }
    }

    pub fn with(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }
}

/// By what right an account comes in.
pub enum Entry {
    /// Nobody was there yet; who made it, when it was an administrator.
    First(Option<Doer>),
    Open,
    By(Digest),
    Made(Doer),
}

/// An account to which something may be done.
pub struct Subject {
    pub id: UserId,
    pub username: String,
    pub is_admin: bool,
    pub is_bot: bool,
    pub is_shut: bool,
    /// Of a bot: whether its owner's account is shut.
    pub is_orphan: bool,
}

/// `user_id, username, is_admin, is_bot, is_shut, is_orphan`
pub fn subject(row: &impl Columns) -> sqlx::Result<Subject> {
    Ok(Subject {
        id: number(row, "user_id")?,
        username: row.words("username")?.to_owned(),
        is_admin: row.is("is_admin")?,
        is_bot: row.is("is_bot")?,
        is_shut: row.is("is_shut")?,
        is_orphan: row.is("is_orphan")?,
    })
}

/// A person and `email, is_admin, disabled_at, bot_of, created_at, seen_at`.
pub fn person_record(row: &impl Columns) -> sqlx::Result<PersonRecord> {
    Ok(PersonRecord {
        person: person(row)?,
        email: row.words("email")?.to_owned(),
        is_admin: row.is("is_admin")?,
        disabled: optional(row, "disabled_at")?,
        bot_of: optional(row, "bot_of")?,
        created: number(row, "created_at")?,
        seen: optional(row, "seen_at")?,
    })
}

/// The name by which a query knows a filter.
pub fn filter_name(filter: PeopleFilter) -> &'static str {
    match filter {
        PeopleFilter::All => "all",
        PeopleFilter::Open => "open",
        PeopleFilter::Disabled => "disabled",
        PeopleFilter::Administrators => "administrators",
        PeopleFilter::Bots => "bots",
    }
}

/// `room_id, name, members, last_no, created_at, newest_at`, and the owner as a person where there is one.
pub fn room_record(row: &impl Columns) -> sqlx::Result<RoomRecord> {
    Ok(RoomRecord {
        id: number(row, "room_id")?,
        name: room_name(row)?,
        owner: owner(row)?,
        members: count(row, "members")?,
        messages: number(row, "last_no")?,
        created: number(row, "created_at")?,
        newest: optional(row, "newest_at")?,
    })
}

/// `name, registration`
pub fn instance(row: &impl Columns) -> sqlx::Result<Instance> {
    let registration = words(row, "registration")?.map(|name| Registration::parse(&name));
    Ok(Instance {
        name: InstanceName::try_from(row.words("name")?.to_owned()).map_err(|invalid| spoilt("name", invalid))?,
        registration: registration.map(|known| known.ok_or_else(|| spoilt("registration", "unknown"))).transpose()?,
    })
}

/// `people, disabled, bots, group_rooms, direct_rooms, messages, bytes`
pub fn statistics(row: &impl Columns, days: Vec<(i64, u64)>) -> sqlx::Result<Statistics> {
    Ok(Statistics {
        people: count(row, "people")?,
        disabled: count(row, "disabled")?,
        bots: count(row, "bots")?,
        groups: count(row, "group_rooms")?,
        direct_rooms: count(row, "direct_rooms")?,
        messages: count(row, "messages")?,
        days,
        bytes: count(row, "bytes")?,
    })
}

/// `day, messages`
pub fn day(row: &impl Columns) -> sqlx::Result<(i64, u64)> {
    Ok((int(row, "day")?, count(row, "messages")?))
}

/// `id, note, uses, uses_left, created_at, expires`, and the maker as a person where there is one.
pub fn invitation(row: &impl Columns) -> sqlx::Result<InvitationRecord> {
    Ok(InvitationRecord {
        id: InvitationId(int(row, "id")?),
        made_by: owner(row)?,
        note: row.words("note")?.to_owned(),
        uses: count(row, "uses")?,
        uses_left: count(row, "uses_left")?,
        created: number(row, "created_at")?,
        expires: number(row, "expires")?,
    })
}

/// A person and `created_at, expires`, and the maker as [`rows::owner`].
pub fn reset(row: &impl Columns) -> sqlx::Result<ResetRecord> {
    Ok(ResetRecord {
        person: person(row)?,
        made_by: rows::owner(row)?,
        created: number(row, "created_at")?,
        expires: number(row, "expires")?,
    })
}

/// `id, at, actor_id, actor, act, person_id, person, room_id, room, detail`
pub fn audit_entry(row: &impl Columns) -> sqlx::Result<AuditEntry> {
    Ok(AuditEntry {
        id: ActId(int(row, "id")?),
        at: number(row, "at")?,
        actor: named(row, "actor_id", "actor")?,
        act: Act::parse(row.words("act")?).ok_or_else(|| spoilt("act", "unknown"))?,
        person: named(row, "person_id", "person")?,
        room: named(row, "room_id", "room")?,
        detail: row.words("detail")?.to_owned(),
    })
}

fn named<T>(row: &impl Columns, id: &'static str, name: &'static str) -> sqlx::Result<Option<Named<T>>>
where
    T: TryFrom<i64, Error = &'static str>,
{
    let Some(id) = optional(row, id)? else { return Ok(None) };
    Ok(Some(Named { id, name: row.words(name)?.to_owned() }))
}

/// A person whom there need not be.
fn owner(row: &impl Columns) -> sqlx::Result<Option<Person>> {
    row.int("user_id")?.map(|_| person(row)).transpose()
}

fn optional<T>(row: &impl Columns, column: &'static str) -> sqlx::Result<Option<T>>
where
    T: TryFrom<i64, Error = &'static str>,
{
    row.int(column)?.map(|_| number(row, column)).transpose()
}

fn words(row: &impl Columns, column: &'static str) -> sqlx::Result<Option<String>> {
    row.maybe_words(column).map(|words| words.map(str::to_owned))
}

fn int(row: &impl Columns, column: &'static str) -> sqlx::Result<i64> {
    row.int(column)?.ok_or_else(|| spoilt(column, "null"))
}

fn count<T: TryFrom<i64>>(row: &impl Columns, column: &'static str) -> sqlx::Result<T> {
    T::try_from(int(row, column)?).map_err(|_| spoilt(column, "not a count"))
}
