//! More people, rooms and seats than anybody registers over HTTP: written into a database while Natter does not run.

use crate::natter::{Natter, folder_of};
use crate::neighbourhood::OPENING;
use crate::people::{self, Person};
use crate::wire::{Door, Line};
use anyhow::{Context, Result, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use protocol::{Command, Event, Request, RoomId, UserId};
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::net::SocketAddr;
use tempfile::TempDir;

pub struct Town {
    folder: TempDir,
    db: SqliteConnection,
}

impl Town {
    /// Begins with a copy of the people who are registered.
    pub async fn found() -> Result<Self> {
        let folder = folder_of(&people::prepared().await?)?;
        let database = SqliteConnectOptions::new().filename(folder.path().join("natter.db"));
        let mut db = database.journal_mode(SqliteJournalMode::Wal).disable_statement_logging().connect().await?;
        sqlx::query("begin").execute(&mut db).await?;
        Ok(Self { folder, db })
    }

    /// Adds so many accounts, each with a token.
    pub async fn settle(&mut self, count: usize) -> Result<Vec<Person>> {
        let columns = "select name from pragma_table_info('users') where name <> 'id'";
        let columns: Vec<String> = sqlx::query_scalar(columns).fetch_all(&mut self.db).await?;
        let value = |name: &String| match name.as_str() {
            "username" | "display_name" | "folded_name" => "'citizen-' || $1".to_owned(),
            "email" => "'citizen-' || $1 || '@bench.example'".to_owned(),
            name => name.to_owned(),
        };
        let values: Vec<_> = columns.iter().map(value).collect();
        let copy = format!(
            "insert into users ({}) select {} from users where username = 'person-1' returning id",
            columns.join(", "),
            values.join(", ")
        );
        let mut citizens = Vec::new();
        for number in 0..count {
            let insert = sqlx::query_scalar(AssertSqlSafe(copy.as_str())).bind(number as i64);
            let id: i64 = insert.fetch_one(&mut self.db).await?;
            let token = format!("natter_p_{number:064x}");
            sqlx::query(
                "insert into sessions
                   (id, user_id, proof, data, access, is_limited, name, address, created_at, seen_at, expires)
                 values ($1, $2, 'token', '{}', 'both', 0, 'bench', '', 0, 0, 9000000000000)",
            )
            .bind(format!("{:x}", Sha256::digest(&token)))
            .bind(id)
            .execute(&mut self.db)
            .await?;
            let id = UserId::try_from(id).ok().context("no id of a person")?;
            citizens.push(Person { id, cookie: token });
        }
        Ok(citizens)
    }

    /// Makes a group of these people; the first owns it.
    pub async fn room(&mut self, members: &[Person]) -> Result<RoomId> {
        let ids: Vec<_> = members.iter().map(|person| person.id.to_string()).collect();
        let id: i64 = sqlx::query_scalar(
            "insert into rooms (kind, name, members, created_at) values ('group', 'Town', $1, 0) returning id",
        )
        .bind(members.len() as i64)
        .fetch_one(&mut self.db)
        .await?;
        sqlx::query(
            "insert into members (room_id, user_id, role, is_active, rev, joined_rev, joined_at, read_no)
             select $1, value, case key when 0 then 'owner' else 'member' end, 1, 0, 0, 0, 0 from json_each($2)",
        )
        .bind(id)
        .bind(format!("[{}]", ids.join(",")))
        .execute(&mut self.db)
        .await?;
        RoomId::try_from(id).ok().context("no id of a room")
    }

    /// Starts Natter.
    pub async fn open(mut self) -> Result<Natter> {
        sqlx::query("commit").execute(&mut self.db).await?;
        self.db.close().await?;
        Natter::start_in(self.folder).await
    }
}

/// Opens a socket for each of these people, up to its welcome.
pub async fn enter(addr: SocketAddr, people: &[Person]) -> Result<Vec<Line>> {
    let open = |person: &Person| {
        let cookie = person.cookie.clone();
        async move {
            let mut line = Line::open(&Door { addr, path: "/ws", cookie: Some(&cookie) }).await?;
            ensure!(matches!(line.next().await?.event, Event::Welcome { .. }), "no welcome");
            Ok(line)
        }
    };
    stream::iter(people.iter().map(open)).buffered(OPENING).try_collect().await
}

/// Waits until each of these sockets is in the audiences of its rooms, which follows its welcome: until then no command
/// is answered.
pub async fn seat(lines: &mut [Line]) -> Result<()> {
    for line in lines {
        line.ask(&Request { id: None, command: Command::Ping })?;
        while line.next().await?.event != Event::Pong {}
    }
    Ok(())
}
