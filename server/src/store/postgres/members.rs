//! Who is in a room. Everything here is part of the rooms' port.

use super::rooms;
use crate::store::rows;
use domain::Seat;
use domain::ports::{MemberRecord, Membership, NotSeated, SessionId};
use protocol::{At, Change, Role, RoomId, UserId, What};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;

pub async fn role(db: &mut PgConnection, room: RoomId, user: UserId) -> sqlx::Result<Option<Role>> {
    let row = sqlx::query(
        "select role
         from members
         where room_id = $1
           and user_id = $2
           and is_active",
    )
    .bind(room.get())
    .bind(user.get())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(rows::role).transpose()
}

pub async fn memberships(db: &mut PgConnection, session: &SessionId, now: At) -> sqlx::Result<Option<Vec<Membership>>> {
    let found = sqlx::query(
        "select m.room_id, m.role, m.read_generation, m.read_no, r.rev
         from sessions s
         join users u on u.id = s.user_id
         left join members m on m.user_id = s.user_id and m.is_active
         left join rooms r on r.id = m.room_id
         where s.id = $1
           and s.expires >= $2
           and u.disabled_at is null",
    )
    .bind(&session.0)
    .bind(now.get())
    .fetch_all(db)
    .await?;
    rows::memberships_if_any(&found)
}

pub async fn membership(
    db: &mut PgConnection,
    session: &SessionId,
    room: RoomId,
    now: At,
) -> sqlx::Result<Option<Option<Membership>>> {
    let found = sqlx::query(
        "select m.room_id, m.role, m.read_generation, m.read_no, r.rev
         from sessions s
         join users u on u.id = s.user_id
         left join members m on m.user_id = s.user_id and m.room_id = $2 and m.is_active
         left join rooms r on r.id = m.room_id
         where s.id = $1
           and s.expires >= $3
           and u.disabled_at is null",
    )
    .bind(&session.0)
    .bind(room.get())
    .bind(now.get())
    .fetch_all(db)
    .await?;
    Ok(rows::memberships_if_any(&found)?.map(|mut memberships| memberships.pop()))
}

/// Those after that person, by id; `None` when the asker is not among the members.
pub async fn page(
    snapshot: &mut PgConnection,
    seat: Seat,
    after: Option<UserId>,
    limit: u32,
) -> sqlx::Result<Option<Vec<MemberRecord>>> {
    if role(&mut *snapshot, seat.room(), seat.user()).await?.is_none() {
        return Ok(None);
    }
    let found = sqlx::query(
        "select m.role, u.id as user_id, u.username, u.display_name, u.bot_of is not null as is_bot,
           o.id as owner_id, o.username as owner_username, o.display_name as owner_name
         from members m
         join users u on u.id = m.user_id
         left join users o on o.id = u.bot_of
         where m.room_id = $1
           and m.is_active
           and m.user_id > $2
         order by m.user_id
         limit $3",
    )
    .bind(seat.room().get())
    .bind(after.map_or(0, UserId::get))
    .bind(i64::from(limit))
    .fetch_all(snapshot)
    .await?;
    found.iter().map(rows::member_record).collect::<sqlx::Result<_>>().map(Some)
}

/// Whether all of these different people exist, with accounts that are open; until the transaction ends they stay so, and
/// keep their names.
///
/// So a new name either comes first, or finds them in their new room and is told there.
pub async fn hold(db: &mut PgConnection, people: &[UserId]) -> sqlx::Result<bool> {
    let held = sqlx::query("select id from users where id = any($1) and disabled_at is null order by id for share")
        .bind(ids(people))
        .fetch_all(db)
        .await?;
    Ok(held.len() == people.len())
}

/// Whether one of these is a bot whose owner is neither among them nor has a seat in the room, which is locked.
pub async fn has_stray_bot(db: &mut PgConnection, room: Option<RoomId>, people: &[UserId]) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (
           select 1
           from users
           where id = any($2)
             and bot_of <> all($2)
             and bot_of not in (select user_id from members where room_id = $1 and is_active)
         )",
    )
    .bind(room.map(RoomId::get))
    .bind(ids(people))
    .fetch_one(db)
    .await
}

