use super::{Connection, Out};
use axum::extract::ws::Utf8Bytes;
use domain::ports::Notice;
use protocol::{Rev, RoomId, UserId};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// As many changes as a room remembers for sockets that are just joining.
const RING: usize = 256;

/// As many early changes as wait; beyond that the oldest gap is read from the database anyway.
const EARLY: usize = 1024;

/// A change on its way to the sockets.
#[derive(Clone)]
pub struct Entry {
    pub rev: Rev,
    pub left: Option<UserId>,
    pub frame: Utf8Bytes,
}

impl Entry {
    /// The change that a notice carries; `None` when it is for a person.
    pub fn of(notice: Notice) -> Option<Self> {
        match notice {
            Notice::Room { rev, left, frame, .. } => Some(Self { rev, left, frame: frame.into() }),
            Notice::Person { .. } => None,
        }
    }
}

/// One room's stream in this process.
pub struct Room {
    id: RoomId,
    /// The revision up to which everything went out; unknown until it has been read once.
    head: Option<Rev>,
    /// The newest changes that went out, oldest first.
    ring: VecDeque<Entry>,
    /// What came before its turn.
    early: BTreeMap<Rev, Entry>,
    sockets: Vec<Arc<Connection>>,
}

impl Room {
    pub fn new(id: RoomId) -> Self {
        Self { id, head: None, ring: VecDeque::new(), early: BTreeMap::new(), sockets: Vec::new() }
    }

    pub fn head(&self) -> Option<Rev> {
        self.head
    }

    pub fn is_empty(&self) -> bool {
        self.sockets.is_empty()
    }

    pub fn has_gap(&self) -> bool {
        self.head.is_some() && !self.early.is_empty()
    }

    pub fn sockets(&self) -> impl Iterator<Item = &Arc<Connection>> {
        self.sockets.iter()
    }

    pub fn add(&mut self, connection: Arc<Connection>) {
        if !self.sockets.iter().any(|known| Arc::ptr_eq(known, &connection)) {
            self.sockets.push(connection);
        }
    }

    pub fn remove(&mut self, connection: &Arc<Connection>) {
        self.sockets.retain(|known| !Arc::ptr_eq(known, connection));
    }

    /// Takes a change; it goes out when its turn comes.
    pub fn deliver(&mut self, entry: Entry) {
        match self.head {
            Some(head) if entry.rev <= head => {}
            Some(head) if entry.rev == head.next() => {
                self.send(entry);
                self.send_early();
            }
            _ => {
                if self.early.len() < EARLY {
                    self.early.insert(entry.rev, entry);
                }
            }
        }
    }

    /// Takes changes read from the database after [`Room::head`], which go out even where revisions skip.
    pub fn mend(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            if self.head.is_some_and(|head| entry.rev > head) {
                self.send(entry);
            }
        }
        self.send_early();
    }

    /// Learns the newest revision, when it was not known.
    pub fn settle(&mut self, head: Rev) {
        if self.head.is_none() {
            self.head = Some(head);
            self.send_early();
        }
    }

    /// Repeats to one socket what went out after `from`.
    pub fn replay(&mut self, connection: &Arc<Connection>, from: Rev) {
        let missed: Vec<_> = self.ring.iter().filter(|entry| entry.rev > from).cloned().collect();
        for entry in missed {
            if entry.left == Some(connection.user()) {
                self.remove(connection);
                connection.push(Out::Gone(self.id));
                return;
            }
            connection.push(Out::Frame(entry.frame));
        }
    }

    fn send_early(&mut self) {
        while let Some((&rev, _)) = self.early.first_key_value() {
            let head = self.head.unwrap_or(Rev::ZERO);
            if rev > head.next() {
                return;
            }
            if let Some(entry) = self.early.remove(&rev).filter(|_| rev > head) {
                self.send(entry);
            }
        }
    }

    fn send(&mut self, entry: Entry) {
        if let Some(user) = entry.left {
            for gone in self.sockets.extract_if(.., |socket| socket.user() == user) {
                gone.push(Out::Gone(self.id));
            }
        }
        self.sockets.iter().for_each(|socket| socket.push(Out::Frame(entry.frame.clone())));
        self.head = Some(entry.rev);
        if self.ring.len() == RING {
            self.ring.pop_front();
        }
        self.ring.push_back(entry);
    }
}

#[cfg(test)]
mod tests;
