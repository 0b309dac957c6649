use super::{SqliteStore, missed, rows};
use crate::store::pages::bounds;
use async_trait::async_trait;
use domain::Seat;
use domain::access::Relay;
use domain::messages::{Draft, Receipt};
use domain::ports::{Messages, Missed, Posted, Unavailable};
use futures::FutureExt;
use protocol::{At, Change, Message, No, Page, Rev, Slice};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

#[async_trait]
impl Messages for SqliteStore {
    async fn insert_message(&self, seat: &Seat, draft: Draft, at: At) -> Result<Posted, Unavailable> {
        let seat = *seat;
        self.write_one(move |db| insert(db, seat, draft, at).boxed()).await
    }

    async fn messages(&self, seat: &Seat, page: Page, limit: u32) -> Result<Slice, Unavailable> {
        let last = sqlx::query_scalar("select last_no from rooms where id = $1")
            .bind(seat.room().get())
            .fetch_one(&self.readers)
            .await
            .map_err(Unavailable::new)?;
        let (from, to) = bounds(page, i64::from(limit), last);
        let messages = sqlx::query(
            "select m.no, m.client_id, m.text, m.at, u.id as user_id, u.username, u.display_name
             from messages m
             join users u on u.id = m.author_id
             where m.room_id = $1
               and m.no between $2 and $3
             order by m.no",
        )
        .bind(seat.room().get())
        .bind(from)
        .bind(to)
        .fetch_all(&self.readers)
        .await
        .map_err(Unavailable::new)?;
        let messages = messages.iter().map(rows::message).collect::<sqlx::Result<_>>().map_err(Unavailable::new)?;
        Ok(Slice { messages, earlier: last > 0 && from > 1, later: to < last })
    }

    async fn missed(&self, seat: &Seat, since: Rev, limit: u32) -> Result<Option<Missed>, Unavailable> {
        missed::missed(&self.readers, seat, since, limit).await.map_err(Unavailable::new)
    }

    async fn relay(&self, relay: &Relay, since: Rev, limit: u32) -> Result<Vec<Change>, Unavailable> {
        missed::relay(&self.readers, relay, since, limit).await.map_err(Unavailable::new)
    }
}

/// One statement: a trigger moves the room's counters and the author's read mark along.
async fn insert(db: &mut SqliteConnection, seat: Seat, draft: Draft, at: At) -> sqlx::Result<Posted> {
    let row = sqlx::query(
        "insert into messages (room_id, no, rev, author_id, client_id, text, at)
         select r.id, r.last_no + 1, r.rev + 1, m.user_id, $3, $4, $5
         from members m
         join rooms r on r.id = m.room_id
         where m.room_id = $1
           and m.user_id = $2
           and m.is_active = 1
         on conflict (author_id, client_id) do nothing
         returning no, rev, author_id as user_id,
           (select username from users where id = $2) as username,
           (select display_name from users where id = $2) as display_name",
    )
    .bind(seat.room().get())
    .bind(seat.user().get())
    .bind(draft.client_id.0)
    .bind(draft.text.as_str())
    .bind(at.get())
    .fetch_optional(&mut *db)
    .await?;
    match row {
        Some(row) => posted(&row, draft, at),
        None => known(db, seat, draft).await,
    }
}

fn posted(row: &SqliteRow, draft: Draft, at: At) -> sqlx::Result<Posted> {
    let Draft { client_id, text } = draft;
    let message = Message { no: rows::number(row, "no")?, author: rows::person(row)?, client_id, text, at };
    Ok(Posted::New { message, rev: rows::number(row, "rev")? })
}

/// Why nothing was stored.
async fn known(db: &mut SqliteConnection, seat: Seat, draft: Draft) -> sqlx::Result<Posted> {
    let row = sqlx::query(
        "select no, rev, at, room_id = $3 and text = $4 as is_same
         from messages
         where author_id = $1
           and client_id = $2",
    )
    .bind(seat.user().get())
    .bind(draft.client_id.0)
    .bind(seat.room().get())
    .bind(draft.text.as_str())
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(Posted::NotInRoom) };
    if !row.try_get("is_same")? {
        return Ok(Posted::Conflict);
    }
    let no: No = rows::number(&row, "no")?;
    Ok(Posted::Again(Receipt { no, rev: rows::number(&row, "rev")?, at: rows::number(&row, "at")? }))
}
