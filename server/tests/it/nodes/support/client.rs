use crate::live::support::{Person, Socket, client_id, hello, text, within};
use protocol::{ClientId, Code, Command, Epoch, Event, Frame, No, Rev, RoomId, What, Workspace};
use std::time::Duration;

/// How soon somebody tries again to open a socket.
const PAUSE: Duration = Duration::from_millis(20);

/// Somebody in one room who comes back through nginx as often as the line ends, and resumes as browsers do.
pub struct Client {
    person: Person,
    room: RoomId,
    socket: Socket,
    /// How far the room is known, by the rules of docs/protocol.md.
    known: Rev,
    epoch: Option<Epoch>,
    /// The numbers of the messages that came, in the order in which they were taken.
    pub taken: Vec<No>,
    /// The codes with which sockets ended.
    pub codes: Vec<Option<u16>>,
}

impl Client {
    /// Goes on from a socket that has been told the room.
    pub fn new(person: &Person, room: RoomId, socket: Socket) -> Self {
        let known = socket.state.room(room).unwrap().room.rev;
        let epoch = socket.epoch;
        Self { person: person.clone(), room, socket, known, epoch, taken: Vec::new(), codes: Vec::new() }
    }

    /// Listens until `has_all` of the messages that it has.
    pub async fn listens(&mut self, has_all: impl Fn(usize) -> bool) {
        while !has_all(self.taken.len()) {
            self.next().await;
        }
    }

    /// Says something, again and again until it is acknowledged.
    pub async fn says(&mut self, words: &str) -> No {
        let client_id = client_id();
        within("an acknowledgement", async {
            loop {
                if let Some(no) = self.tries(client_id, words).await {
                    return no;
                }
            }
        })
        .await
    }

    /// Sends a message once; `None` when it was not acknowledged.
    async fn tries(&mut self, client_id: ClientId, words: &str) -> Option<No> {
        let asked = self.socket.send(Command::NewMessage { room: self.room, client_id, text: text(words) }).await;
        loop {
            let frame = self.next().await?;
            match frame.event {
                Event::Ack { no, .. } if frame.id == Some(asked) => return Some(no),
                Event::Error(error) if frame.id == Some(asked) => {
                    assert_eq!(error.code, Code::Unavailable);
                    return None;
                }
                _ => {}
            }
        }
    }

    /// Takes the next frame; `None` when it had to come back instead.
    async fn next(&mut self) -> Option<Frame> {
        match self.socket.listen().await.cloned() {
            Some(frame) => {
                self.take(&frame.event);
                Some(frame)
            }
            None => {
                self.codes.push(self.socket.code);
                while !self.comes_back().await {
                    tokio::time::sleep(PAUSE).await;
                }
                None
            }
        }
    }

    /// Opens another socket and hears what was missed.
    async fn comes_back(&mut self) -> bool {
        let Ok(mut socket) = self.person.upgrade("/ws").await else { return false };
        let state = std::mem::replace(&mut self.socket.state, Workspace::new(self.person.id, Vec::new()));
        let greeting = hello(self.epoch, &state);
        socket.state = state;
        self.socket = socket;
        let asked = self.socket.send(greeting).await;
        while let Some(frame) = self.socket.listen().await.cloned() {
            self.take(&frame.event);
            if frame.id == Some(asked) {
                return frame.event == Event::Ready;
            }
        }
        false
    }

    fn take(&mut self, event: &Event) {
        match event {
            Event::Welcome { epoch, .. } => self.epoch = Some(*epoch),
            Event::Change(change) if change.room == self.room && change.rev.get() == self.known.get() + 1 => {
                self.note(change.rev, &change.what);
            }
            Event::Changes(missed) if missed.room.id == self.room => {
                let known = self.known;
                let news = missed.changes.iter().filter(|change| change.rev > known);
                news.for_each(|change| self.note(change.rev, &change.what));
                self.known = missed.room.rev.max(self.known);
            }
            Event::Room { room } if room.id == self.room => panic!("the room was told anew instead of what was missed"),
            _ => {}
        }
    }

    fn note(&mut self, rev: Rev, what: &What) {
        self.known = rev;
        if let What::Message(message) = what {
            self.taken.push(message.no);
        }
    }
}
