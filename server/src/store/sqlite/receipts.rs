use super::readers::Lane;
use super::{SqliteStore, rows};
use async_trait::async_trait;
use domain::Seat;
use domain::ports::{Receipts, Unavailable};
use futures::FutureExt;
use protocol::{Generation, No, OwnState, UserId};
use sqlx::SqliteConnection;

#[async_trait]
impl Receipts for SqliteStore {
    async fn set_seen(
        &self,
        seat: &Seat,
        no: No,
        generation: Option<Generation>,
    ) -> Result<Option<OwnState>, Unavailable> {
        self.writer.advance(*seat, no, generation).await
    }

    async fn mark_unread(&self, seat: &Seat, no: No) -> Result<Option<OwnState>, Unavailable> {
        let seat = *seat;
        self.write_one(move |db| mark_unread(db, seat, no).boxed()).await
    }

    async fn own_states(&self, people: &[UserId]) -> Result<Vec<(UserId, OwnState)>, Unavailable> {
        own_states(self.readers.get(), people).await.map_err(Unavailable::new)
    }
}

async fn mark_unread(db: &mut SqliteConnection, seat: Seat, no: No) -> sqlx::Result<Option<OwnState>> {
    let row = sqlx::query(
        "update members
         set read_generation = read_generation + 1, read_no = $3 - 1
         from rooms r
         where r.id = members.room_id
           and members.room_id = $1
           and members.user_id = $2
           and members.is_active = 1
           and $3 between 1 and r.last_no
         returning room_id, read_generation, read_no, (select rev from rooms where id = room_id) as rev",
    )
    .bind(seat.room().get())
    .bind(seat.user().get())
    .bind(no.get())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(rows::own_state).transpose()
}

async fn own_states(readers: &Lane, people: &[UserId]) -> sqlx::Result<Vec<(UserId, OwnState)>> {
    let found = sqlx::query(
        "select m.user_id, m.room_id, m.read_generation, m.read_no, r.rev
         from members m
         join rooms r on r.id = m.room_id
         where m.user_id in (select value from json_each($1))
           and m.is_active = 1",
    )
    .bind(rows::list(people.iter().map(|person| person.get())))
    .fetch_all(readers)
    .await?;
    found.iter().map(|row| Ok((rows::number(row, "user_id")?, rows::own_state(row)?))).collect()
}
