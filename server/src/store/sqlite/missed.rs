//! "What changed after revision n?", read in one snapshot.

use super::{room_view, rows};
use crate::store::news;
use domain::Seat;
use domain::messages::RESUME_HORIZON;
use domain::ports::{Missed, Relayed};
use protocol::{CatchUp, Change, Rev, RoomId, What};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

pub async fn missed(
    snapshot: &mut SqliteConnection,
    seat: Seat,
    since: Rev,
    limit: u32,
) -> sqlx::Result<Option<Missed>> {
    let Some(room) = room_view::one(snapshot, seat.room(), seat.user()).await? else { return Ok(None) };
    if since > room.rev || room.rev.get() - since.get() > RESUME_HORIZON {
        return Ok(Some(Missed::TooFar(room)));
    }
    let changes = changes(snapshot, seat.room(), since, limit.saturating_add(1)).await?;
    if changes.len() > limit as usize {
        return Ok(Some(Missed::TooFar(room)));
    }
    Ok(Some(Missed::Changes(CatchUp { room, since, changes })))
}

/// The first `limit` changes after `since`, in order, or the end of the room.
pub async fn relay(snapshot: &mut SqliteConnection, room: RoomId, since: Rev, limit: u32) -> sqlx::Result<Relayed> {
    let ended = sqlx::query("select rev from rooms where id = $1 and members = 0")
        .bind(room.get())
        .fetch_optional(&mut *snapshot)
        .await?;
    Ok(match ended {
        Some(row) => Relayed::Ended(rows::number(&row, "rev")?),
        None => Relayed::Changes(changes(snapshot, room, since, limit).await?),
    })
}

/// The first `limit` changes after `since`, in order.
async fn changes(snapshot: &mut SqliteConnection, room: RoomId, since: Rev, limit: u32) -> sqlx::Result<Vec<Change>> {
    // Numbers rise with revisions, and what is between the two only grows: so the primary key finds where to begin.
    const MESSAGES: &str = "
        select m.rev, m.no, m.client_id, m.text, m.at, u.id as user_id, u.username, u.display_name,
          u.bot_of is not null as is_bot
        from messages m
        join users u on u.id = m.author_id
        where m.room_id = $1
          and m.rev > $2
          and m.no > $2 - (select rev - last_no from rooms where id = $1)
        order by m.no
        limit $3";
    const MEMBERS: &str = "
        select m.rev, m.joined_rev, m.is_active, m.role, u.id as user_id, u.username, u.display_name,
          u.bot_of is not null as is_bot
        from members m
        join users u on u.id = m.user_id
        where m.room_id = $1
          and m.rev > $2
        order by m.rev
        limit $3";
    const NAME: &str = "
        select name_rev as rev, name
        from rooms
        where id = $1
          and name_rev > $2
        limit $3";
    let kinds: [(_, Read); 3] = [(MESSAGES, news::message), (MEMBERS, news::member), (NAME, news::room)];

    let mut changes = Vec::new();
    for (sql, what) in kinds {
        let found = sqlx::query(sql).bind(room.get()).bind(since.get()).bind(limit).fetch_all(&mut *snapshot).await?;
        for row in &found {
            changes.push(Change { room, rev: rows::number(row, "rev")?, what: what(row)? });
        }
    }
    changes.sort_by_key(|change| change.rev);
    changes.truncate(limit as usize);
    Ok(changes)
}

/// What a row tells.
type Read = fn(&SqliteRow) -> sqlx::Result<What>;
