//! Messages on their way into the database: many by one statement, each with an answer of its own.

use super::rows;
use domain::Seat;
use domain::messages::{Draft, Receipt};
use domain::ports::{Posted, Unavailable};
use protocol::{At, Message, No};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use std::{iter, mem};
use tokio::sync::oneshot;
use uuid::Uuid;

/// A draft in the writer's queue.
pub struct Post {
    pub seat: Seat,
    pub draft: Draft,
    pub at: At,
    pub asker: oneshot::Sender<Result<Posted, Unavailable>>,
    pub made: Option<Posted>,
}

impl Post {
    /// Answers whoever asked: with the result, or with the fault that kept it from being committed.
    pub fn answer(self, fault: Option<&str>) {
        let answer = match (fault, self.made) {
            (None, Some(posted)) => Ok(posted),
            (fault, _) => Err(Unavailable::new(fault.unwrap_or("the message was not stored"))),
        };
        // Nobody listens when the asker has gone.
        let _ = self.asker.send(answer);
    }
}

/// At most so many drafts go into the database by one statement.
const MOST: usize = 64;

/// Numbers continue where the room stands, in the order of the list; a trigger moves the room's counters and the
/// author's read mark. Whoever is not in the room, and whose draft is stored already, is left out.
const INSERT: &str = "insert into messages (room_id, no, rev, author_id, client_id, text, at)
     select r.id,
       r.last_no + row_number() over (partition by r.id order by d.place),
       r.rev + row_number() over (partition by r.id order by d.place),
       m.user_id, d.client_id, d.text, d.at
     from drafts d
     cross join rooms r on r.id = d.room_id
     cross join members m on m.room_id = r.id and m.user_id = d.user_id and m.is_active = 1
     where not exists (
       select 1
       from messages k
       where k.client_id = d.client_id
         and k.author_id = m.user_id
     )
     order by d.place
     returning no, rev, client_id, author_id as user_id,
       (select username from users where id = author_id) as username,
       (select display_name from users where id = author_id) as display_name,
       (select bot_of is not null from users where id = author_id) as is_bot";

/// For 1, 2, 4 … drafts. Few statements, because SQLite keeps each prepared; a draft of nulls, which is in no room,
/// fills up what is left over.
static STATEMENTS: LazyLock<Vec<Statement>> = LazyLock::new(|| {
    let counts = iter::successors(Some(1), |count| (count * 2 <= MOST).then_some(count * 2));
    counts.map(Statement::of).collect()
});

struct Statement {
    drafts: usize,
    sql: String,
}

impl Statement {
    fn of(drafts: usize) -> Self {
        let tuples: Vec<_> = (0..drafts).map(|place| format!("({place}, ?, ?, ?, ?, ?)")).collect();
        let sql = format!(
            "with drafts (place, room_id, user_id, client_id, text, at) as (values {}) {INSERT}",
            tuples.join(", ")
        );
        #[cfg(feature = "sabotage")]
        let sql = super::sabotaged::insert(&sql);
        Self { drafts, sql }
    }

    /// The smallest that has place for so many drafts, of which there are at most [`MOST`].
    fn for_as_many(drafts: usize) -> &'static Self {
        &STATEMENTS[STATEMENTS.partition_point(|statement| statement.drafts < drafts)]
    }
}

/// Whether one statement stores these drafts; it needs no transaction around it.
pub fn is_one_statement(posts: &[&mut Post]) -> bool {
    together(posts) == posts.len()
}

/// Stores drafts, in their order.
pub async fn insert(db: &mut SqliteConnection, mut posts: &mut [&mut Post]) -> sqlx::Result<()> {
    while !posts.is_empty() {
        let count = together(posts);
        let (now, later) = mem::take(&mut posts).split_at_mut(count);
        insert_together(db, now).await?;
        posts = later;
    }
    Ok(())
}

/// How many of these drafts, from the first on, one statement stores: at most [`MOST`], and none with the author and the
/// `client_id` of an earlier one, since what becomes of it depends on what became of that one.
fn together(posts: &[&mut Post]) -> usize {
    let mut told = HashSet::with_capacity(posts.len().min(MOST));
    posts.iter().take(MOST).take_while(|post| told.insert(key(post))).count()
}

async fn insert_together(db: &mut SqliteConnection, posts: &mut [&mut Post]) -> sqlx::Result<()> {
    let mut query = sqlx::query(Statement::for_as_many(posts.len()).sql.as_str());
    for post in posts.iter() {
        let Draft { client_id, text } = &post.draft;
        query = query.bind(post.seat.room().get()).bind(post.seat.user().get());
        query = query.bind(client_id.0).bind(text.as_str().to_owned()).bind(post.at.get());
    }
    let rows = query.fetch_all(&mut *db).await?;
    settle(db, posts, &rows).await
}

/// Gives each draft what became of it: its row or, without one, the reason.
async fn settle(db: &mut SqliteConnection, posts: &mut [&mut Post], rows: &[SqliteRow]) -> sqlx::Result<()> {
    let mut stored = HashMap::with_capacity(rows.len());
    for row in rows {
        stored.insert((row.try_get::<i64, _>("user_id")?, row.try_get::<Uuid, _>("client_id")?), row);
    }
    for post in posts {
        let posted = match stored.remove(&key(post)) {
            Some(row) => posted(row, post)?,
            None => known(db, post).await?,
        };
        post.made = Some(posted);
    }
    Ok(())
}

fn key(post: &Post) -> (i64, Uuid) {
    (post.seat.user().get(), post.draft.client_id.0)
}

fn posted(row: &SqliteRow, post: &Post) -> sqlx::Result<Posted> {
    let Draft { client_id, text } = post.draft.clone();
    let message = Message { no: rows::number(row, "no")?, author: rows::person(row)?, client_id, text, at: post.at };
    Ok(Posted::New { message, rev: rows::number(row, "rev")? })
}

/// Why nothing was stored.
async fn known(db: &mut SqliteConnection, Post { seat, draft, .. }: &Post) -> sqlx::Result<Posted> {
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
