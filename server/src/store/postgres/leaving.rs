//! Who leaves a room, and who owns it then. Everything here is part of the rooms' port.

use super::members::{ids, role};
use super::rooms;
use crate::store::rows;
use domain::Seat;
use protocol::{Change, Rev, Role, RoomId, UserId, What};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;

pub async fn remove(db: &mut PgConnection, seat: Seat, person: UserId) -> sqlx::Result<Option<Vec<Change>>> {
    let room = seat.room();
    rooms::lock(db, room).await?;
    let asker = role(db, room, seat.user()).await?;
    let is_allowed = asker == Some(Role::Owner) || (asker.is_some() && person == seat.user());
    let leaver = role(db, room, person).await?;
    let (true, Some(was)) = (is_allowed, leaver) else { return Ok(None) };

    let leavers = with_bots(db, room, person).await?;
    let mut changes = leave(db, room, &leavers).await?;
    if was == Role::Owner {
        changes.extend(succeed(db, room).await?);
    }
    Ok(Some(changes))
}

/// A person, and those of their bots that have a seat in a room, which is locked.
async fn with_bots(db: &mut PgConnection, room: RoomId, person: UserId) -> sqlx::Result<Vec<UserId>> {
    let bots = sqlx::query(
        "select m.user_id
         from members m
         join users u on u.id = m.user_id
         where m.room_id = $1
           and m.is_active
           and u.bot_of = $2",
    )
    .bind(room.get())
    .bind(person.get())
    .fetch_all(db)
    .await?;
    let bots = bots.iter().map(|row| rows::number(row, "user_id"));
    [Ok(person)].into_iter().chain(bots).collect()
}

/// Takes these bots out of all their groups, which are locked.
pub async fn remove_bots(db: &mut PgConnection, bots: &[UserId]) -> sqlx::Result<Vec<Change>> {
    let found = sqlx::query(
        "select distinct m.room_id
         from members m
         join rooms r on r.id = m.room_id
         where m.user_id = any($1)
           and m.is_active
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

pub async fn remove_all(db: &mut PgConnection, seat: Seat) -> sqlx::Result<Option<Rev>> {
    rooms::lock(db, seat.room()).await?;
    if role(db, seat.room(), seat.user()).await? != Some(Role::Owner) {
        return Ok(None);
    }
    end(db, seat.room()).await.map(Some)
}

/// Takes everybody out of a locked room, the owner as well, in one revision, and returns it.
pub async fn end(db: &mut PgConnection, room: RoomId) -> sqlx::Result<Rev> {
    sqlx::query(
        "update members
         set role = 'member', is_active = false, rev = (select rev + 1 from rooms where id = $1)
         where room_id = $1
           and is_active",
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

/// Takes those of these people out who have a seat in a locked room.
async fn leave(db: &mut PgConnection, room: RoomId, people: &[UserId]) -> sqlx::Result<Vec<Change>> {
    let left = sqlx::query(
        "update members
         set role = 'member', is_active = false, rev = n.rev
         from (
           select m.user_id, r.rev + row_number() over (order by m.user_id) as rev
           from members m
           join rooms r on r.id = m.room_id
           where r.id = $1
             and m.is_active
             and m.user_id = any($2)
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

fn member_left(room: RoomId, row: &PgRow) -> sqlx::Result<Change> {
    Ok(Change { room, rev: rows::number(row, "rev")?, what: What::MemberLeft(rows::number(row, "user_id")?) })
}

/// Passes the groups without an owner in which a person has a seat, and which are locked, to those who have been there
/// longest.
pub async fn succeed_where_nobody_owns(db: &mut PgConnection, person: UserId) -> sqlx::Result<Vec<Change>> {
    let found = sqlx::query(
        "select m.room_id
         from members m
         join rooms r on r.id = m.room_id
         where m.user_id = $1
           and m.is_active
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
async fn succeed(db: &mut PgConnection, room: RoomId) -> sqlx::Result<Option<Change>> {
    let row = sqlx::query(
        "update members m
         set role = 'owner', rev = r.rev + 1
         from rooms r, users u
         where m.room_id = $1
           and m.user_id = (
             select s.user_id
             from members s
             join users p on p.id = s.user_id
             where s.room_id = $1
               and s.is_active
               and p.bot_of is null
               and p.disabled_at is null
             order by s.joined_rev, s.user_id
             limit 1
           )
           and r.id = m.room_id
           and u.id = m.user_id
         returning m.rev, m.role, m.user_id, u.username, u.display_name, u.bot_of is not null as is_bot",
    )
    .bind(room.get())
    .fetch_optional(&mut *db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    sqlx::query("update rooms set rev = rev + 1 where id = $1").bind(room.get()).execute(db).await?;
    Ok(Some(Change { room, rev: rows::number(&row, "rev")?, what: What::MemberChanged(rows::member(&row)?) }))
}
