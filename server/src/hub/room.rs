use super::{Connection, Task, lock, wire};
use audience::{Audience, Watcher};
use bytes::Bytes;
use domain::ports::{Leavers, Notice};
use protocol::{Rev, RoomId, UserId};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use stream::Stream;

mod audience;
mod round;
mod stream;

pub use audience::Slot;
pub use round::Round;

/// A change on its way to the sockets.
#[derive(Clone)]
pub struct Entry {
    pub rev: Rev,
    pub leavers: Leavers,
    /// As it goes over the wire; empty for the end of the room, which nobody is left to see.
    pub frame: Bytes,
}

impl Entry {
    /// The change that a notice carries; `None` when it is for a person.
    pub fn of(notice: Notice) -> Option<Self> {
        match notice {
            Notice::Room { rev, leavers: Leavers::Everybody, .. } => Some(Self::end(rev)),
            Notice::Room { rev, leavers, frame, .. } => Some(Self { rev, leavers, frame: wire::text(frame) }),
            Notice::Person { .. } => None,
        }
    }

    /// The end of a room.
    pub fn end(rev: Rev) -> Self {
        Self { rev, leavers: Leavers::Everybody, frame: Bytes::new() }
    }

    /// What the task of a person's socket has to do instead of hearing this; `None` for those who stay.
    fn farewell(&self, room: RoomId, user: UserId) -> Option<Task> {
        match self.leavers {
            Leavers::Everybody => Some(Task::Ended(room)),
            Leavers::One(leaver) if leaver == user => Some(Task::Gone(room)),
            Leavers::One(_) | Leavers::Nobody => None,
        }
    }
}

/// One room in this process: changes are put in order by whoever brings them, and handed out by the pump.
pub struct Room {
    id: RoomId,
    stream: Mutex<Stream>,
    audience: Mutex<Audience>,
}

impl Room {
    pub fn new(id: RoomId) -> Self {
        Self { id, stream: Mutex::default(), audience: Mutex::default() }
    }

    /// The revision up to which everything is on its way; unknown until it has been read once.
    pub fn head(&self) -> Option<Rev> {
        lock(&self.stream).head()
    }

    pub fn has_gap(&self) -> bool {
        lock(&self.stream).has_gap()
    }

    /// Takes a change; true when there is something to hand out.
    pub fn deliver(&self, entry: Entry) -> bool {
        lock(&self.stream).take(entry)
    }

    /// Takes changes read from the database after [`Room::head`]; true when there is something to hand out.
    pub fn mend(&self, entries: Vec<Entry>) -> bool {
        lock(&self.stream).mend(entries)
    }

    /// Learns the newest revision, when it was not known; true when there is something to hand out.
    pub fn settle(&self, head: Rev) -> bool {
        lock(&self.stream).settle(head)
    }

    /// Lets a socket in, which hears nothing until it has resumed; false when it still has the slot that it knows.
    pub fn add(&self, connection: &Arc<Connection>, known: Option<Slot>) -> (Slot, bool) {
        let mut audience = lock(&self.audience);
        match known.filter(|slot| audience.find(*slot, connection).is_some()) {
            Some(slot) => (slot, false),
            None => (audience.add(connection.clone()), true),
        }
    }

    /// Lets a socket out; false when it was not in.
    pub fn remove(&self, connection: &Arc<Connection>, slot: Slot) -> bool {
        let mut audience = lock(&self.audience);
        let is_in = audience.find(slot, connection).is_some();
        if is_in {
            audience.free(slot);
        }
        is_in
    }

    /// Who is in the audience.
    pub fn watchers(&self) -> HashSet<*const Connection> {
        lock(&self.audience).watchers().map(|watcher| Arc::as_ptr(&watcher.connection)).collect()
    }

    /// The socket hears nothing until it resumes.
    pub fn pause(&self, connection: &Arc<Connection>, slot: Slot) {
        if let Some(watcher) = lock(&self.audience).find(slot, connection) {
            watcher.knows = Watcher::WAITS;
        }
    }

    /// Tells a socket that waits what has gone out after `since`, which its client claims to know, and everything from
    /// then on. False when that is not remembered, or has not gone out here: then it has to be read from the database.
    pub fn resume(&self, connection: &Arc<Connection>, slot: Slot, since: Rev) -> bool {
        let mut audience = lock(&self.audience);
        let has_gone_out = lock(&self.stream).out().is_some_and(|out| since <= out);
        has_gone_out && self.tell(&mut audience, connection, slot, since)
    }

    /// The same after reading the room from the database as it stood at `since`.
    /// False when so much has gone out meanwhile that it has to be read again.
    pub fn admit(&self, connection: &Arc<Connection>, slot: Slot, since: Rev) -> bool {
        self.tell(&mut lock(&self.audience), connection, slot, since)
    }

    /// Begins to hand out what is in order; `None` when there is nothing.
    pub fn begin(self: &Arc<Self>) -> Option<Round> {
        let mut audience = lock(&self.audience);
        let entries = lock(&self.stream).hand_out();
        // From here on, sockets that join or resume get these changes from memory.
        audience.remember(&entries);
        (!entries.is_empty()).then(|| Round::new(self.clone(), entries))
    }

    fn tell(&self, audience: &mut Audience, connection: &Arc<Connection>, slot: Slot, since: Rev) -> bool {
        if audience.find(slot, connection).is_none_or(|watcher| !watcher.waits()) {
            return true;
        }
        let out = lock(&self.stream).out();
        if out.is_some_and(|out| since < out) && !audience.remembers(since) {
            return false;
        }
        for entry in audience.remembered(since) {
            if let Some(farewell) = entry.farewell(self.id, connection.user()) {
                // Still waiting, it hears nothing until its task has let it out.
                connection.push(farewell);
                return true;
            }
            connection.write(entry.frame.clone());
        }
        if let Some(watcher) = audience.find(slot, connection) {
            watcher.knows = out.map_or(since, |out| out.max(since));
        }
        true
    }
}

#[cfg(test)]
mod tests;
