use crate::crowd::Crowd;
use crate::people::Person;
use crate::process::Process;
use anyhow::Result;
use protocol::{RoomId, UserId};
use tempfile::TempDir;

/// How many rooms of how many members.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub rooms: usize,
    pub members: usize,
}

/// A server with rooms, and how their members get in.
pub struct Venue {
    pub process: Process,
    /// The data folder, which lives as long; the floor has none.
    pub folder: Option<TempDir>,
    pub rooms: Vec<RoomId>,
    pub tickets: Vec<Ticket>,
}

impl Venue {
    /// Lets everybody in.
    pub async fn crowd(&self) -> Result<Crowd> {
        Crowd::open(self.process.addr(), &self.rooms, &self.tickets).await
    }
}

/// A socket that can be opened.
#[derive(Clone, Debug)]
pub struct Ticket {
    pub user: UserId,
    pub path: String,
    pub cookie: Option<String>,
    /// The places of the rooms that it hears.
    pub rooms: Vec<usize>,
    pub manners: Manners,
}

/// What a server expects first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manners {
    /// Nothing is said on either side.
    Plain,
    /// A `hello` is answered by the rooms and `ready`.
    Hello,
}

impl Ticket {
    pub fn natter(person: &Person, rooms: Vec<usize>) -> Self {
        let (path, cookie) = ("/ws".to_owned(), Some(person.cookie.clone()));
        Self { user: person.id, path, cookie, rooms, manners: Manners::Hello }
    }

    pub fn floor(user: UserId, room: RoomId, place: usize) -> Self {
        let path = format!("/ws/rooms/{room}/{user}");
        Self { user, path, cookie: None, rooms: vec![place], manners: Manners::Plain }
    }
}
