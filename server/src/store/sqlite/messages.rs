use super::{SqliteStore, missed, rows};
use crate::sabotage;
use crate::store::pages::bounds;
use async_trait::async_trait;
use domain::Seat;
use domain::access::Relay;
use domain::messages::Draft;
use domain::ports::{Messages, Missed, Posted, Unavailable};
use protocol::{At, Change, Page, Rev, Slice};

#[async_trait]
impl Messages for SqliteStore {
    async fn insert_message(&self, seat: &Seat, draft: Draft, at: At) -> Result<Posted, Unavailable> {
        sabotage::trip(draft.text.as_str());
        self.writer.post(*seat, draft, at).await
    }

    async fn messages(&self, seat: &Seat, page: Page, limit: u32) -> Result<Slice, Unavailable> {
        let last = sqlx::query_scalar("select last_no from rooms where id = $1")
            .bind(seat.room().get())
            .fetch_one(self.readers.get())
            .await
            .map_err(Unavailable::new)?;
        let (from, to) = bounds(page, i64::from(limit), last);
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
        .fetch_all(self.readers.get())
        .await
        .map_err(Unavailable::new)?;
        let messages = messages.iter().map(rows::message).collect::<sqlx::Result<_>>().map_err(Unavailable::new)?;
        Ok(Slice { messages, earlier: last > 0 && from > 1, later: to < last })
    }

    async fn missed(&self, seat: &Seat, since: Rev, limit: u32) -> Result<Option<Missed>, Unavailable> {
        missed::missed(self.readers.get(), seat, since, limit).await.map_err(Unavailable::new)
    }

    async fn relay(&self, relay: &Relay, since: Rev, limit: u32) -> Result<Vec<Change>, Unavailable> {
        missed::relay(self.readers.get(), relay, since, limit).await.map_err(Unavailable::new)
    }
}
