use crate::world::{Engines, Line, Person, Topology, World, bound};
use futures::future::join_all;
use protocol::{ClientId, Command, Event, Message, Rev, RoomId, UserId};
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

/// As long as a server may need to find its database again (R15).
const RECOVERED: Duration = Duration::from_secs(5);

/// A message as the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub room: RoomId,
    pub no: i64,
    pub author: UserId,
    pub client_id: ClientId,
    pub text: String,
}

impl Stored {
    pub fn of(room: RoomId, message: &Message) -> Self {
        let Message { no, author, client_id, text, .. } = message;
        Self { room, no: no.get(), author: author.id, client_id: *client_id, text: text.to_string() }
    }
}

/// What there is at the end.
#[derive(Debug, Default)]
pub struct Truth {
    pub members: BTreeMap<RoomId, Vec<UserId>>,
    /// From the database itself, by room and number.
    pub stored: Vec<Stored>,
    /// What each member of each room is shown by the server.
    pub shown: Vec<(UserId, RoomId, Vec<Stored>)>,
    /// The database was away for a while: the server may have refused what it had taken.
    pub has_refused: bool,
}

impl Truth {
    pub async fn read(world: &World) -> Self {
        let members = world.rooms.clone();
        let stored = match world.topology() {
            Topology::OneSqlite => read_file(&world.node().database()).await,
            Topology::TwoNodes => read_shared(world.engines()).await,
        };
        let shown = join_all(world.people.iter().enumerate().map(async |(at, person)| {
            let rooms = world.rooms_of(person.id);
            insists(async || shown(world.addr_of(at), person, &rooms).await).await
        }));
        let has_refused = world.was_database_away;
        Self { members, stored, shown: shown.await.into_iter().flatten().collect(), has_refused }
    }

    /// How far each of a person's rooms is, asked of the server itself.
    pub async fn heads(world: &World, user: UserId) -> BTreeMap<RoomId, Rev> {
        let person = world.people.iter().find(|person| person.id == user).expect("somebody of this world");
        insists(async || heads(world.addr(), person).await).await
    }
}

/// Asks until there is an answer: right after a fault a server may have none yet.
async fn insists<T>(ask: impl AsyncFn() -> Option<T>) -> T {
    let answer = async {
        loop {
            match ask().await {
                Some(answer) => return answer,
                None => sleep(Duration::from_millis(20)).await,
            }
        }
    };
    timeout(bound(RECOVERED), answer).await.expect("an answer at the end")
}

async fn shown(at: SocketAddr, person: &Person, rooms: &[RoomId]) -> Option<Vec<(UserId, RoomId, Vec<Stored>)>> {
    let mut line = Line::open(at, &person.cookie, "/ws").await.ok()?;
    let mut shown = Vec::new();
    for &room in rooms {
        let messages = line.reads(room).await?;
        shown.push((person.id, room, messages.iter().map(|message| Stored::of(room, message)).collect()));
    }
    Some(shown)
}

async fn heads(at: SocketAddr, person: &Person) -> Option<BTreeMap<RoomId, Rev>> {
    let mut line = Line::open(at, &person.cookie, "/ws").await.ok()?;
    let mut heads = BTreeMap::new();
    line.send(1, Command::Hello { epoch: None, rooms: Vec::new() }).await;
    loop {
        match line.next().await? {
            Event::Room { room } => drop(heads.insert(room.id, room.rev)),
            Event::Ready => return Some(heads),
            _ => {}
        }
    }
}

/// Reads the file behind the server's back.
pub async fn read_file(path: &Path) -> Vec<Stored> {
    let mut db = SqliteConnectOptions::new().filename(path).read_only(true).connect().await.expect("a database");
    let rows = sqlx::query_as(MESSAGES).fetch_all(&mut db).await.expect("its messages");
    rows.into_iter().map(stored).collect()
}

/// Reads PostgreSQL beside the servers.
pub async fn read_shared(engines: &Engines) -> Vec<Stored> {
    let rows = sqlx::query_as(MESSAGES).fetch_all(&mut engines.database().await).await.expect("its messages");
    rows.into_iter().map(stored).collect()
}

const MESSAGES: &str = "select room_id, no, author_id, client_id, text from messages order by room_id, no";

fn stored((room, no, author, client_id, text): (i64, i64, i64, Uuid, String)) -> Stored {
    let (room, author) = (room.try_into().expect("a room"), author.try_into().expect("a person"));
    Stored { room, no, author, client_id: ClientId(client_id), text }
}
