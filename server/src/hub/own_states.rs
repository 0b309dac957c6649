//! A person's own state in a room (their read marker). It has no revision, so what the bus loses of it is found by comparing.

use super::{Hub, lock};
use domain::ports::Tell;
use protocol::{OwnState, ReadMarker, RoomId, UserId};

/// How far a person has read their rooms, in little space; by room.
#[derive(Default)]
pub struct Markers(Vec<(RoomId, Marker)>);

/// Generation and number, as far as 32 bits reach: beyond that, markers are not compared.
type Marker = (u32, u32);

impl Markers {
    /// Takes the markers of rooms that are not known yet.
    fn add(&mut self, own_states: impl IntoIterator<Item = OwnState>) {
        let mut own_states = own_states.into_iter();
        // A room that somebody joins does not touch the others.
        if !self.0.is_empty() && own_states.size_hint() == (1, Some(1)) {
            let Some(own) = own_states.next() else { return };
            if let Err(at) = self.0.binary_search_by_key(&own.room, |(room, _)| *room) {
                self.0.insert(at, (own.room, marker(own.read)));
            }
            return;
        }
        self.0.extend(own_states.map(|own| (own.room, marker(own.read))));
        // Stable: the marker that was known stands first.
        self.0.sort_by_key(|(room, _)| *room);
        self.0.dedup_by_key(|(room, _)| *room);
        self.0.shrink_to_fit();
    }

    fn get_mut(&mut self, room: RoomId) -> Option<&mut Marker> {
        let at = self.0.binary_search_by_key(&room, |(known, _)| *known).ok()?;
        Some(&mut self.0[at].1)
    }
}

fn marker(read: ReadMarker) -> Marker {
    let short = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    (short(read.generation.get()), short(read.no.get()))
}

impl Hub {
    /// Notes what a new socket of a person has read; what its older ones know may lie further back.
    pub fn knows_own(&self, user: UserId, own_states: impl IntoIterator<Item = OwnState>) {
        if let Some(person) = lock(&self.people).get_mut(&user) {
            person.read.add(own_states);
        }
    }

    /// Notes what all sockets of a person are told.
    pub(super) fn note_read(&self, user: UserId, own: OwnState) {
        if let Some(person) = lock(&self.people).get_mut(&user) {
            match person.read.get_mut(own.room) {
                Some(known) => *known = marker(own.read).max(*known),
                None => person.read.add([own]),
            }
        }
    }

    /// Tells people's sockets what they do not know, given what the database has.
    pub(super) fn compare_own(&self, own_states: &[(UserId, OwnState)]) {
        let is_news = |(user, own): &&(UserId, OwnState)| {
            let mut people = lock(&self.people);
            let known = people.get_mut(user).and_then(|person| person.read.get_mut(own.room));
            known.is_some_and(|known| marker(own.read) > *known)
        };
        for (user, own) in own_states.iter().filter(is_news) {
            self.tell(*user, Tell::OwnState(*own));
        }
    }
}
