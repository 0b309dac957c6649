use super::PostgresStore;
use crate::store::rows;
use async_trait::async_trait;
use domain::Seat;
use domain::ports::{Receipts, Unavailable};
use futures::FutureExt;
use protocol::No;

#[async_trait]
impl Receipts for PostgresStore {
    async fn set_seen(&self, seat: &Seat, no: No) -> Result<Option<No>, Unavailable> {
        let query = sqlx::query(
            "update members
             set read_no = least($3, r.last_no)
             from rooms r
             where r.id = members.room_id
               and members.room_id = $1
               and members.user_id = $2
               and members.is_active
               and members.read_no < least($3, r.last_no)
             returning members.read_no",
        )
        .bind(seat.room().get())
        .bind(seat.user().get())
        .bind(no.get());
        let row = self.run(|db| query.fetch_optional(db).boxed()).await?;
        row.map(|row| rows::number(&row, "read_no")).transpose().map_err(Unavailable::new)
    }
}
