//! Who is in a room. Everything here is part of the rooms' port.

use super::readers::Lane;
use super::rows;
use domain::Seat;
use domain::ports::{Membership, SessionId};
use protocol::{At, Change, Member, Rev, Role, RoomId, UserId, What};
use sqlx::sqlite::SqliteRow;
use sqlx::{SqliteConnection, SqliteExecutor};

pub async fn role(db: impl SqliteExecutor<'_>, room: RoomId, user: UserId) -> sqlx::Result<Option<Role>> {
    let row = sqlx::query(
        "select role
         from members
         where room_id = $1
           and user_id = $2
           and is_active = 1",
    )
    .bind(room.get())
    .bind(user.get())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(rows::role).transpose()
}

pub async fn memberships(readers: &Lane, session: &SessionId, now: At) -> sqlx::Result<Option<Vec<Membership>>> {
    let found = sqlx::query(
        "select m.room_id, m.role, m.read_generation, m.read_no, r.rev
         from sessions s
         join users u on u.id = s.user_id
         left join members m on m.user_id = s.user_id and m.is_active = 1
         left join rooms r on r.id = m.room_id
         where s.id = $1
           and s.expires >= $2
           and u.disabled_at is null",
    )
    .bind(&session.0)
    .bind(now.get())
    .fetch_all(readers)
    .await?;
    rows::memberships_if_any(&found)
}

pub async fn rooms_of(readers: &Lane, people: &[UserId]) -> sqlx::Result<Vec<(UserId, RoomId)>> {
    let found = sqlx::query(
        "select user_id, room_id
         from members
         where user_id in (select value from json_each($1))
           and is_active = 1",
    )
    .bind(ids(people))
    .fetch_all(readers)
    .await?;
    found.iter().map(|row| Ok((rows::number(row, "user_id")?, rows::number(row, "room_id")?))).collect()
}

/// Everybody; `None` when the asker is not among them.
pub async fn all(readers: &Lane, seat: &Seat) -> sqlx::Result<Option<Vec<Member>>> {
    let found = sqlx::query(
        "select m.role, u.id as user_id, u.username, u.display_name, u.bot_of is not null as is_bot
         from members m
         join users u on u.id = m.user_id
         where m.room_id = $1
           and m.is_active = 1
         order by m.user_id",
    )
    .bind(seat.room().get())
    .fetch_all(readers)
    .await?;
    let members = found.iter().map(rows::member).collect::<sqlx::Result<Vec<_>>>()?;
    let is_one = members.iter().any(|member| member.person.id == seat.user());
    Ok(is_one.then_some(members))
}

/// Whether all of these different people exist.
pub async fn exist(db: &mut SqliteConnection, people: &[UserId]) -> sqlx::Result<bool> {
    let found: i64 = sqlx::query_scalar("select count(*) from users where id in (select value from json_each($1))")
        .bind(ids(people))
        .fetch_one(db)
        .await?;
    Ok(found == people.len() as i64)
}

/// Whether a person has a seat in each of these different rooms.
pub async fn is_in_all(db: &mut SqliteConnection, user: UserId, rooms: &[RoomId]) -> sqlx::Result<bool> {
    let found: i64 = sqlx::query_scalar(
        "select count(*)
         from members
         where user_id = $1
           and room_id in (select value from json_each($2))
           and is_active = 1",
    )
    .bind(user.get())
    .bind(rows::list(rooms.iter().map(|room| room.get())))
    .fetch_one(db)
    .await?;
    Ok(found == rooms.len() as i64)
}

/// Seats the first members of a new room, before its first revision.
pub async fn first(
    db: &mut SqliteConnection,
    room: RoomId,
    owner: Option<UserId>,
    people: &[UserId],
    at: At,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into members (room_id, user_id, role, is_active, rev, joined_rev, joined_at, read_no)
         select $1, value, case value when $2 then 'owner' else 'member' end, 1, 0, 0, $4, 0
         from json_each($3)",
    )
    .bind(room.get())
    .bind(owner.map(UserId::get))
    .bind(ids(people))
    .bind(at.get())
    .execute(db)
    .await
    .map(drop)
}

pub async fn add(
    db: &mut SqliteConnection,
    seat: Seat,
    mut people: Vec<UserId>,
    at: At,
) -> sqlx::Result<Option<Vec<Change>>> {
    people.sort_unstable();
    people.dedup();
    if role(&mut *db, seat.room(), seat.user()).await?.is_none() || !exist(db, &people).await? {
        return Ok(None);
    }
    let joined = sqlx::query(
        "insert into members (room_id, user_id, role, is_active, rev, joined_rev, joined_at, read_no)
         select r.id, n.id, 'member', 1, r.rev + n.place, r.rev + n.place, $3, r.last_no
         from rooms r
         join (
           select u.id, row_number() over (order by u.id) as place
           from users u
           where u.id in (select value from json_each($2))
             and not exists (select 1 from members where room_id = $1 and user_id = u.id and is_active = 1)
         ) n
         where r.id = $1
         on conflict (room_id, user_id) do update
         set role = 'member', is_active = 1, rev = excluded.rev, joined_rev = excluded.joined_rev,
           joined_at = excluded.joined_at, read_no = excluded.read_no
         returning rev, role, user_id,
           (select username from users where id = user_id) as username,
           (select display_name from users where id = user_id) as display_name,
           (select bot_of is not null from users where id = user_id) as is_bot;

         update rooms
         set rev = rev + n.joined, members = members + n.joined
         from (select count(*) as joined from members m join rooms r on r.id = m.room_id where r.id = $1 and m.rev > r.rev) n
         where id = $1",
    )
    .bind(seat.room().get())
    .bind(ids(&people))
    .bind(at.get())
    .fetch_all(db)
    .await?;
    let mut changes = joined.iter().map(|row| member_joined(seat.room(), row)).collect::<sqlx::Result<Vec<_>>>()?;
    changes.sort_by_key(|change| change.rev);
    Ok(Some(changes))
}

