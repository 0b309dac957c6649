use super::{SqliteStore, rows};
use async_trait::async_trait;
use domain::Seat;
use domain::ports::{Receipts, Unavailable};
use futures::FutureExt;
use protocol::No;
use sqlx::SqliteConnection;

#[async_trait]
impl Receipts for SqliteStore {
    async fn set_seen(&self, seat: &Seat, no: No) -> Result<Option<No>, Unavailable> {
        let seat = *seat;
        self.write_one(move |db| set_seen(db, seat, no).boxed()).await
    }
}

async fn set_seen(db: &mut SqliteConnection, seat: Seat, no: No) -> sqlx::Result<Option<No>> {
    let row = sqlx::query(
        "update members
         set read_no = min($3, r.last_no)
         from rooms r
         where r.id = members.room_id
           and members.room_id = $1
           and members.user_id = $2
           and members.is_active = 1
           and members.read_no < min($3, r.last_no)
         returning read_no",
    )
    .bind(seat.room().get())
    .bind(seat.user().get())
    .bind(no.get())
    .fetch_optional(db)
    .await?;
    row.map(|row| rows::number(&row, "read_no")).transpose()
}
