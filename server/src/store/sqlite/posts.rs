//! Messages on their way into the database: many by one statement, each with an answer of its own.

use super::rows;
use domain::Seat;
use domain::messages::{Draft, Receipt};
use domain::ports::{Posted, Unavailable};
use protocol::{At, Message, No};
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::HashMap;
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

/// Numbers continue where the room stands, in the order of the list; a trigger moves the room's counters and the
/// author's read mark. Whoever is not in the room, and whose draft is stored already, is left out.
macro_rules! insert {
    () => {
        "insert into messages (room_id, no, rev, author_id, client_id, text, at)
         select r.id,
           r.last_no + row_number() over (partition by r.id order by d.key),
           r.rev + row_number() over (partition by r.id order by d.key),
           m.user_id, unhex(d.value ->> 2), d.value ->> 3, d.value ->> 4
         from json_each($1) d
         join rooms r on r.id = d.value ->> 0
         join members m on m.room_id = r.id and m.user_id = d.value ->> 1 and m.is_active = 1
         where not exists (
           select 1
           from messages k
           where k.author_id = m.user_id
             and k.client_id = unhex(d.value ->> 2)
         )
         order by d.key
         returning no, rev, client_id, author_id as user_id,
           (select username from users where id = author_id) as username,
           (select display_name from users where id = author_id) as display_name,
           (select bot_of is not null from users where id = author_id) as is_bot"
    };
}

/// Stores drafts within the transaction that is open.
pub async fn insert(db: &mut SqliteConnection, posts: &mut [&mut Post]) -> sqlx::Result<()> {
    let rows = sqlx::query(weakened(insert!())).bind(list(posts)).fetch_all(&mut *db).await?;
    settle(db, posts, &rows).await
}

/// Stores drafts in a transaction of their own: one turn of the database's thread for all of it.
pub async fn commit(db: &mut SqliteConnection, posts: &mut [&mut Post]) -> sqlx::Result<()> {
    let sql = concat!("begin immediate; ", insert!(), "; commit");
    let rows = sqlx::query(weakened(sql)).bind(list(posts)).fetch_all(&mut *db).await?;
    settle(db, posts, &rows).await
}

/// The statement as it is, unless a test has weakened it.
fn weakened(sql: &'static str) -> &'static str {
    #[cfg(feature = "sabotage")]
    let sql = super::sabotaged::insert(sql);
    sql
}

/// `[[room, user, client_id, text, at], …]`, each draft once.
fn list(posts: &[&mut Post]) -> String {
    let mut firsts = HashMap::new();
    let is_first = |post: &&&mut Post| firsts.insert(key(post), ()).is_none();
    let tuple = |post: &&mut Post| {
        let Draft { client_id, text } = &post.draft;
        json!([post.seat.room().get(), post.seat.user().get(), client_id.0.simple().to_string(), text, post.at.get()])
    };
    let tuples: Vec<_> = posts.iter().filter(is_first).map(tuple).collect();
    serde_json::Value::from(tuples).to_string()
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
