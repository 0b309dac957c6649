use super::Entry;
use crate::hub::Connection;
use protocol::Rev;
use std::collections::VecDeque;
use std::sync::Arc;

/// Maximum of changes that a room remembers for sockets that join or resume,
pub const RING: usize = 256;
/// and of their bytes: a part of what may wait for a socket.
const RING_BYTES: usize = 256 * 1024;

/// The sockets that watch a room, and the changes that they were sent last.
#[derive(Default)]
pub struct Audience {
    slots: Vec<Option<Watcher>>,
    free: Vec<Slot>,
    /// The newest changes that went out, oldest first, with consecutive revisions.
    ring: VecDeque<Entry>,
    ring_bytes: usize,
}

/// The place of a socket in an audience. Another socket may have it by now, so it is looked up together with its socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot(u32);

pub struct Watcher {
    pub connection: Arc<Connection>,
    /// It has been told everything up to here.
    pub knows: Rev,
}

impl Watcher {
    /// The state of a socket that has not been told how the room stands: it is sent nothing, as if it knew everything.
    pub const WAITS: Rev = Rev::LAST;

    pub fn waits(&self) -> bool {
        self.knows == Self::WAITS
    }
}

impl Audience {
    pub fn add(&mut self, connection: Arc<Connection>) -> Slot {
        let watcher = Watcher { connection, knows: Watcher::WAITS };
        if let Some(slot) = self.free.pop() {
            self.slots[slot.0 as usize] = Some(watcher);
            return slot;
        }
        self.slots.push(Some(watcher));
        Slot((self.slots.len() - 1) as u32)
    }

    pub fn find(&mut self, slot: Slot, connection: &Arc<Connection>) -> Option<&mut Watcher> {
        let watcher = self.slots.get_mut(slot.0 as usize)?.as_mut();
        watcher.filter(|watcher| Arc::ptr_eq(&watcher.connection, connection))
    }

    pub fn free(&mut self, slot: Slot) {
        self.slots[slot.0 as usize] = None;
        self.free.push(slot);
    }

    pub fn watchers(&self) -> impl Iterator<Item = &Watcher> {
        self.slots.iter().flatten()
    }

    /// Some of the watchers with their slots, and where to go on; `None` after the last of them.
    pub fn slice(&mut self, from: usize, count: usize) -> (impl Iterator<Item = (Slot, &mut Watcher)>, Option<usize>) {
        let end = self.slots.len().min(from.saturating_add(count));
        let rest = (end < self.slots.len()).then_some(end);
        let slots = self.slots[from.min(end)..end].iter_mut().enumerate();
        (slots.filter_map(move |(at, slot)| slot.as_mut().map(|watcher| (Slot((from + at) as u32), watcher))), rest)
    }

    /// Whether all that has gone out after `since` is remembered.
    pub fn remembers(&self, since: Rev) -> bool {
        self.ring.front().is_some_and(|oldest| oldest.rev <= since.next())
    }

    pub fn remembered(&self, since: Rev) -> impl Iterator<Item = &Entry> {
        self.ring.iter().filter(move |entry| entry.rev > since)
    }

    pub fn remember(&mut self, entries: &[Entry]) {
        for entry in entries {
            // A repaired gap lacks the revisions of what changed twice, so a client in front of it has to read the database.
            if self.ring.back().is_some_and(|last| last.rev.next() != entry.rev) {
                self.ring.clear();
                self.ring_bytes = 0;
            }
            self.ring_bytes += entry.frame.len();
            self.ring.push_back(entry.clone());
        }
        while self.ring.len() > RING || self.ring_bytes > RING_BYTES {
            let forgotten = self.ring.pop_front().map_or(0, |entry| entry.frame.len());
            self.ring_bytes -= forgotten;
        }
    }
}
