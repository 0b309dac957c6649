//! What rooms have left behind that nobody is in any more. Everything here is part of the rooms' port.

use super::rows;
use protocol::RoomId;
use sqlx::SqliteConnection;

/// A partial index holds these rooms only.
const NEXT: &str = "select id as room_id
     from rooms
     where members = 0
     order by id
     limit 1";

/// Erases at most `limit` rows; true when there was nothing left to erase.
pub async fn erase(db: &mut SqliteConnection, limit: u32) -> sqlx::Result<bool> {
    let Some(row) = sqlx::query(NEXT).fetch_optional(&mut *db).await? else { return Ok(true) };
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

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{AssertSqlSafe, Connection, Row};

    #[tokio::test]
    async fn no_room_with_members_and_no_message_is_looked_at() {
        let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        crate::store::sqlite::open::MIGRATIONS.run_direct(None, &mut db, false).await.unwrap();
        let plan = sqlx::raw_sql(AssertSqlSafe(format!("explain query plan {NEXT}")));
        let plan = plan.fetch_all(&mut db).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
        assert_eq!(steps, ["SCAN rooms USING COVERING INDEX rooms_empty"]);
    }
}
