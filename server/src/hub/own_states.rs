//! A person's own state in a room (their read marker). It has no revision, so what the bus loses of it is found by comparing.

use super::{Hub, lock};
use domain::ports::Tell;
use protocol::{OwnState, UserId};

impl Hub {
    /// Notes what a new socket of a person has read; what its older ones know may lie further back.
    pub fn knows_own(&self, user: UserId, own_states: impl IntoIterator<Item = OwnState>) {
        if let Some(person) = lock(&self.people).get_mut(&user) {
            own_states.into_iter().for_each(|own| _ = person.read.entry(own.room).or_insert(own.read));
        }
    }

    /// Notes what all sockets of a person are told.
    pub(super) fn note_read(&self, user: UserId, own: OwnState) {
        if let Some(person) = lock(&self.people).get_mut(&user) {
            let known = person.read.entry(own.room).or_insert(own.read);
            *known = own.read.max(*known);
        }
    }

    /// Tells people's sockets what they do not know, given what the database has.
    pub(super) fn compare_own(&self, own_states: &[(UserId, OwnState)]) {
        let is_news = |(user, own): &&(UserId, OwnState)| {
            let people = lock(&self.people);
            people.get(user).and_then(|person| person.read.get(&own.room)).is_some_and(|known| own.read > *known)
        };
        for (user, own) in own_states.iter().filter(is_news) {
            self.tell(*user, Tell::OwnState(*own));
        }
    }
}