fn member_joined(room: RoomId, row: &SqliteRow) -> sqlx::Result<Change> {
    Ok(Change { room, rev: rows::number(row, "rev")?, what: What::MemberJoined(rows::member(row)?) })
}

pub async fn remove(db: &mut SqliteConnection, seat: Seat, person: UserId) -> sqlx::Result<Option<Vec<Change>>> {
    let room = seat.room();
    let asker = role(&mut *db, room, seat.user()).await?;
    let is_allowed = asker == Some(Role::Owner) || (asker.is_some() && person == seat.user());
    let leaver = role(&mut *db, room, person).await?;
    let (true, Some(was)) = (is_allowed, leaver) else { return Ok(None) };

    let rev = next_rev(db, room).await?;
    sqlx::query(
        "update members
         set role = 'member', is_active = 0, rev = $3
         where room_id = $1
           and user_id = $2;

         update rooms
         set members = members - 1
         where id = $1",
    )
    .bind(room.get())
    .bind(person.get())
    .bind(rev.get())
    .execute(&mut *db)
    .await?;
    let mut changes = vec![Change { room, rev, what: What::MemberLeft(person) }];
    if was == Role::Owner {
        changes.extend(succeed(db, room).await?);
    }
    Ok(Some(changes))
}

pub async fn remove_all(db: &mut SqliteConnection, seat: Seat) -> sqlx::Result<Option<Vec<Change>>> {
    if role(&mut *db, seat.room(), seat.user()).await? != Some(Role::Owner) {
        return Ok(None);
    }
    empty(db, seat.room()).await.map(Some)
}

/// Takes everybody out, the owner as well.
pub async fn empty(db: &mut SqliteConnection, room: RoomId) -> sqlx::Result<Vec<Change>> {
    let left = sqlx::query(
        "update members
         set role = 'member', is_active = 0, rev = n.rev
         from (
           select m.user_id, r.rev + row_number() over (order by m.user_id) as rev
           from members m
           join rooms r on r.id = m.room_id
           where r.id = $1
             and m.is_active = 1
         ) n
         where members.room_id = $1
           and members.user_id = n.user_id
         returning members.user_id, members.rev",
    )
    .bind(room.get())
    .fetch_all(&mut *db)
    .await?;
    sqlx::query("update rooms set rev = rev + members, members = 0 where id = $1").bind(room.get()).execute(db).await?;
    let mut changes = left.iter().map(|row| member_left(room, row)).collect::<sqlx::Result<Vec<_>>>()?;
    changes.sort_by_key(|change| change.rev);
    Ok(changes)
}

fn member_left(room: RoomId, row: &SqliteRow) -> sqlx::Result<Change> {
    Ok(Change { room, rev: rows::number(row, "rev")?, what: What::MemberLeft(rows::number(row, "user_id")?) })
}

/// Passes a room without an owner to the member who has been there longest, if there is one.
async fn succeed(db: &mut SqliteConnection, room: RoomId) -> sqlx::Result<Option<Change>> {
    let successor = sqlx::query(
        "select user_id
         from members
         where room_id = $1
           and is_active = 1
         order by joined_rev, user_id
         limit 1",
    )
    .bind(room.get())
    .fetch_optional(&mut *db)
    .await?;
    let Some(successor) = successor else { return Ok(None) };
    let rev = next_rev(db, room).await?;
    let row = sqlx::query(
        "update members
         set role = 'owner', rev = $3
         where room_id = $1
           and user_id = $2
         returning role, user_id,
           (select username from users where id = user_id) as username,
           (select display_name from users where id = user_id) as display_name,
           (select bot_of is not null from users where id = user_id) as is_bot",
    )
    .bind(room.get())
    .bind(rows::number::<UserId>(&successor, "user_id")?.get())
    .bind(rev.get())
    .fetch_one(db)
    .await?;
    Ok(Some(Change { room, rev, what: What::MemberChanged(rows::member(&row)?) }))
}

async fn next_rev(db: &mut SqliteConnection, room: RoomId) -> sqlx::Result<Rev> {
    let row = sqlx::query("update rooms set rev = rev + 1 where id = $1 returning rev")
        .bind(room.get())
        .fetch_one(db)
        .await?;
    rows::number(&row, "rev")
}

fn ids(people: &[UserId]) -> String {
    rows::list(people.iter().map(|person| person.get()))
}
