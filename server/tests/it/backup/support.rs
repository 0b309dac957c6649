//! The program itself, run for one task, and something worth keeping.

use crate::api::support::{Account, PASSWORD, Program, text};
use crate::live::support::{Server, within};
use crate::support::{House, Postgres};
use serde_json::{Value, json};
use server::metrics::Commits;
use server::store;
use sqlx::{Connection, SqliteConnection};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::sync::OnceCell;

/// How a task ended.
#[derive(Debug)]
pub struct Done {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Done {
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// What was told by `--json`.
    #[track_caller]
    pub fn json(self) -> Value {
        serde_json::from_str(&self.ok()).unwrap()
    }

    /// The one sentence of a task that was not done.
    #[track_caller]
    pub fn refusal(self) -> String {
        assert_eq!((self.code, self.out.as_str(), self.err.lines().count()), (Some(1), "", 1), "{self:?}");
        self.err
    }
}

pub fn command(flags: &[&str]) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", env!("CARGO_BIN_EXE_natter")]).args(flags);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

pub async fn natter(flags: &[&str]) -> Done {
    done(command(flags).spawn().expect("setpriv is installed")).await
}

pub async fn done(child: Child) -> Done {
    let output = within("the end of a task", child.wait_with_output()).await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Done { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// The URL of a database that is not there yet.
pub fn nowhere(folder: &TempDir, name: &str) -> String {
    format!("sqlite:{}", folder.path().join(name).join("natter.db").display())
}

pub async fn cluster() -> &'static Postgres {
    static CLUSTER: OnceCell<Postgres> = OnceCell::const_new();
    CLUSTER.get_or_init(async || Postgres::start(&[])).await
}

/// A new database without anything in it; its name.
pub async fn empty() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let name = format!("backup{}", NEXT.fetch_add(1, Ordering::Relaxed));
    cluster().await.execute("postgres", &format!("create database {name}")).await;
    name
}

/// An empty place of either kind.
pub async fn places(folder: &TempDir) -> [String; 2] {
    [nowhere(folder, "place"), cluster().await.url(&empty().await)]
}

pub fn file_of(url: &str) -> PathBuf {
    url.strip_prefix("sqlite:").unwrap().into()
}

pub async fn backup(url: &str, to: &Path) -> Value {
    natter(&["backup", "--json", "--database-url", url, to.to_str().unwrap()]).await.json()
}

pub async fn restore(from: &Path, url: &str) -> Done {
    natter(&["restore", "--json", "--database-url", url, from.to_str().unwrap()]).await
}

/// The digest of a sound database.
pub async fn content(url: &str) -> String {
    let told = natter(&["check", "--json", "--database-url", url]).await.json();
    assert_eq!(told["faults"], json!([]));
    text(&told["content"]).to_owned()
}

/// A closed SQLite database with some people, rooms and so many messages.
pub async fn furnished(folder: &TempDir, messages: usize) -> String {
    let url = nowhere(folder, "furnished");
    let database = store::open(&url, &Commits::default()).await.unwrap();
    let house = House::new(database.clone(), ());
    let [alice, bob, carol] = house.people(["alice", "bob", "carol"]).await;
    let room = house.group(alice, "Bakery", &[bob, carol]).await;
    let (alice, bob) = (house.seat(alice, room).await, house.seat(bob, room).await);
    for number in 0..messages {
        let words = format!("{number} “𝄞” \\ \" \t {}", house.env.random.uuid());
        house.posts(if number % 3 == 0 { &bob } else { &alice }, &words).await;
    }
    house.store().remove_member(&alice, carol).await.unwrap().unwrap();
    database.close().await;
    url
}

/// Changes a file that nobody has open.
pub async fn tamper(url: &str, sql: &'static str) {
    let mut db = SqliteConnection::connect(url).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

/// What a careless copy would spoil.
const WORDS: &str = "zwölf \u{1f41f} \\ \" \n ' % \\N";

/// Somebody who has one of everything.
pub struct Settled {
    pub ines: Account,
    pub token: String,
    pub of_bot: String,
    pub room: i64,
}

impl Settled {
    pub async fn at(server: &Server) -> Self {
        let program = Program::of(server);
        let (ines, jona) = (program.registers("ines").await, program.registers("jona").await);
        ines.put(&format!("/contacts/{}", jona.id), Value::Null).await;
        let room = ines.makes_room(&[jona.id]).await;
        let bot = ines.post("/bots", json!({"username": "helper", "display_name": "Helper"})).await.ok();
        ines.post(&format!("/rooms/{room}/members"), json!({"users": [bot["id"]]})).await;
        let new = json!({"name": "Deploy", "access": "read_and_write", "rooms": [room], "password": PASSWORD});
        let token = text(&ines.post("/tokens", new.clone()).await.ok()["token"]).to_owned();
        let of_bot = text(&ines.post(&format!("/bots/{}/tokens", bot["id"]), new).await.ok()["token"]).to_owned();
        jona.says(room, WORDS).await;
        jona.delete(&format!("/rooms/{room}/members/{}", jona.id)).await;
        Self { ines, token, of_bot, room }
    }

    /// At a server with the same content all of it goes on.
    pub async fn goes_on_at(&self, server: &Server) {
        let program = Program::of(server);
        for token in [&self.token, &self.of_bot] {
            assert_eq!(program.with(token).hears(self.room).await, [WORDS]);
        }
        let refreshed = program.post("/sessions/refresh", json!({"refresh_token": self.ines.refresh})).await.ok();
        let ines = program.with(text(&refreshed["access_token"]));
        assert_eq!(ines.get("/contacts").await.ok()["items"][0]["username"], "jona");
        assert_eq!(program.with(&self.of_bot).says(self.room, "here again").await, 2);
        let newcomer = program.registers("noor").await;
        assert!(newcomer.id > 3, "an id that was given is not given again: {}", newcomer.id);
    }
}
