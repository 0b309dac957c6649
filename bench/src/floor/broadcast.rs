//! A bare axum server that hands messages out and keeps nothing: no accounts, no order that survives, no acknowledgement.
//! It reads the same commands, tells the same events and has the same buffers as Natter. Where it is given a folder it
//! stores each message there, by one commit that is on the disk before anybody hears of it, and acknowledges it.

use crate::natter::folder;
use crate::process::{Process, free_addr};
use crate::venue::{Shape, Ticket, Venue};
use anyhow::Result;
use axum::Router;
use axum::extract::ws::{Message as Ws, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::extract::{self, State};
use axum::response::Response;
use axum::routing::get;
use axum::serve::ListenerExt;
use protocol::{At, Change, Command, Event, Frame, Message, No, Person, Request, Rev, RoomId, UserId, What};
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::broadcast::{Sender, channel};

/// As many events wait for a slow socket; about as many as Natter's 1 MiB holds.
const QUEUE: usize = 4096;

/// Natter's limits and buffers (`server/src/ws`).
const FRAME_BYTES: usize = 64 * 1024;
const READ_BYTES: usize = 512;

/// Natter's places for those who wait to be let in (`server/src/listener`).
const WAITING: u32 = 4096;

/// The rooms by their ids, made when the first comes in, and where messages are stored.
#[derive(Clone, Default)]
struct Floor {
    rooms: Arc<Mutex<HashMap<RoomId, Arc<Room>>>>,
    store: Option<Arc<tokio::sync::Mutex<SqliteConnection>>>,
}

struct Room {
    id: RoomId,
    rev: Mutex<i64>,
    events: Sender<Utf8Bytes>,
}

/// Starts it as a process of its own, with rooms of that shape.
pub async fn venue(shape: Shape) -> Result<Venue> {
    start(shape, None).await
}

/// The same, which stores each message.
pub async fn storing(shape: Shape) -> Result<Venue> {
    start(shape, Some(folder()?)).await
}

async fn start(shape: Shape, folder: Option<TempDir>) -> Result<Venue> {
    let addr = free_addr()?;
    let mut command = tokio::process::Command::new(std::env::current_exe()?);
    command.arg("floor-broadcast").arg(addr.to_string()).args(folder.as_ref().map(TempDir::path));
    let process = Process::start(&mut command, addr).await?;
    let (rooms, tickets) = tickets(shape)?;
    Ok(Venue { process, folder, rooms, tickets })
}

/// The rooms, and a ticket for each of their members.
pub fn tickets(shape: Shape) -> Result<(Vec<RoomId>, Vec<Ticket>)> {
    let rooms = ids(shape.rooms)?;
    let mut people = ids(shape.rooms * shape.members)?.into_iter();
    let mut tickets = Vec::new();
    for (place, room) in rooms.iter().enumerate() {
        tickets.extend(people.by_ref().take(shape.members).map(|user| Ticket::floor(user, *room, place)));
    }
    Ok((rooms, tickets))
}

/// Listens as Natter does.
pub fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(WAITING)
}

/// Serves until it is ended, and stores messages in the folder where one is given.
pub async fn serve(listener: TcpListener, folder: Option<&Path>) -> Result<()> {
    let mut floor = Floor::default();
    if let Some(folder) = folder {
        floor.store = Some(Arc::new(tokio::sync::Mutex::new(open_store(folder).await?)));
    }
    let router = Router::new()
        .route("/ws/rooms/{room}/{user}", get(open))
        .route("/healthz", get(|| async { "ok\n" }))
        .with_state(floor);
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

async fn open(
    State(floor): State<Floor>,
    extract::Path((room, user)): extract::Path<(RoomId, UserId)>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let room = lock(&floor.rooms).entry(room).or_insert_with(|| Arc::new(Room::new(room))).clone();
    upgrade
        .max_message_size(FRAME_BYTES)
        .max_frame_size(FRAME_BYTES)
        .read_buffer_size(READ_BYTES)
        .write_buffer_size(0)
        .on_upgrade(move |socket| talk(socket, room, user, floor.store))
}

/// Ends with the line, and when the socket has fallen too far behind.
async fn talk(
    mut socket: WebSocket,
    room: Arc<Room>,
    user: UserId,
    store: Option<Arc<tokio::sync::Mutex<SqliteConnection>>>,
) {
    let mut events = room.events.subscribe();
    loop {
        tokio::select! {
            heard = socket.recv() => match heard {
                Some(Ok(Ws::Text(text))) => match &store {
                    None => drop(room.tell(user, &text)),
                    Some(store) => {
                        let mut db = store.lock().await;
                        if keep(&mut db, &room, user, &text).await.is_err() {
                            return;
                        }
                        let ack = room.tell(user, &text);
                        drop(db);
                        if let Some(ack) = ack && socket.send(Ws::Text(ack.encode().into())).await.is_err() {
                            return;
                        }
                    }
                },
                Some(Ok(_)) => {}
                _ => return,
            },
            event = events.recv() => {
                let Ok(event) = event else { return };
                if socket.send(Ws::Text(event)).await.is_err() {
                    return;
                }
            }
        }
    }
}

impl Room {
    fn new(id: RoomId) -> Self {
        Self { id, rev: Mutex::new(0), events: channel(QUEUE).0 }
    }

    /// Hands a message out; its acknowledgement.
    fn tell(&self, user: UserId, text: &str) -> Option<Frame> {
        let Ok(Request { command: Command::NewMessage { client_id, text, .. }, id }) = Request::parse(text) else {
            return None;
        };
        let author = Person { id: user, username: "person-100".into(), name: "person-100".into(), is_bot: false };
        let mut rev = lock(&self.rev);
        *rev += 1;
        let number = "a counter counts no further than 2^53";
        let at = At::try_from(1_800_000_000_000).expect(number);
        let message = Message { no: No::try_from(*rev).expect(number), author, client_id, text, at };
        let change = Change { room: self.id, rev: Rev::try_from(*rev).expect(number), what: What::Message(message) };
        // Nobody may be there.
        let _ = self.events.send(Frame::from(Event::Change(change)).encode().into());
        let (no, rev) = (No::try_from(*rev).expect(number), Rev::try_from(*rev).expect(number));
        Some(Frame { id, event: Event::Ack { room: self.id, client_id, no, rev, at } })
    }
}

async fn open_store(folder: &Path) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new().filename(folder.join("floor.db")).create_if_missing(true);
    let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let mut db = options.disable_statement_logging().connect().await?;
    sqlx::query("create table messages (id integer primary key, room integer, author integer, frame text)")
        .execute(&mut db)
        .await?;
    Ok(db)
}

async fn keep(db: &mut SqliteConnection, room: &Room, user: UserId, frame: &str) -> sqlx::Result<()> {
    sqlx::query("insert into messages (room, author, frame) values ($1, $2, $3)")
        .bind(room.id.get())
        .bind(user.get())
        .bind(frame)
        .execute(db)
        .await
        .map(drop)
}

fn ids<Id: TryFrom<i64>>(count: usize) -> Result<Vec<Id>> {
    let id = |id| Id::try_from(id).map_err(|_| anyhow::anyhow!("{id} is no id"));
    (1..=count as i64).map(id).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
