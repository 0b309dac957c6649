//! The hub of a process: which sockets are open here, and what reaches them in which order.
//!
//! A room's changes go out in the order of their revisions; what comes early waits, and a gap is read from the
//! database by the mender. Membership travels in the same stream: nobody hears a change after the one that removes them.
//! What a bus loses of the notices for people, the usher finds out.

mod connection;
mod doubts;
mod mender;
mod room;
mod usher;

pub use connection::{Caller, Connection, Out};
pub use mender::mend;
pub use usher::usher;

use axum::extract::ws::Utf8Bytes;
use domain::ports::{Bus, Notice, Sink, Tell, Topic};
use doubts::Doubts;
use protocol::{Rev, RoomId, UserId, close};
use room::{Entry, Room};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// As many sockets as one person may have open on this process (promise S4).
pub const SOCKETS_A_PERSON: usize = 20;

#[derive(Default)]
pub struct Hub {
    rooms: Mutex<HashMap<RoomId, Room>>,
    people: Mutex<HashMap<UserId, Vec<Arc<Connection>>>>,
    /// Wakes the mender when a change came early.
    gap: Notify,
    doubts: Doubts,
}

impl Hub {
    /// Takes a new socket in; `None` when the person has too many open.
    pub fn enter(&self, bus: &dyn Bus, caller: Caller) -> Option<Arc<Connection>> {
        let user = caller.user;
        let mut people = lock(&self.people);
        let open = people.entry(user).or_default();
        if open.len() >= SOCKETS_A_PERSON {
            return None;
        }
        let connection = Arc::new(Connection::new(caller));
        open.push(connection.clone());
        bus.follow(Topic::Person(user));
        Some(connection)
    }

    /// Takes a socket out, and out of the rooms that it watched.
    pub fn leave(&self, bus: &dyn Bus, connection: &Arc<Connection>, watched: impl IntoIterator<Item = RoomId>) {
        for room in watched {
            self.unwatch(bus, connection, room);
        }
        let user = connection.user();
        let mut people = lock(&self.people);
        if let Some(open) = people.get_mut(&user) {
            open.retain(|other| !Arc::ptr_eq(other, connection));
            if open.is_empty() {
                people.remove(&user);
            }
        }
        bus.unfollow(Topic::Person(user));
    }

    /// From now on the socket hears the room; what happened before this is read from the database afterwards.
    pub fn watch(&self, bus: &dyn Bus, connection: &Arc<Connection>, id: RoomId) {
        let mut rooms = lock(&self.rooms);
        let room = rooms.entry(id).or_insert_with(|| {
            bus.follow(Topic::Room(id));
            Room::new(id)
        });
        room.add(connection.clone());
    }

    /// The socket no longer hears the room.
    pub fn unwatch(&self, bus: &dyn Bus, connection: &Arc<Connection>, id: RoomId) {
        let mut rooms = lock(&self.rooms);
        if let Some(room) = rooms.get_mut(&id) {
            room.remove(connection);
            if room.is_empty() {
                rooms.remove(&id);
                bus.unfollow(Topic::Room(id));
            }
        }
    }

    /// The watched rooms whose newest revision has to be read from the database once.
    pub fn unsettled(&self, ids: &[RoomId]) -> Vec<RoomId> {
        let rooms = lock(&self.rooms);
        ids.iter().copied().filter(|id| rooms.get(id).is_some_and(|room| room.head().is_none())).collect()
    }

    /// Tells the hub the newest revision of a room, as the database has it.
    pub fn settle(&self, id: RoomId, head: Rev) {
        if let Some(room) = lock(&self.rooms).get_mut(&id) {
            room.settle(head);
        }
    }

    /// Repeats to one socket what the room has heard after `from`, the revision up to which it read the database.
    pub fn replay(&self, connection: &Arc<Connection>, id: RoomId, from: Rev) {
        if let Some(room) = lock(&self.rooms).get_mut(&id) {
            room.settle(from);
            room.replay(connection, from);
        }
    }

    fn watched(&self) -> Vec<RoomId> {
        lock(&self.rooms).keys().copied().collect()
    }

