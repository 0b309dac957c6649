//! Verifies every delivery: only what was sent, to whom it belongs, once, and in one order for all.

use crate::plan::Plan;
use protocol::{Change, Message, Rev, RoomId, What};
use std::collections::HashMap;
use std::fmt;

/// What was told in each room, as the first who heard it did.
pub struct Ledger {
    plan: Plan,
    rooms: Vec<Book>,
    places: HashMap<RoomId, usize>,
    /// Whether each message was told, by its number.
    told: Vec<bool>,
    acknowledged: HashMap<u64, Rev>,
}

struct Book {
    /// The room's revision before the first message.
    base: i64,
    told: Vec<Told>,
}

struct Told {
    number: u64,
    /// An event is encoded once, so that everybody hears the same bytes.
    payload: Box<[u8]>,
}

/// How far a socket has heard a room.
#[derive(Clone, Debug)]
pub struct Copy {
    /// The place of the room in the plan.
    pub room: usize,
    /// How many changes were heard.
    pub heard: usize,
}

/// What a server must not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A change was left out, or told before its turn.
    Gap,
    /// A change came again, or late.
    Repeat,
    /// The room is not this member's.
    Foreign,
    /// Others were told something else at this revision.
    Differs,
    /// Nobody sent this.
    NeverSent,
    /// It was sent with another text, in another room, or by somebody else.
    Altered,
    /// The message has two revisions.
    Twice,
    /// The acknowledgement tells another revision than the change.
    WrongAck,
}

impl Ledger {
    /// `bases` are the revisions of the plan's rooms before its first message.
    pub fn new(plan: Plan, bases: &[Rev]) -> Self {
        let places = plan.rooms.iter().enumerate().map(|(place, room)| (*room, place)).collect();
        let rooms = bases.iter().map(|base| Book { base: base.get(), told: Vec::new() }).collect();
        Self { plan, rooms, places, told: Vec::new(), acknowledged: HashMap::new() }
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The revisions of the rooms after what was told.
    pub fn heads(&self) -> Vec<Rev> {
        let head = |book: &Book| Rev::try_from(book.base + book.told.len() as i64).expect("it was a revision");
        self.rooms.iter().map(head).collect()
    }

    /// The message, when these are the bytes that others have heard at the next revision.
    pub fn recognise(&self, copies: &mut [Copy], payload: &[u8]) -> Option<u64> {
        for copy in copies {
            if let Some(told) = self.rooms[copy.room].told.get(copy.heard)
                && *told.payload == *payload
            {
                copy.heard += 1;
                return Some(told.number);
            }
        }
        None
    }

    /// Examines a change that was not recognised; the message in it.
    pub fn examine(&mut self, copies: &mut [Copy], change: &Change, payload: &[u8]) -> Result<u64, Fault> {
        let place = *self.places.get(&change.room).ok_or(Fault::Foreign)?;
        let copy = copies.iter_mut().find(|copy| copy.room == place).ok_or(Fault::Foreign)?;
        let expected = self.rooms[place].base + copy.heard as i64 + 1;
        match change.rev.get() {
            rev if rev > expected => return Err(Fault::Gap),
            rev if rev < expected => return Err(Fault::Repeat),
            _ => {}
        }
        let What::Message(message) = &change.what else { return Err(Fault::NeverSent) };
        let number = self.sent(place, message)?;
        match self.rooms[place].told.get(copy.heard) {
            Some(told) if told.number != number => return Err(Fault::Differs),
            Some(_) => {}
            None => self.note(place, number, change.rev, payload)?,
        }
        copy.heard += 1;
        Ok(number)
    }

    /// Takes the acknowledgement of a message; false when it is known already.
    pub fn acknowledge(&mut self, number: u64, rev: Rev) -> Result<bool, Fault> {
        match self.acknowledged.insert(number, rev) {
            Some(first) if first != rev => Err(Fault::WrongAck),
            first => Ok(first.is_none()),
        }
    }

    /// The first look at a message: it is compared with what was sent.
    fn sent(&self, place: usize, message: &Message) -> Result<u64, Fault> {
        let number = self.plan.number(message.client_id).ok_or(Fault::NeverSent)?;
        let author = self.plan.members[place].get(self.plan.author(number));
        let is_as_sent = self.plan.room(number) == place
            && author == Some(&message.author.id)
            && message.text.as_str() == self.plan.text(number);
        if is_as_sent { Ok(number) } else { Err(Fault::Altered) }
    }

    fn note(&mut self, place: usize, number: u64, rev: Rev, payload: &[u8]) -> Result<(), Fault> {
        let at = number as usize;
        if self.told.len() <= at {
            self.told.resize(at + 1, false);
        }
        if std::mem::replace(&mut self.told[at], true) {
            return Err(Fault::Twice);
        }
        if self.acknowledged.get(&number).is_some_and(|acknowledged| *acknowledged != rev) {
            return Err(Fault::WrongAck);
        }
        self.rooms[place].told.push(Told { number, payload: payload.into() });
        Ok(())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a delivery is wrong: {self:?}")
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests;
