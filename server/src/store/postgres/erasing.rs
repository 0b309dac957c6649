//! What rooms have left behind that nobody is in any more. Everything here is part of the rooms' port.

use crate::store::rows;
use protocol::RoomId;
use sqlx::PgConnection;

/// Erases at most `limit` rows; true when there was nothing left to erase, but for what another node erases just now.
pub async fn erase(db: &mut PgConnection, limit: u32) -> sqlx::Result<bool> {
    // A partial index holds these rooms only.
    let next = sqlx::query(
        "select id as room_id
         from rooms
         where members = 0
         order by id
         limit 1
         for update skip locked",
    );
    let Some(row) = next.fetch_optional(&mut *db).await? else { return Ok(true) };
    let room: RoomId = rows::number(&row, "room_id")?;
    let mut rest = u64::from(limit);
    for sql in [
        "delete from messages
         where room_id = $1
           and no in (select no from messages where room_id = $1 order by no limit $2)",
        "delete from members
         where room_id = $1
           and user_id in (select user_id from members where room_id = $1 order by user_id limit $2)",
    ] {
        let erased = sqlx::query(sql).bind(room.get()).bind(rest as i64).execute(&mut *db).await?;
        rest -= erased.rows_affected().min(rest);
        if rest == 0 {
            return Ok(false);
        }
    }
    sqlx::query("delete from rooms where id = $1").bind(room.get()).execute(db).await?;
    Ok(false)
}