    /// The rooms of which not everything went out, and how far each of them did, given the newest revisions.
    fn behind(&self, heads: Vec<(RoomId, Rev)>) -> Vec<(RoomId, Rev)> {
        let mut rooms = lock(&self.rooms);
        let is_behind = |(id, newest): (RoomId, Rev)| {
            let room = rooms.get_mut(&id)?;
            room.settle(newest);
            room.head().filter(|head| *head < newest).map(|head| (id, head))
        };
        heads.into_iter().filter_map(is_behind).collect()
    }

    /// The rooms in which a change came before its turn.
    fn gaps(&self) -> Vec<(RoomId, Rev)> {
        let rooms = lock(&self.rooms);
        rooms.iter().filter(|(_, room)| room.has_gap()).filter_map(|(id, room)| Some((*id, room.head()?))).collect()
    }

    /// Hands out what was read from the database; how far the room went out then.
    fn mend(&self, id: RoomId, missed: Vec<Notice>) -> Option<Rev> {
        let entries = missed.into_iter().filter_map(Entry::of).collect();
        let mut rooms = lock(&self.rooms);
        let room = rooms.get_mut(&id)?;
        room.mend(entries);
        room.head()
    }

    /// The open sockets of these people.
    fn open(&self, people: &[UserId]) -> Vec<Arc<Connection>> {
        let known = lock(&self.people);
        people.iter().filter_map(|user| known.get(user)).flatten().cloned().collect()
    }

    /// Shows sockets to the rooms in which their people have a seat, where they do not watch these already.
    fn show(&self, seats: Vec<(UserId, RoomId)>) {
        let mut seated: HashMap<RoomId, Vec<UserId>> = HashMap::new();
        seats.into_iter().for_each(|(user, room)| seated.entry(room).or_default().push(user));
        for (id, people) in seated {
            let watching: HashSet<_> =
                lock(&self.rooms).get(&id).into_iter().flat_map(Room::sockets).map(Arc::as_ptr).collect();
            let is_missing = |socket: &Arc<Connection>| socket.wants(id) && !watching.contains(&Arc::as_ptr(socket));
            self.open(&people)
                .iter()
                .filter(|socket| is_missing(socket))
                .for_each(|socket| socket.push(Out::Joined(id)));
        }
    }

    /// How many sockets are open.
    pub fn sockets(&self) -> usize {
        lock(&self.people).values().map(Vec::len).sum()
    }

    /// Asks every socket for a sign of life, and closes those that gave none since the last time.
    pub fn beat(&self) {
        for connection in self.connections() {
            if connection.is_silent() {
                connection.close(close::SILENT);
            } else {
                connection.push(Out::Ping);
            }
        }
    }

    /// Tells every socket to come back after a moment.
    pub fn drain(&self) {
        for connection in self.connections() {
            connection.close(close::RESTART);
        }
    }

    fn connections(&self) -> Vec<Arc<Connection>> {
        lock(&self.people).values().flatten().cloned().collect()
    }

    fn tell(&self, user: UserId, tell: Tell) {
        let open = lock(&self.people).get(&user).cloned().unwrap_or_default();
        let each = open.iter();
        match tell {
            Tell::Frame { room, frame } => {
                let frame = Utf8Bytes::from(frame);
                each.filter(|connection| connection.wants(room))
                    .for_each(|connection| connection.push(Out::Frame(frame.clone())));
            }
            Tell::Joined(room) => each
                .filter(|connection| connection.wants(room))
                .for_each(|connection| connection.push(Out::Joined(room))),
            Tell::SessionEnded(session) => each
                .filter(|connection| *connection.session() == session)
                .for_each(|connection| connection.close(close::LOGGED_OUT)),
            Tell::OtherSessionsEnded { kept } => each
                .filter(|connection| *connection.session() != kept)
                .for_each(|connection| connection.close(close::LOGGED_OUT)),
        }
    }
}

impl Sink for Hub {
    fn deliver(&self, notice: Notice) {
        match notice {
            Notice::Person { user, tell } => self.tell(user, tell),
            Notice::Room { room: id, .. } => {
                let Some(entry) = Entry::of(notice) else { return };
                if let Some(room) = lock(&self.rooms).get_mut(&id) {
                    room.deliver(entry);
                    if room.has_gap() {
                        self.gap.notify_one();
                    }
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
