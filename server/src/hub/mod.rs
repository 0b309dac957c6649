//! The hub of a process: which sockets are open here, and what reaches them in which order.
//!
//! A room's changes go out in the order of their revisions; what comes early waits, and a gap is read from the
//! database by the mender. Membership travels in the same stream: nobody hears a change after the one that removes them.
//! What a bus loses of the notices for people, the usher finds out; what is done beside the bus, the herald.

mod connection;
mod doubts;
mod herald;
mod mender;
mod own_states;
mod pump;
mod room;
mod usher;
pub mod wire;

pub use connection::{BROKEN, Connection, Opener, Task};
pub use herald::herald;
pub use mender::mend;
pub use pump::pump;
pub use room::Slot;
pub use usher::usher;

use crate::metrics::Metrics;
use bytes::Bytes;
use domain::ports::{Bus, MAX_SOCKETS_PER_ACCOUNT, Notice, Sink, Tell, Topic};
use doubts::Doubts;
use own_states::Markers;
use protocol::{Event, Frame, Rev, RoomId, UserId, close};
use room::{Entry, Room};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// As many sockets as one person may have open on this process (promise S4).
pub const SOCKETS_A_PERSON: usize = MAX_SOCKETS_PER_ACCOUNT as usize;

/// As many sockets as another process, or the next one, lets in each millisecond without effort.
const RETURNS_A_MS: usize = 2;
/// The bounds of the time over which the sockets of a server that stops are spread.
const SHORTEST_MS: u32 = 500;
const LONGEST_MS: u32 = 10_000;

#[derive(Default)]
pub struct Hub {
    rooms: Mutex<HashMap<RoomId, Place>>,
    people: Mutex<HashMap<UserId, Person>>,
    /// The rooms with changes to hand out.
    ready: Mutex<HashSet<RoomId>>,
    /// Wakes the pump.
    work: Notify,
    /// Wakes the mender when a change came early.
    gap: Notify,
    doubts: Doubts,
    spread_ms: AtomicU32,
    metrics: Arc<Metrics>,
}

/// A room, and how many sockets watch it.
struct Place {
    room: Arc<Room>,
    watchers: usize,
}

/// Somebody with open sockets.
#[derive(Default)]
struct Person {
    open: Vec<Arc<Connection>>,
    /// How far they have read each room, as all of these sockets know at least.
    read: Markers,
}

impl Hub {
    pub fn new(metrics: Arc<Metrics>) -> Self {
        Self { metrics, ..Self::default() }
    }

    /// Takes a new socket in, whose first frame is the welcome; false when the person has too many open.
    pub fn enter(&self, bus: &dyn Bus, connection: &Arc<Connection>, welcome: Bytes) -> bool {
        connection.open(welcome, || self.register(bus, connection))
    }

    fn register(&self, bus: &dyn Bus, connection: &Arc<Connection>) -> bool {
        let user = connection.user();
        let mut people = lock(&self.people);
        let open = &mut people.entry(user).or_default().open;
        if open.len() >= SOCKETS_A_PERSON {
            return false;
        }
        open.push(connection.clone());
        bus.follow(Topic::Person(user));
        true
    }

    /// Takes a socket out, and out of the rooms that it watched.
    pub fn leave(
        &self,
        bus: &dyn Bus,
        connection: &Arc<Connection>,
        watched: impl IntoIterator<Item = (RoomId, Slot)>,
    ) {
        for (room, slot) in watched {
            self.unwatch(bus, connection, room, slot);
        }
        let user = connection.user();
        let mut people = lock(&self.people);
        if let Some(person) = people.get_mut(&user) {
            person.open.retain(|other| !Arc::ptr_eq(other, connection));
            if person.open.is_empty() {
                people.remove(&user);
            }
        }
        bus.unfollow(Topic::Person(user));
    }

    /// From now on the socket is in the room's audience, and hears it once it has been told how the room stands
    /// ([`Hub::resume`], [`Hub::admit`]). It keeps the slot that it knows, if it is still in there.
    pub fn watch(&self, bus: &dyn Bus, connection: &Arc<Connection>, id: RoomId, known: Option<Slot>) -> Slot {
        let room = {
            let mut rooms = lock(&self.rooms);
            let place = rooms.entry(id).or_insert_with(|| {
                bus.follow(Topic::Room(id));
                Place { room: Arc::new(Room::new(id)), watchers: 0 }
            });
            place.watchers += 1;
            place.room.clone()
        };
        let (slot, is_new) = room.add(connection, known);
        if !is_new {
            self.release(bus, id, 1);
        }
        slot
    }

    /// The socket no longer hears the room.
    pub fn unwatch(&self, bus: &dyn Bus, connection: &Arc<Connection>, id: RoomId, slot: Slot) {
        if self.room(id).is_some_and(|room| room.remove(connection, slot)) {
            self.release(bus, id, 1);
        }
    }

    /// The socket hears nothing of the room until it resumes.
    pub fn pause(&self, connection: &Arc<Connection>, id: RoomId, slot: Slot) {
        if let Some(room) = self.room(id) {
            room.pause(connection, slot);
        }
    }

