use super::{Connection, Task, lock, wire};
use bytes::Bytes;
use domain::ports::Notice;
use protocol::{Rev, RoomId, UserId};
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex};
use stream::Stream;

mod stream;

/// As many changes as a room remembers for sockets that join or resume,
const RING: usize = 256;
/// and as many bytes of them: a part of what may wait for a socket.
const RING_BYTES: usize = 256 * 1024;

/// A change on its way to the sockets.
#[derive(Clone)]
pub struct Entry {
    pub rev: Rev,
    pub left: Option<UserId>,
    /// As it goes over the wire.
    pub frame: Bytes,
}

impl Entry {
    /// The change that a notice carries; `None` when it is for a person.
    pub fn of(notice: Notice) -> Option<Self> {
        match notice {
            Notice::Room { rev, left, frame, .. } => Some(Self { rev, left, frame: wire::text(frame) }),
            Notice::Person { .. } => None,
        }
    }
}

/// One room in this process: changes are put in order by whoever brings them, and handed out by the pump.
pub struct Room {
    id: RoomId,
    stream: Mutex<Stream>,
    /// Held for a whole round of the pump, so that joining and resuming fall between two rounds.
    audience: Mutex<Audience>,
}

#[derive(Default)]
struct Audience {
    watchers: Vec<Watcher>,
    /// The newest changes that went out, oldest first, with consecutive revisions.
    ring: VecDeque<Entry>,
    ring_bytes: usize,
}

struct Watcher {
    connection: Arc<Connection>,
    /// It has been told everything up to here; `None`: not how the room stands, so it hears nothing yet.
    knows: Option<Rev>,
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

    /// Lets a socket in, which hears nothing until it has resumed; false when it is in already.
    pub fn add(&self, connection: &Arc<Connection>) -> bool {
        let mut audience = lock(&self.audience);
        let is_new = audience.find(connection).is_none();
        if is_new {
            audience.watchers.push(Watcher { connection: connection.clone(), knows: None });
        }
        is_new
    }

    /// Lets a socket out; false when it was not in.
    pub fn remove(&self, connection: &Arc<Connection>) -> bool {
        let mut audience = lock(&self.audience);
        let at = audience.find(connection);
        at.map(|at| audience.watchers.swap_remove(at)).is_some()
    }

    /// Who is in the audience.
    pub fn watchers(&self) -> HashSet<*const Connection> {
        lock(&self.audience).watchers.iter().map(|watcher| Arc::as_ptr(&watcher.connection)).collect()
    }

    /// The socket hears nothing until it resumes.
    pub fn pause(&self, connection: &Arc<Connection>) {
        let mut audience = lock(&self.audience);
        if let Some(at) = audience.find(connection) {
            audience.watchers[at].knows = None;
        }
    }

    /// Tells a socket that waits what has gone out after `since`, which its client claims to know, and everything from
    /// then on. False when that is not remembered, or has not gone out here: then it has to be read from the database.
    pub fn resume(&self, connection: &Arc<Connection>, since: Rev) -> bool {
        let mut audience = lock(&self.audience);
        lock(&self.stream).out().is_some_and(|out| since <= out) && self.tell(&mut audience, connection, since)
    }

    /// The same after reading the room from the database as it stood at `since`.
    /// False when so much has gone out meanwhile that it has to be read again.
    pub fn admit(&self, connection: &Arc<Connection>, since: Rev) -> bool {
        self.tell(&mut lock(&self.audience), connection, since)
    }

    /// Hands out what is in order; returns how many sockets were let out on the way, and how many frames were written.
    pub fn pump(&self) -> Round {
        let mut audience = lock(&self.audience);
        let entries = lock(&self.stream).hand_out();
        let mut round = Round::default();
        for batch in entries.chunk_by(|before, _| before.left.is_none()) {
            if let Some(user) = batch.last().and_then(|entry| entry.left) {
                let (rest, last) = batch.split_at(batch.len() - 1);
                round.frames += audience.write(rest);
                round.gone += audience.part(user, self.id);
                round.frames += audience.write(last);
            } else {
                round.frames += audience.write(batch);
            }
        }
        audience.remember(entries);
        round
    }

    fn tell(&self, audience: &mut Audience, connection: &Arc<Connection>, since: Rev) -> bool {
        let Some(at) = audience.find(connection).filter(|at| audience.watchers[*at].knows.is_none()) else {
            return true;
        };
        let is_up_to_date = lock(&self.stream).out().is_none_or(|out| since >= out);
        if !is_up_to_date && audience.ring.front().is_none_or(|oldest| oldest.rev > since.next()) {
            return false;
        }
        for entry in audience.ring.iter().filter(|entry| entry.rev > since) {
            if entry.left == Some(connection.user()) {
                // Still waiting, it hears nothing until its task has let it out.
                connection.push(Task::Gone(self.id));
                return true;
            }
            connection.write(entry.frame.clone());
        }
        audience.watchers[at].knows = Some(since);
        true
    }
}

/// What a round of the pump has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Sockets that were let out, because their person has left the room.
    pub gone: usize,
    /// One for each change and socket.
    pub frames: usize,
}

impl Audience {
    fn find(&self, connection: &Arc<Connection>) -> Option<usize> {
        self.watchers.iter().position(|watcher| Arc::ptr_eq(&watcher.connection, connection))
    }

    /// Writes changes to everybody, by one system call a socket, however many they are.
    fn write(&self, entries: &[Entry]) -> usize {
        let Some(first) = entries.first() else { return 0 };
        let all = frames(entries);
        let mut written = 0;
        for Watcher { connection, knows } in &self.watchers {
            let Some(knows) = *knows else { continue };
            let known = if knows < first.rev { 0 } else { entries.partition_point(|entry| entry.rev <= knows) };
            match known {
                0 => connection.write(all.clone()),
                some => connection.write(frames(&entries[some..])),
            }
            written += entries.len() - known;
        }
        written
    }

    /// Lets a person's sockets out: they hear nothing more of the room.
    fn part(&mut self, user: UserId, room: RoomId) -> usize {
        let gone = self.watchers.extract_if(.., |watcher| watcher.connection.user() == user);
        gone.map(|watcher| watcher.connection.push(Task::Gone(room))).count()
    }

    fn remember(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            // A repaired gap lacks the revisions of what changed twice, so a client in front of it has to read the database.
            if self.ring.back().is_some_and(|last| last.rev.next() != entry.rev) {
                self.ring.clear();
                self.ring_bytes = 0;
            }
            self.ring_bytes += entry.frame.len();
            self.ring.push_back(entry);
        }
        while self.ring.len() > RING || self.ring_bytes > RING_BYTES {
            let forgotten = self.ring.pop_front().map_or(0, |entry| entry.frame.len());
            self.ring_bytes -= forgotten;
        }
    }
}

/// The frames of changes, one after the other.
fn frames(entries: &[Entry]) -> Bytes {
    match entries {
        [one] => one.frame.clone(),
        many => many.iter().map(|entry| &entry.frame[..]).collect::<Vec<_>>().concat().into(),
    }
}

#[cfg(test)]
mod tests;
