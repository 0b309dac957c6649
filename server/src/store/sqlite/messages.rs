use super::{SqliteStore, missed, rows};
use crate::sabotage;
use crate::store::pages::bounds;
use async_trait::async_trait;
use domain::Seat;
use domain::access::Relay;
use domain::messages::Draft;
use domain::ports::{Messages, Missed, Posted, Relayed, Unavailable};
use futures::FutureExt;
use protocol::{At, Page, Rev, Slice};
use sqlx::{Row, SqliteConnection};

#[async_trait]
impl Messages for SqliteStore {
    async fn insert_message(&self, seat: &Seat, draft: Draft, at: At) -> Result<Posted, Unavailable> {
        sabotage::trip(draft.text.as_str());
        self.writer.post(*seat, draft, at).await
    }

    async fn messages(&self, seat: &Seat, page: Page, limit: u32) -> Result<Option<Slice>, Unavailable> {
        let seat = *seat;
        self.snapshot(move |db| slice(db, seat, page, i64::from(limit)).boxed()).await
    }

    async fn missed(&self, seat: &Seat, since: Rev, limit: u32) -> Result<Option<Missed>, Unavailable> {
        let seat = *seat;
        self.snapshot(move |db| missed::missed(db, seat, since, limit).boxed()).await
    }

    async fn relay(&self, relay: &Relay, since: Rev, limit: u32) -> Result<Relayed, Unavailable> {
        let room = relay.room();
        self.snapshot(move |db| missed::relay(db, room, since, limit).boxed()).await
    }
}

async fn slice(snapshot: &mut SqliteConnection, seat: Seat, page: Page, limit: i64) -> sqlx::Result<Option<Slice>> {
    let room = sqlx::query(
        "select r.last_no, r.rev
         from rooms r
         join members m on m.room_id = r.id
         where r.id = $1
           and m.user_id = $2
           and m.is_active = 1",
    )
    .bind(seat.room().get())
    .bind(seat.user().get())
    .fetch_optional(&mut *snapshot)
    .await?;
    let Some(room) = room else { return Ok(None) };
    let (last, rev): (i64, Rev) = (room.try_get("last_no")?, rows::number(&room, "rev")?);
    let (from, to) = bounds(page, limit, last);
    let messages = sqlx::query(
        "select m.no, m.client_id, m.text, m.at, u.id as user_id, u.username, u.display_name,
           u.bot_of is not null as is_bot
         from messages m
         join users u on u.id = m.author_id
         where m.room_id = $1
           and m.no between $2 and $3
         order by m.no",
    )
    .bind(seat.room().get())
    .bind(from)
    .bind(to)
    .fetch_all(snapshot)
    .await?;
    let messages = messages.iter().map(rows::message).collect::<sqlx::Result<_>>()?;
    Ok(Some(Slice { rev, messages, earlier: last > 0 && from > 1, later: to < last }))
}
