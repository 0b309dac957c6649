use super::cast::{Cast, SECRET};
use super::visitor::Guest;
use crate::live::support::{client_id, no, refusal, rev, text};
use protocol::{Change, Command, Event, Known, RoomId};

/// Where a command comes in: over the socket of all rooms, or over the one of another room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Socket {
    All,
    Other,
}

impl Socket {
    const NAMES: [(Self, &str); 2] = [(Self::All, "/ws"), (Self::Other, "/ws/rooms/{other}")];
}

/// The rows that every command needs: both sockets.
pub fn rows() -> impl Iterator<Item = String> {
    Socket::NAMES.into_iter().flat_map(|(_, socket)| names().into_iter().map(move |name| format!("{socket} {name}")))
}

/// Reads such a row.
pub fn read(row: &str) -> Option<(Socket, String)> {
    let (socket, name) = row.split_once(' ')?;
    let (socket, _) = Socket::NAMES.into_iter().find(|(_, known)| *known == socket)?;
    names().into_iter().find(|known| known == name).map(|name| (socket, name))
}

/// What becomes of a command that names the room.
pub async fn outcome(cast: &Cast, guest: &Guest<'_>, (socket, name): (Socket, &str), row: &str) -> String {
    let room = guest.room;
    let path = match socket {
        Socket::All => "/ws".to_owned(),
        Socket::Other => format!("/ws/rooms/{}", guest.other),
    };
    let mut line = match guest.browser.upgrade(&path).await {
        Err(status) => return status.to_string(),
        Ok(line) => line,
    };
    let before = cast.state(room).await;
    line.is_welcomed().await;
    let answer = cast.drawing(row, line.ask(command(name, room))).await;
    let about: Vec<_> =
        line.log.iter().filter(|frame| is_about(&frame.event, room)).map(|frame| &frame.event).collect();
    let told = match about.as_slice() {
        [first, ..] if answer == Event::Ready => kind(first),
        _ => refusal(&answer).map_or_else(|| kind(&answer), |code| spelled(&code)),
    };
    let words = line.log.iter().any(|frame| frame.encode().contains(SECRET));
    let may_hear = guest.reads && socket == Socket::All;
    assert!(!words || may_hear, "{name}: the room's words are told to somebody outside");
    assert!(guest.writes || cast.state(room).await == before, "{name}: somebody outside has changed the room");
    told
}

/// The commands, as serde names them: a new one is here by itself.
fn names() -> Vec<String> {
    let error = serde_json::from_str::<Command>(r#"{"type":"?"}"#).unwrap_err().to_string();
    let names: Vec<_> = error.split('`').skip(3).step_by(2).map(str::to_owned).collect();
    assert!(names.contains(&"new_message".to_owned()), "serde names its variants otherwise: {error}");
    names
}

fn command(name: &str, room: RoomId) -> Command {
    match name {
        "hello" => Command::Hello { epoch: None, rooms: vec![Known { room, rev: rev(0) }] },
        "hello_part" => Command::HelloPart { rooms: vec![Known { room, rev: rev(0) }] },
        "resume_room" => Command::ResumeRoom { room, rev: rev(0) },
        "fetch_messages" => Command::FetchMessages { room, before: None, after: None, around: None, limit: None },
        "new_message" => Command::NewMessage { room, client_id: client_id(), text: text("forged") },
        "seen" => Command::Seen { room, no: no(1), generation: None },
        "mark_unread" => Command::MarkUnread { room, no: no(1) },
        "ping" => Command::Ping,
        _ => panic!("say in server/tests/it/matrix/commands.rs how {name} is sent"),
    }
}

fn is_about(event: &Event, known: RoomId) -> bool {
    match event {
        Event::Change(Change { room, .. }) | Event::RoomGone { room } => *room == known,
        Event::OwnState(own) => own.room == known,
        Event::Changes(missed) => missed.room.id == known,
        Event::Room { room } => room.id == known,
        _ => false,
    }
}

fn kind(event: &Event) -> String {
    serde_json::to_value(event).unwrap()["type"].as_str().unwrap().to_owned()
}

fn spelled(code: &protocol::Code) -> String {
    serde_json::to_value(code).unwrap().as_str().unwrap().to_owned()
}
