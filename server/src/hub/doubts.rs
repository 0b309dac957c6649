use super::lock;
use domain::ports::Topic;
use protocol::{RoomId, UserId};
use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Mutex;
use tokio::sync::Notify;

/// Of whom notices may have been lost, so that the database has to be asked: the rooms by the mender, the people by the
/// usher. Each stands here once.
#[derive(Default)]
pub struct Doubts {
    pub rooms: Doubted<RoomId>,
    pub people: Doubted<UserId>,
}

pub struct Doubted<T> {
    ids: Mutex<HashSet<T>>,
    raised: Notify,
}

impl Doubts {
    pub fn raise(&self, topics: &[Topic]) {
        self.rooms.raise(topics.iter().filter_map(|topic| match topic {
            Topic::Room(room) => Some(*room),
            Topic::Person(_) => None,
        }));
        self.people.raise(topics.iter().filter_map(|topic| match topic {
            Topic::Person(user) => Some(*user),
            Topic::Room(_) => None,
        }));
    }
}

impl<T: Eq + Hash> Doubted<T> {
    pub fn raise(&self, ids: impl IntoIterator<Item = T>) {
        let mut doubted = lock(&self.ids);
        doubted.extend(ids);
        if !doubted.is_empty() {
            self.raised.notify_one();
        }
    }

    /// Returns when there is something to ask. Cancel safe.
    pub async fn raised(&self) {
        self.raised.notified().await;
    }

    pub fn take(&self) -> HashSet<T> {
        std::mem::take(&mut lock(&self.ids))
    }
}

impl<T> Default for Doubted<T> {
    fn default() -> Self {
        Self { ids: Mutex::default(), raised: Notify::new() }
    }
}
