use super::{SqliteStore, missed, rows};
use async_trait::async_trait;
use domain::Seat;
use domain::access::Relay;
use domain::messages::Draft;
use domain::ports::{Messages, Missed, Posted, Unavailable};
use protocol::{At, Change, Page, Rev, Slice};

#[async_trait]
impl Messages for SqliteStore {
    async fn insert_message(&self, seat: &Seat, draft: Draft, at: At) -> Result<Posted, Unavailable> {
        self.writer.post(*seat, draft, at).await
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

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::No;

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
