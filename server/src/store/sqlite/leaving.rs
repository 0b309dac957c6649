//! Who leaves a room, and who owns it then. Everything here is part of the rooms' port.

use super::members::{ids, role};
use super::rows;
use domain::Seat;
use protocol::{Change, Rev, Role, RoomId, UserId, What};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

pub async fn remove(db: &mut SqliteConnection, seat: Seat, person: UserId) -> sqlx::Result<Option<Vec<Change>>> {
    let room = seat.room();
    let asker = role(&mut *db, room, seat.user()).await?;
    let is_allowed = asker == Some(Role::Owner) || (asker.is_some() && person == seat.user());
    let leaver = role(&mut *db, room, person).await?;
    let (true, Some(was)) = (is_allowed, leaver) else { return Ok(None) };

    let leavers = with_bots(db, room, person).await?;
    let mut changes = leave(db, room, &leavers).await?;
    if was == Role::Owner {
        changes.extend(succeed(db, room).await?);
    }
    Ok(Some(changes))
}

/// A person, and those of their bots that have a seat in a room.
async fn with_bots(db: &mut SqliteConnection, room: RoomId, person: UserId) -> sqlx::Result<Vec<UserId>> {
    let bots = sqlx::query(
        "select m.user_id
         from members m
         join users u on u.id = m.user_id
         where m.room_id = $1
           and m.is_active = 1
           and u.bot_of = $2",
    )
    .bind(room.get())
    .bind(person.get())
    .fetch_all(db)
    .await?;
    let bots = bots.iter().map(|row| rows::number(row, "user_id"));
    [Ok(person)].into_iter().chain(bots).collect()
}

/// Takes these bots out of all their groups.
pub async fn remove_bots(db: &mut SqliteConnection, bots: &[UserId]) -> sqlx::Result<Vec<Change>> {
    let found = sqlx::query(
        "select distinct m.room_id
         from members m
         join rooms r on r.id = m.room_id
         where m.user_id in (select value from json_each($1))
           and m.is_active = 1
           and r.kind = 'group'",
    )
    .bind(ids(bots))
    .fetch_all(&mut *db)
    .await?;
    let mut changes = Vec::new();
    for row in &found {
        changes.extend(leave(db, rows::number(row, "room_id")?, bots).await?);
    }
    Ok(changes)
}

pub async fn remove_all(db: &mut SqliteConnection, seat: Seat) -> sqlx::Result<Option<Rev>> {
    if role(&mut *db, seat.room(), seat.user()).await? != Some(Role::Owner) {
        return Ok(None);
    }
    end(db, seat.room()).await.map(Some)
}

/// Takes everybody out, the owner as well, in one revision, and returns it.
pub async fn end(db: &mut SqliteConnection, room: RoomId) -> sqlx::Result<Rev> {
    sqlx::query(
        "update members
         set role = 'member', is_active = 0, rev = (select rev + 1 from rooms where id = $1)
         where room_id = $1
           and is_active = 1",
    )
    .bind(room.get())
    .execute(&mut *db)
    .await?;
    let row = sqlx::query("update rooms set rev = rev + 1, members = 0 where id = $1 returning rev")
        .bind(room.get())
        .fetch_one(db)
        .await?;
    rows::number(&row, "rev")
}

/// Takes those of these people out who have a seat in the room.
async fn leave(db: &mut SqliteConnection, room: RoomId, people: &[UserId]) -> sqlx::Result<Vec<Change>> {
    let left = sqlx::query(
        "update members
         set role = 'member', is_active = 0, rev = n.rev
         from (
           select m.user_id, r.rev + row_number() over (order by m.user_id) as rev
           from members m
           join rooms r on r.id = m.room_id
           where r.id = $1
             and m.is_active = 1
             and m.user_id in (select value from json_each($2))
         ) n
         where members.room_id = $1
           and members.user_id = n.user_id
         returning members.user_id, members.rev",
    )
    .bind(room.get())
    .bind(ids(people))
    .fetch_all(&mut *db)
    .await?;
    sqlx::query("update rooms set rev = rev + $2, members = members - $2 where id = $1")
        .bind(room.get())
        .bind(left.len() as i64)
        .execute(db)
        .await?;
    let mut changes = left.iter().map(|row| member_left(room, row)).collect::<sqlx::Result<Vec<_>>>()?;
    changes.sort_by_key(|change| change.rev);
    Ok(changes)
}

fn member_left(room: RoomId, row: &SqliteRow) -> sqlx::Result<Change> {
    Ok(Change { room, rev: rows::number(row, "rev")?, what: What::MemberLeft(rows::number(row, "user_id")?) })
}

/// Passes the groups without an owner in which a person has a seat to those who have been there longest.
pub async fn succeed_where_nobody_owns(db: &mut SqliteConnection, person: UserId) -> sqlx::Result<Vec<Change>> {
    let found = sqlx::query(
        "select m.room_id
         from members m
         join rooms r on r.id = m.room_id
         where m.user_id = $1
           and m.is_active = 1
           and r.kind = 'group'
           and not exists (select 1 from members where room_id = r.id and role = 'owner')",
    )
    .bind(person.get())
    .fetch_all(&mut *db)
    .await?;
    let mut changes = Vec::new();
    for row in &found {
        changes.extend(succeed(db, rows::number(row, "room_id")?).await?);
    }
    Ok(changes)
}

/// Passes a room without an owner to the person who has been there longest, if there is one: bots own nothing, and who is
/// disabled looks after nothing.
async fn succeed(db: &mut SqliteConnection, room: RoomId) -> sqlx::Result<Option<Change>> {
    let successor = sqlx::query(
        "select m.user_id
         from members m
         join users u on u.id = m.user_id
         where m.room_id = $1
           and m.is_active = 1
           and u.bot_of is null
           and u.disabled_at is null
         order by m.joined_rev, m.user_id
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
