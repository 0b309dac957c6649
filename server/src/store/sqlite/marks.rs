//! Read markers on their way into the database: many by one statement, each with an answer of its own.

use super::rows;
use domain::Seat;
use domain::ports::Unavailable;
use protocol::{Generation, No, OwnState, RoomId, UserId};
use sqlx::SqliteConnection;
use std::collections::{HashMap, HashSet};
use std::mem;
use tokio::sync::oneshot;

/// A read marker in the writer's queue.
pub struct Mark {
    pub seat: Seat,
    pub no: No,
    pub generation: Option<Generation>,
    pub asker: oneshot::Sender<Result<Option<OwnState>, Unavailable>>,
    pub moved: Option<OwnState>,
}

impl Mark {
    /// Answers whoever asked: with the result, or with the fault that kept it from being committed.
    pub fn answer(self, fault: Option<&str>) {
        let answer = match fault {
            None => Ok(self.moved),
            Some(fault) => Err(Unavailable::new(fault)),
        };
        // Nobody listens when the asker has gone.
        let _ = self.asker.send(answer);
    }

    fn key(&self) -> (RoomId, UserId) {
        (self.seat.room(), self.seat.user())
    }
}

const MOVE: &str = "
    with marks (room_id, user_id, no, generation) as (
      select value ->> 0, value ->> 1, value ->> 2, value ->> 3
      from json_each($1)
    )
    update members
    set read_no = min(k.no, r.last_no)
    from marks k
    join rooms r on r.id = k.room_id
    where members.room_id = k.room_id
      and members.user_id = k.user_id
      and members.is_active = 1
      and members.read_no < min(k.no, r.last_no)
      and members.read_generation = coalesce(k.generation, members.read_generation)
    returning room_id, user_id, read_generation, read_no, (select rev from rooms where id = room_id) as rev";

/// Whether one statement moves these markers; it needs no transaction around it.
pub fn is_one_statement(marks: &[&mut Mark]) -> bool {
    together(marks) == marks.len()
}

/// Moves markers forward, in their order.
pub async fn advance(db: &mut SqliteConnection, mut marks: &mut [&mut Mark]) -> sqlx::Result<()> {
    while !marks.is_empty() {
        let count = together(marks);
        let (now, later) = mem::take(&mut marks).split_at_mut(count);
        advance_together(db, now).await?;
        marks = later;
    }
    Ok(())
}

/// How many of these markers, from the first on, are of seats that differ.
fn together(marks: &[&mut Mark]) -> usize {
    let mut seats = HashSet::with_capacity(marks.len());
    marks.iter().take_while(|mark| seats.insert(mark.key())).count()
}

async fn advance_together(db: &mut SqliteConnection, marks: &mut [&mut Mark]) -> sqlx::Result<()> {
    let list: Vec<_> = marks.iter().map(|mark| tuple(mark)).collect();
    let moved = sqlx::query(MOVE).bind(format!("[{}]", list.join(","))).fetch_all(db).await?;
    let mut states = HashMap::with_capacity(moved.len());
    for row in &moved {
        let own = rows::own_state(row)?;
        states.insert((own.room, rows::number::<UserId>(row, "user_id")?), own);
    }
    for mark in marks {
        mark.moved = states.remove(&mark.key());
    }
    Ok(())
}

fn tuple(mark: &Mark) -> String {
    let generation = mark.generation.map_or("null".to_owned(), |generation| generation.get().to_string());
    format!("[{},{},{},{generation}]", mark.seat.room(), mark.seat.user(), mark.no.get())
}