pub async fn is_bot(db: &mut PgConnection, user: UserId) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select 1 from users where id = $1 and bot_of is not null)")
        .bind(user.get())
        .fetch_one(db)
        .await
}

/// Whether a person has a seat in each of these different rooms.
pub async fn is_in_all(db: &mut PgConnection, user: UserId, rooms: &[RoomId]) -> sqlx::Result<bool> {
    let found: i64 = sqlx::query_scalar(
        "select count(*)
         from members
         where user_id = $1
           and room_id = any($2)
           and is_active",
    )
    .bind(user.get())
    .bind(rooms.iter().map(|room| room.get()).collect::<Vec<_>>())
    .fetch_one(db)
    .await?;
    Ok(found == rooms.len() as i64)
}

/// Seats the first members of a new room, before its first revision.
pub async fn first(
    db: &mut PgConnection,
    room: RoomId,
    owner: Option<UserId>,
    people: &[UserId],
    at: At,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into members (room_id, user_id, role, is_active, rev, joined_rev, joined_at, read_no)
         select $1, id, case id when $2 then 'owner' else 'member' end, true, 0, 0, $4, 0
         from unnest($3) as people (id)",
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
    db: &mut PgConnection,
    seat: Seat,
    mut people: Vec<UserId>,
    at: At,
) -> sqlx::Result<Result<Vec<Change>, NotSeated>> {
    people.sort_unstable();
    people.dedup();
    if !hold(db, &people).await? {
        return Ok(Err(NotSeated::NotThere));
    }
    rooms::lock(db, seat.room()).await?;
    if role(db, seat.room(), seat.user()).await?.is_none() {
        return Ok(Err(NotSeated::NotThere));
    }
    if is_bot(db, seat.user()).await? {
        return Ok(Err(NotSeated::AskedByBot));
    }
    if has_stray_bot(db, Some(seat.room()), &people).await? {
        return Ok(Err(NotSeated::WithoutOwner));
    }
    let joined = join(db, seat.room(), &people, at).await?;
    let mut changes = joined.iter().map(|row| member_joined(seat.room(), row)).collect::<sqlx::Result<Vec<_>>>()?;
    changes.sort_by_key(|change| change.rev);
    Ok(Ok(changes))
}

/// Those who were not in the room yet, each with a revision.
async fn join(db: &mut PgConnection, room: RoomId, people: &[UserId], at: At) -> sqlx::Result<Vec<PgRow>> {
    let joined = sqlx::query(
        "insert into members (room_id, user_id, role, is_active, rev, joined_rev, joined_at, read_no)
         select r.id, n.id, 'member', true, r.rev + n.place, r.rev + n.place, $3, r.last_no
         from rooms r
         join (
           select u.id, row_number() over (order by u.id) as place
           from users u
           where u.id = any($2)
             and not exists (select 1 from members where room_id = $1 and user_id = u.id and is_active)
         ) n on true
         where r.id = $1
         on conflict (room_id, user_id) do update
         set role = 'member', is_active = true, rev = excluded.rev, joined_rev = excluded.joined_rev,
           joined_at = excluded.joined_at, read_no = excluded.read_no
         returning rev, role, user_id,
           (select username from users where id = user_id) as username,
           (select display_name from users where id = user_id) as display_name,
           (select bot_of is not null from users where id = user_id) as is_bot",
    )
    .bind(room.get())
    .bind(ids(people))
    .bind(at.get())
    .fetch_all(&mut *db)
    .await?;
    sqlx::query("update rooms set rev = rev + $2, members = members + $2 where id = $1")
        .bind(room.get())
        .bind(joined.len() as i64)
        .execute(db)
        .await?;
    Ok(joined)
}

fn member_joined(room: RoomId, row: &PgRow) -> sqlx::Result<Change> {
    Ok(Change { room, rev: rows::number(row, "rev")?, what: What::MemberJoined(rows::member(row)?) })
}

pub fn ids(people: &[UserId]) -> Vec<i64> {
    people.iter().map(|person| person.get()).collect()
}
