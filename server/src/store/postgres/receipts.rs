use super::PostgresStore;
use crate::store::rows;
use async_trait::async_trait;
use domain::Seat;
use domain::ports::{Receipts, Unavailable};
use futures::FutureExt;
use protocol::{Generation, No, OwnState, UserId};
use sqlx::PgConnection;

#[async_trait]
impl Receipts for PostgresStore {
    async fn set_seen(
        &self,
        seat: &Seat,
        no: No,
        generation: Option<Generation>,
    ) -> Result<Option<OwnState>, Unavailable> {
        let seat = *seat;
        self.write(move |db| set_seen(db, seat, no, generation).boxed()).await
    }

    async fn mark_unread(&self, seat: &Seat, no: No) -> Result<Option<OwnState>, Unavailable> {
        let seat = *seat;
        self.write(move |db| mark_unread(db, seat, no).boxed()).await
    }

    async fn own_states(&self, people: &[UserId]) -> Result<Vec<(UserId, OwnState)>, Unavailable> {
        let people = people.iter().map(|user| user.get()).collect();
        self.run(move |db| own_states(db, people).boxed()).await
    }
}

async fn set_seen(
    db: &mut PgConnection,
    seat: Seat,
    no: No,
    generation: Option<Generation>,
) -> sqlx::Result<Option<OwnState>> {
    let moved = sqlx::query(
        "update members
         set read_no = least($3, r.last_no)
         from rooms r
         where r.id = members.room_id
           and members.room_id = $1
           and members.user_id = $2
           and members.is_active
           and members.read_no < least($3, r.last_no)
           and members.read_generation = coalesce($4, members.read_generation)",
    )
    .bind(seat.room().get())
    .bind(seat.user().get())
    .bind(no.get())
    .bind(generation.map(Generation::get))
    .execute(&mut *db)
    .await?;
    if moved.rows_affected() == 0 { Ok(None) } else { own_state(db, seat).await }
}

async fn mark_unread(db: &mut PgConnection, seat: Seat, no: No) -> sqlx::Result<Option<OwnState>> {
    let moved = sqlx::query(
        "update members
         set read_generation = read_generation + 1, read_no = $3 - 1
         from rooms r
         where r.id = members.room_id
           and members.room_id = $1
           and members.user_id = $2
           and members.is_active
           and $3 between 1 and r.last_no",
    )
    .bind(seat.room().get())
    .bind(seat.user().get())
    .bind(no.get())
    .execute(&mut *db)
    .await?;
    if moved.rows_affected() == 0 { Ok(None) } else { own_state(db, seat).await }
}

/// A statement of its own, in the transaction of the update: an update that waited for a message sees that author's
/// marker, and an older revision of the room.
async fn own_state(db: &mut PgConnection, seat: Seat) -> sqlx::Result<Option<OwnState>> {
    let row = sqlx::query(
        "select m.room_id, m.read_generation, m.read_no, r.rev
         from members m
         join rooms r on r.id = m.room_id
         where m.room_id = $1
           and m.user_id = $2
           and m.is_active",
    )
    .bind(seat.room().get())
    .bind(seat.user().get())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(rows::own_state).transpose()
}

async fn own_states(db: &mut PgConnection, people: Vec<i64>) -> sqlx::Result<Vec<(UserId, OwnState)>> {
    let found = sqlx::query(
        "select m.user_id, m.room_id, m.read_generation, m.read_no, r.rev
         from members m
         join rooms r on r.id = m.room_id
         where m.user_id = any($1)
           and m.is_active",
    )
    .bind(people)
    .fetch_all(db)
    .await?;
    found.iter().map(|row| Ok((rows::number(row, "user_id")?, rows::own_state(row)?))).collect()
}
