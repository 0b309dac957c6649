//! Groups as administrators see them. Everything here is part of administration's port.

use super::{audit, leaving, rooms};
use crate::store::records::{self, Doer, Line};
use crate::store::rows;
use domain::ports::{Act, Acted, Refusal, RoomRecord};
use protocol::{Rev, RoomId, UserId};
use sqlx::PgConnection;

/// Every group that has members, in the columns of [`records::room_record`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select r.id as room_id, r.name, r.members, r.last_no, r.created_at,
               (select at from messages where room_id = r.id and no = r.last_no) as newest_at,
               u.id as user_id, u.username, u.display_name, u.bot_of is not null as is_bot
             from rooms r
             left join members m on m.room_id = r.id and m.role = 'owner'
             left join users u on u.id = m.user_id
             where r.kind = 'group'
               and r.members > 0 ",
            $rest
        )
    };
}

pub async fn list(db: &mut PgConnection, before: Option<RoomId>, limit: u32) -> sqlx::Result<Vec<RoomRecord>> {
    let found = sqlx::query(select!("and r.id < $1 order by r.id desc limit $2"))
        .bind(before.map_or(i64::MAX, RoomId::get))
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    found.iter().map(records::room_record).collect()
}

pub async fn of(db: &mut PgConnection, owner: UserId, limit: u32) -> sqlx::Result<Vec<RoomId>> {
    let found = sqlx::query(
        "select m.room_id
         from members m
         join rooms r on r.id = m.room_id
         where m.user_id = $1
           and m.is_active
           and m.role = 'owner'
           and r.kind = 'group'
         order by m.room_id desc
         limit $2",
    )
    .bind(owner.get())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    found.iter().map(|row| rows::number(row, "room_id")).collect()
}

pub async fn find(db: &mut PgConnection, room: RoomId) -> sqlx::Result<Option<RoomRecord>> {
    let row = sqlx::query(select!("and r.id = $1")).bind(room.get()).fetch_optional(db).await?;
    row.as_ref().map(records::room_record).transpose()
}

pub async fn delete(db: &mut PgConnection, doer: Doer, room: RoomId) -> sqlx::Result<Acted<Rev>> {
    rooms::lock(db, room).await?;
    let Some(group) = find(db, room).await? else { return Ok(Err(Refusal::NotThere)) };
    let rev = leaving::end(db, room).await?;
    audit::tell(db, &doer, Line::of(Act::DeleteRoom).on(room, &group.name)).await?;
    Ok(Ok(rev))
}
