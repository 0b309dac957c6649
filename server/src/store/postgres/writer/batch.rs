//! One batch of messages in one transaction.

use super::Post;
use crate::store::rows;
use domain::messages::Receipt;
use domain::ports::Posted;
use protocol::{Message, No};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

/// Why a batch was not stored, or may not have been.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A statement failed and everything was undone.
    #[error("{0}")]
    RolledBack(sqlx::Error),
    /// The connection was lost, or could not be made, before the commit was asked for: nothing is stored.
    #[error("{0}")]
    Before(sqlx::Error),
    /// The answer to the commit did not come: stored or not, nobody knows.
    #[error("the outcome is not known: {0}")]
    Commit(sqlx::Error),
}

impl Fault {
    pub fn is_rolled_back(&self) -> bool {
        matches!(self, Self::RolledBack(_))
    }

    pub fn is_lost_before_commit(&self) -> bool {
        matches!(self, Self::Before(sqlx::Error::Io(_) | sqlx::Error::Database(_) | sqlx::Error::Tls(_)))
    }

    /// Another transaction was in the way and has ended: its `client_id` is known now, or its locks are free.
    pub fn is_of_a_race(&self) -> bool {
        const RACES: [&str; 3] = ["23505", "40001", "40P01"];
        self.rolled_back_with(|code| RACES.contains(&code))
    }

    /// A value that the database does not take: the fault of one message, not of the batch.
    pub fn is_of_one(&self) -> bool {
        self.rolled_back_with(|code| code.starts_with("22") || code.starts_with("23"))
    }

    fn rolled_back_with(&self, is_it: impl Fn(&str) -> bool) -> bool {
        let Self::RolledBack(sqlx::Error::Database(error)) = self else { return false };
        error.code().is_some_and(|code| is_it(&code))
    }
}

/// Stores what can be stored and tells of each message, in order, what became of it.
pub async fn store(db: &mut PgConnection, posts: &[Post]) -> Result<Vec<Posted>, Fault> {
    let judged = match judge(db, posts).await {
        Ok(judged) => judged,
        Err(error) => return Err(undo(db, error).await),
    };
    // A transaction that had failed would be rolled back here, and the server would not call that an error.
    sqlx::query("commit").execute(db).await.map_err(Fault::Commit)?;
    Ok(judged)
}

async fn undo(db: &mut PgConnection, error: sqlx::Error) -> Fault {
    match sqlx::query("rollback").execute(db).await {
        Ok(_) => Fault::RolledBack(error),
        Err(_) => Fault::Before(error),
    }
}

async fn judge(db: &mut PgConnection, posts: &[Post]) -> sqlx::Result<Vec<Posted>> {
    sqlx::query("begin").execute(&mut *db).await?;
    let rooms: Vec<_> = posts.iter().map(|post| post.seat.room().get()).collect();
    // In a statement of its own: the next one sees what the former holders of these locks have committed.
    sqlx::query("select id from rooms where id = any($1) order by id for no key update")
        .bind(&rooms)
        .execute(&mut *db)
        .await?;
    let authors: Vec<_> = posts.iter().map(|post| post.seat.user().get()).collect();
    let client_ids: Vec<_> = posts.iter().map(|post| post.draft.client_id.0).collect();
    let texts: Vec<_> = posts.iter().map(|post| post.draft.text.as_str()).collect();
    let ats: Vec<_> = posts.iter().map(|post| post.at.get()).collect();
    let found = sqlx::query(STORE).bind(rooms).bind(authors).bind(client_ids).bind(texts).bind(ats);
    let found = found.fetch_all(db).await?;
    found.iter().zip(posts).map(|(row, post)| posted(row, post, &found, posts)).collect()
}

/// In the order of arrival: who may post and has not posted this before; of equal ones the first; the next numbers of
/// each room. Then the messages, the rooms' counters and the authors' read marks, and what is to be told of each.
///
/// Inserted by `client_id`: two nodes that are given the same ones at once wait for each other in one order.
const STORE: &str = "
    with looked as (
      select a.*, r.last_no, r.rev as room_rev, u.username, u.display_name, u.bot_of is not null as is_bot,
        k.no as known_no, k.rev as known_rev, k.at as known_at,
        k.room_id = a.room_id and k.text = a.text as is_same,
        m.user_id is not null and k.no is null as is_postable
      from unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::text[], $5::bigint[])
        with ordinality as a (room_id, author_id, client_id, text, at, place)
      left join rooms r on r.id = a.room_id
      left join users u on u.id = a.author_id
      left join members m on m.room_id = a.room_id and m.user_id = a.author_id and m.is_active
      left join messages k on k.author_id = a.author_id and k.client_id = a.client_id
    ),
    compared as (
      select *, min(place) filter (where is_postable) over (partition by author_id, client_id) as first_place
      from looked
    ),
    numbered as (
      select *, count(*) filter (where place = first_place) over (partition by room_id order by place) as step
      from compared
    ),
    fresh as (
      select *, last_no + step as no, room_rev + step as rev
      from numbered
      where place = first_place
    ),
    stored as (
      insert into messages (room_id, no, rev, author_id, client_id, text, at)
      select room_id, no, rev, author_id, client_id, text, at
      from fresh
      order by client_id, author_id
    ),
    counted as (
      update rooms r
      set last_no = f.no, rev = f.rev
      from (select room_id, max(no) as no, max(rev) as rev from fresh group by room_id) f
      where r.id = f.room_id
    ),
    followed as (
      update members m
      set read_no = f.no
      from (select room_id, author_id, max(no) as no from fresh group by room_id, author_id) f
      where m.room_id = f.room_id
        and m.user_id = f.author_id
    )
    select place, first_place, last_no + step as no, room_rev + step as rev,
      author_id as user_id, username, display_name, is_bot, known_no, known_rev, known_at, is_same
    from numbered
    order by place";

fn posted(row: &PgRow, post: &Post, found: &[PgRow], posts: &[Post]) -> sqlx::Result<Posted> {
    if row.try_get::<Option<i64>, _>("known_no")?.is_some() {
        let (no, rev, at) = (rows::number(row, "known_no")?, rows::number(row, "known_rev")?, "known_at");
        let is_same = row.try_get("is_same")?;
        return Ok(again(is_same, Receipt { no, rev, at: rows::number(row, at)? }));
    }
    let place: i64 = row.try_get("place")?;
    let first: Option<i64> = row.try_get("first_place")?;
    let Some(first) = first.filter(|first| *first <= place) else { return Ok(Posted::NotInRoom) };
    if first == place {
        let (client_id, text) = (post.draft.client_id, post.draft.text.clone());
        let message =
            Message { no: rows::number(row, "no")?, author: rows::person(row)?, client_id, text, at: post.at };
        return Ok(Posted::New { message, rev: rows::number(row, "rev")? });
    }
    // Twice in one batch.
    let index = (first - 1) as usize;
    let (row, earlier) = (&found[index], &posts[index]);
    let is_same = earlier.seat.room() == post.seat.room() && earlier.draft.text == post.draft.text;
    let no: No = rows::number(row, "no")?;
    Ok(again(is_same, Receipt { no, rev: rows::number(row, "rev")?, at: earlier.at }))
}

fn again(is_same: bool, receipt: Receipt) -> Posted {
    if is_same { Posted::Again(receipt) } else { Posted::Conflict }
}
