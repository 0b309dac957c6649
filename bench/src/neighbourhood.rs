//! 10,000 sockets: 500 people with 20 each, everybody in three of 30 rooms, and a herald who is in all of them.

use crate::natter::Natter;
use crate::people::{self, Person};
use crate::wire::{Door, Line};
use anyhow::{Result, bail, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use protocol::{Epoch, Event, RoomId};

pub const SOCKETS: usize = PEOPLE * SOCKETS_A_PERSON;

const PEOPLE: usize = 500;

/// As many as Natter lets a person have.
const SOCKETS_A_PERSON: usize = 20;

pub const ROOMS: usize = 30;

/// As many are opened at once.
pub const OPENING: usize = 256;

pub struct Neighbourhood {
    pub natter: Natter,
    pub rooms: Vec<RoomId>,
    /// Each has sockets.
    pub people: Vec<Person>,
    pub herald: Person,
}

impl Neighbourhood {
    pub async fn start() -> Result<Self> {
        let natter = Natter::start_on(&people::prepared().await?).await?;
        let mut people = people::all()?;
        ensure!(people.len() > PEOPLE, "there are not enough people");
        let herald = people.swap_remove(PEOPLE);
        people.truncate(PEOPLE);
        let mut rooms = Vec::new();
        for room in 0..ROOMS {
            let neighbours = people.iter().enumerate().filter(|(place, _)| rooms_of(*place).contains(&room));
            let members: Vec<_> = [&herald].into_iter().chain(neighbours.map(|(_, person)| person)).cloned().collect();
            rooms.push(natter.group(&members).await?);
        }
        Ok(Self { natter, rooms, people, herald })
    }

    /// Opens all sockets, up to their welcome.
    pub async fn open(&self) -> Result<Vec<Line>> {
        let lines = stream::iter(0..SOCKETS).map(|socket| async move { Ok(self.enter(self.owner(socket)).await?.0) });
        lines.buffer_unordered(OPENING).try_collect().await
    }

    /// Whose socket it is, by the place in `people`.
    pub fn owner(&self, socket: usize) -> usize {
        socket % self.people.len()
    }

    pub async fn enter(&self, person: usize) -> Result<(Line, Epoch)> {
        self.welcome(&self.people[person]).await
    }

    pub async fn welcome(&self, person: &Person) -> Result<(Line, Epoch)> {
        let door = Door { addr: self.natter.process.addr(), path: "/ws", cookie: Some(&person.cookie) };
        let mut line = Line::open(&door).await?;
        let Event::Welcome { user, epoch, .. } = line.next().await?.event else { bail!("no welcome") };
        ensure!(user == person.id, "somebody else was welcomed");
        Ok((line, epoch))
    }
}

/// The places of a person's rooms: 50 people share each.
pub fn rooms_of(person: usize) -> [usize; 3] {
    [person % 10, 10 + person / 10 % 10, 20 + person / 50]
}
