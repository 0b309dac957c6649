use super::{SqliteStore, missed, rows};
use crate::sabotage;
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
        sabotage::trip(draft.text.as_str());
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

/// The first and the last number of a page: numbers have no holes, so the key set is known without looking.
fn bounds(page: Page, limit: i64, last: i64) -> (i64, i64) {
    let (from, to) = match page {
        Page::Newest => (last - limit + 1, last),
        Page::Before(no) => {
            let to = last.min(no.get() - 1);
            (to - limit + 1, to)
        }
        Page::After(no) => (no.get() + 1, no.get() + limit),
        Page::Around(no) => {
            let aside = (limit - 1) / 2;
            (no.get() - aside, no.get() + aside)
        }
    };
    (from.max(1), to.min(last))
}

/// One statement: a trigger moves the room's counters and the author's read mark along.
const INSERT: &str = "insert into messages (room_id, no, rev, author_id, client_id, text, at)
     select r.id, r.last_no + 1, r.rev + 1, m.user_id, $3, $4, $5
     from members m
     join rooms r on r.id = m.room_id
     where m.room_id = $1
       and m.user_id = $2
       and m.is_active = 1
     on conflict (author_id, client_id) do nothing
     returning no, rev, author_id as user_id,
       (select username from users where id = $2) as username,
       (select display_name from users where id = $2) as display_name";

async fn insert(db: &mut SqliteConnection, seat: Seat, draft: Draft, at: At) -> sqlx::Result<Posted> {
    #[cfg(feature = "sabotage")]
    let sql = super::sabotaged::insert(INSERT);
    #[cfg(not(feature = "sabotage"))]
    let sql = INSERT;
    let row = sqlx::query(sql)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_end_where_the_room_ends() {
        let no = |n: i64| No::try_from(n).unwrap();
        assert_eq!(bounds(Page::Newest, 3, 10), (8, 10));
        assert_eq!(bounds(Page::Newest, 30, 10), (1, 10));
        assert_eq!(bounds(Page::Newest, 3, 0), (1, 0));
        assert_eq!(bounds(Page::Before(no(8)), 3, 10), (5, 7));
        assert_eq!(bounds(Page::Before(no(99)), 3, 10), (8, 10));
        assert_eq!(bounds(Page::After(no(8)), 3, 10), (9, 10));
        assert_eq!(bounds(Page::Around(no(5)), 5, 10), (3, 7));
        assert_eq!(bounds(Page::Around(no(10)), 5, 10), (8, 10));
    }
}
