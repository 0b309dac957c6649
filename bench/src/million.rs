//! A database of a million messages, written once and kept in a folder that runs copy.

use crate::natter::Natter;
use crate::people::{self, Person};
use anyhow::{Context, Result};
use protocol::RoomId;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection};
use std::fs;
use std::path::{Path, PathBuf};

pub const MESSAGES_A_ROOM: i64 = 100_000;

const ROOMS: usize = 10;

const MEMBERS: usize = 10;

/// As many of the people, the first ones, are in these rooms.
pub const PEOPLE: usize = ROOMS * MEMBERS;

const FOLDER: &str = "target/bench/million";
const LIST: &str = "target/bench/million.txt";

pub struct Million {
    pub folder: PathBuf,
    /// Each with one of its members.
    pub rooms: Vec<(RoomId, Person)>,
}

/// Takes the prepared folder again, unless the people in it are older ones.
pub async fn prepared() -> Result<Million> {
    let people = people::prepared().await?;
    let written = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    if written(Path::new(LIST)) < written(&people.join("natter.db")) {
        eprintln!("Writing a million messages");
        write(&people).await.context("the messages could not be written")?;
    }
    let rooms = fs::read_to_string(LIST)?;
    let rooms = rooms.lines().map(|id| id.parse().map_err(anyhow::Error::msg));
    let first_members = people::all()?.into_iter().step_by(MEMBERS);
    let rooms = rooms.zip(first_members).map(|(room, person)| Ok((room?, person)));
    Ok(Million { folder: FOLDER.into(), rooms: rooms.collect::<Result<_>>()? })
}

/// Natter makes the rooms; the messages are written into its database while it does not run.
async fn write(people: &Path) -> Result<()> {
    let natter = Natter::start_on(people).await?;
    let mut rooms = Vec::new();
    for members in people::all()?.chunks(MEMBERS).take(ROOMS) {
        rooms.push(natter.group(members).await?);
    }
    let folder = natter.stop().await?;
    let database = SqliteConnectOptions::new().filename(folder.path().join("natter.db"));
    let mut db = database.journal_mode(SqliteJournalMode::Wal).disable_statement_logging().connect().await?;
    for room in &rooms {
        fill(&mut db, *room).await?;
    }
    db.close().await?;
    let _ = fs::remove_dir_all(FOLDER);
    fs::rename(folder.keep(), FOLDER)?;
    let lines: Vec<_> = rooms.iter().map(|room| format!("{room}\n")).collect();
    Ok(fs::write(LIST, lines.concat())?)
}

/// One statement, one transaction; the members take turns.
async fn fill(db: &mut SqliteConnection, room: RoomId) -> Result<()> {
    let (last_no, rev): (i64, i64) =
        sqlx::query_as("select last_no, rev from rooms where id = $1").bind(room.get()).fetch_one(&mut *db).await?;
    sqlx::query(
        "with recursive numbers (number) as (
           select 1 union all select number + 1 from numbers where number < $2
         ),
         seats (author, seat) as (
           select user_id, row_number() over (order by user_id) - 1 from members where room_id = $1
         )
         insert into messages (room_id, no, rev, author_id, client_id, text, at)
         select $1, $3 + number, $4 + number, author, randomblob(16),
           'The ovens are booked from half past five. Who opens tomorrow? ' || number,
           1767225600000 + number
         from numbers
         join seats on seat = number % $5
         order by number",
    )
    .bind(room.get())
    .bind(MESSAGES_A_ROOM)
    .bind(last_no)
    .bind(rev)
    .bind(MEMBERS as i64)
    .execute(&mut *db)
    .await?;
    Ok(())
}