    /// Tells a socket from memory what it has missed since a revision that its client claims to know.
    /// False when that has to be read from the database.
    pub fn resume(&self, connection: &Arc<Connection>, id: RoomId, slot: Slot, since: Rev) -> bool {
        self.room(id).is_none_or(|room| room.resume(connection, slot, since))
    }

    /// The watched rooms whose newest revision has to be read from the database once.
    pub fn unsettled(&self, ids: impl IntoIterator<Item = RoomId>) -> Vec<RoomId> {
        let rooms = lock(&self.rooms);
        let is_unsettled = |id: &RoomId| rooms.get(id).is_some_and(|place| place.room.head().is_none());
        ids.into_iter().filter(is_unsettled).collect()
    }

    /// Tells the hub the newest revision of a room, as the database has it.
    pub fn settle(&self, id: RoomId, head: Rev) {
        if self.room(id).is_some_and(|room| room.settle(head)) {
            self.has_work(id);
        }
    }

    /// The socket knows the room as the database had it at `since`; tells it what has gone out meanwhile.
    /// False when that is too much, and has to be read again.
    pub fn admit(&self, connection: &Arc<Connection>, id: RoomId, slot: Slot, since: Rev) -> bool {
        self.settle(id, since);
        self.room(id).is_none_or(|room| room.admit(connection, slot, since))
    }

    fn has_work(&self, id: RoomId) {
        lock(&self.ready).insert(id);
        self.work.notify_one();
    }

    /// So many sockets have left a room's audience.
    fn release(&self, bus: &dyn Bus, id: RoomId, count: usize) {
        let mut rooms = lock(&self.rooms);
        if let Some(place) = rooms.get_mut(&id) {
            place.watchers -= count;
            if place.watchers == 0 {
                rooms.remove(&id);
                bus.unfollow(Topic::Room(id));
            }
        }
    }

    fn room(&self, id: RoomId) -> Option<Arc<Room>> {
        lock(&self.rooms).get(&id).map(|place| place.room.clone())
    }

    fn all(&self) -> impl Iterator<Item = (RoomId, Arc<Room>)> {
        let all: Vec<_> = lock(&self.rooms).iter().map(|(id, place)| (*id, place.room.clone())).collect();
        all.into_iter()
    }

    /// How many sockets are open.
    pub fn sockets(&self) -> usize {
        lock(&self.people).values().map(|person| person.open.len()).sum()
    }

    /// Asks every socket for a sign of life, and closes those that gave none since the last time.
    pub fn beat(&self) {
        for connection in self.connections() {
            if connection.is_silent() {
                connection.close(close::SILENT);
            } else {
                connection.ping();
            }
        }
    }

    /// Tells every socket to come back, the more of them the more spread out ([`Hub::spread_ms`]).
    pub fn drain(&self) {
        let open = self.connections();
        let spread = u32::try_from(open.len() / RETURNS_A_MS).unwrap_or(u32::MAX);
        self.spread_ms.store(spread.clamp(SHORTEST_MS, LONGEST_MS), Ordering::Relaxed);
        open.iter().for_each(|connection| connection.close(close::RESTART));
    }

    /// Within how many milliseconds those who are told to come back should do so, each at a random moment.
    pub fn spread_ms(&self) -> u32 {
        self.spread_ms.load(Ordering::Relaxed).max(SHORTEST_MS)
    }

    fn connections(&self) -> Vec<Arc<Connection>> {
        lock(&self.people).values().flat_map(|person| &person.open).cloned().collect()
    }

    fn tell(&self, user: UserId, tell: Tell) {
        let open = lock(&self.people).get(&user).map(|person| person.open.clone()).unwrap_or_default();
        let each = open.iter();
        match tell {
            Tell::OwnState(own) => {
                self.note_read(user, own);
                let frame = wire::text(Frame::from(Event::OwnState(own)).encode());
                let each = each.filter(|connection| connection.wants(own.room));
                each.for_each(|connection| connection.write(frame.clone()));
            }
            Tell::Joined(room) => each
                .filter(|connection| connection.wants(room))
                .for_each(|connection| connection.push(Task::Joined(room))),
            Tell::SessionEnded(session) => each
                .filter(|connection| *connection.session() == session)
                .for_each(|connection| connection.close(close::LOGGED_OUT)),
            Tell::OtherSessionsEnded { kept } => each
                .filter(|connection| Some(connection.session()) != kept.as_ref())
                .for_each(|connection| connection.close(close::LOGGED_OUT)),
        }
    }
}

impl Sink for Hub {
    fn deliver(&self, notice: Notice) {
        match notice {
            Notice::Person { user, tell } => self.tell(user, tell),
            Notice::Room { room: id, .. } => {
                let (Some(entry), Some(room)) = (Entry::of(notice), self.room(id)) else { return };
                if room.deliver(entry) {
                    self.has_work(id);
                }
                if room.has_gap() {
                    self.gap.notify_one();
                }
            }
        }
    }

    fn doubt(&self, topics: &[Topic]) {
        self.doubts.raise(topics);
    }
}

/// The state stays whole between statements, so a panic elsewhere does not make it useless.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
