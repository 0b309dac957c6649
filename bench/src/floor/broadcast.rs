//! A bare axum server that hands messages out and keeps nothing: no accounts, no order that survives, no acknowledgement.
//! It reads the same commands, tells the same events and has the same buffers as Natter.

use crate::process::{Process, free_addr};
use crate::venue::{Shape, Ticket, Venue};
use anyhow::Result;
use axum::Router;
use axum::extract::ws::{Message as Ws, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use axum::serve::ListenerExt;
use protocol::{At, Change, Command, Event, Frame, Message, No, Person, Request, Rev, RoomId, UserId, What};
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::broadcast::{Sender, channel};

/// As many events wait for a slow socket; about as many as Natter's 1 MiB holds.
const QUEUE: usize = 4096;

/// Natter's limits and buffers (`server/src/ws`).
const FRAME_BYTES: usize = 64 * 1024;
const READ_BYTES: usize = 512;

/// Natter's places for those who wait to be let in (`server/src/listener`).
const WAITING: u32 = 4096;

/// The rooms by their ids, made when the first comes in.
type Rooms = Arc<Mutex<HashMap<RoomId, Arc<Room>>>>;

struct Room {
    id: RoomId,
    rev: Mutex<i64>,
    events: Sender<Utf8Bytes>,
}

/// Starts it as a process of its own, with rooms of that shape.
pub async fn venue(shape: Shape) -> Result<Venue> {
    let addr = free_addr()?;
    let mut command = tokio::process::Command::new(std::env::current_exe()?);
    let process = Process::start(command.arg("floor-broadcast").arg(addr.to_string()), addr).await?;
    let (rooms, tickets) = tickets(shape)?;
    Ok(Venue { process, folder: None, rooms, tickets })
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

/// Serves until it is ended.
pub async fn serve(listener: TcpListener) -> Result<()> {
    let router = Router::new()
        .route("/ws/rooms/{room}/{user}", get(open))
        .route("/healthz", get(|| async { "ok\n" }))
        .with_state(Rooms::default());
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

async fn open(
    State(rooms): State<Rooms>,
    Path((room, user)): Path<(RoomId, UserId)>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let room = lock(&rooms).entry(room).or_insert_with(|| Arc::new(Room::new(room))).clone();
    upgrade
        .max_message_size(FRAME_BYTES)
        .max_frame_size(FRAME_BYTES)
        .read_buffer_size(READ_BYTES)
        .write_buffer_size(0)
        .on_upgrade(move |socket| talk(socket, room, user))
}

/// Ends with the line, and when the socket has fallen too far behind.
async fn talk(mut socket: WebSocket, room: Arc<Room>, user: UserId) {
    let mut events = room.events.subscribe();
    loop {
        tokio::select! {
            heard = socket.recv() => match heard {
                Some(Ok(Ws::Text(text))) => room.tell(user, &text),
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

    fn tell(&self, user: UserId, text: &str) {
        let Ok(Request { command: Command::NewMessage { client_id, text, .. }, .. }) = Request::parse(text) else {
            return;
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
    }
}

fn ids<Id: TryFrom<i64>>(count: usize) -> Result<Vec<Id>> {
    let id = |id| Id::try_from(id).map_err(|_| anyhow::anyhow!("{id} is no id"));
    (1..=count as i64).map(id).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
