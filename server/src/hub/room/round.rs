use super::{Entry, Room};
use crate::hub::{Connection, Task, lock};
use bytes::Bytes;
use domain::ports::Leavers;
use protocol::{RoomId, UserId};
use std::collections::HashMap;
use std::sync::Arc;

/// Maximum of sockets that are written to before other rooms and tasks have their turn.
pub const SLICE: usize = 128;

/// Changes of a room on their way to its audience, a slice of it at a time.
///
/// Nothing is written while the audience is locked, so whoever joins or resumes waits for no system call. A socket that
/// resumes between the two may be sent a change twice, which its revision tells.
pub struct Round {
    room: Arc<Room>,
    entries: Vec<Entry>,
    /// The frames of all of them.
    all: Bytes,
    /// With which entry each of these people leaves.
    leaving: HashMap<UserId, usize>,
    /// With which entry everybody leaves.
    end: Option<usize>,
    /// Where the next slice begins.
    next: usize,
}

/// What a slice has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Sockets that were let out, because their person has left the room.
    pub gone: usize,
    /// One for each change and socket.
    pub frames: usize,
    /// System calls for these frames: one for each socket at most.
    pub writes: usize,
    /// Everybody has been told.
    pub is_done: bool,
}

/// What is due to a socket.
struct Due {
    connection: Arc<Connection>,
    frames: Bytes,
    farewell: Option<Task>,
}

impl Round {
    pub(super) fn new(room: Arc<Room>, entries: Vec<Entry>) -> Self {
        let (mut leaving, mut end) = (HashMap::new(), None);
        for (at, entry) in entries.iter().enumerate() {
            match entry.leavers {
                Leavers::Nobody => {}
                Leavers::One(user) => _ = leaving.entry(user).or_insert(at),
                Leavers::Everybody => end = end.or(Some(at)),
            }
        }
        let all = frames(&entries);
        Self { room, entries, all, leaving, end, next: 0 }
    }

    pub fn id(&self) -> RoomId {
        self.room.id
    }

    /// Hands the changes to the next sockets, by one system call each, however many changes they are.
    pub fn slice(&mut self) -> Progress {
        let mut progress = Progress::default();
        let due = self.take(&mut progress);
        for Due { connection, frames, farewell } in due {
            progress.writes += usize::from(!frames.is_empty());
            connection.write(frames);
            if let Some(task) = farewell {
                connection.push(task);
            }
        }
        progress
    }

    /// Notes that the next sockets know these changes, or lets them out.
    fn take(&mut self, progress: &mut Progress) -> Vec<Due> {
        let mut audience = lock(&self.room.audience);
        let (mut due, mut gone) = (Vec::with_capacity(SLICE), Vec::new());
        let newest = self.entries.last().map(|entry| entry.rev);
        let (watchers, rest) = audience.slice(self.next, SLICE);
        for (slot, watcher) in watchers {
            let leaves = self.leaves(watcher.connection.user());
            let entries = &self.entries[..leaves.unwrap_or(self.entries.len())];
            let news = &entries[entries.partition_point(|entry| entry.rev <= watcher.knows)..];
            if news.is_empty() && leaves.is_none() {
                continue;
            }
            progress.frames += news.len();
            let frames = if news.len() == self.entries.len() { self.all.clone() } else { frames(news) };
            let farewell = leaves.and_then(|at| self.entries[at].farewell(self.room.id, watcher.connection.user()));
            due.push(Due { connection: watcher.connection.clone(), frames, farewell });
            match (leaves, newest) {
                (Some(_), _) => gone.push(slot),
                (None, Some(newest)) => watcher.knows = newest,
                (None, None) => {}
            }
        }
        progress.gone = gone.len();
        gone.into_iter().for_each(|slot| audience.free(slot));
        (self.next, progress.is_done) = (rest.unwrap_or(self.next), rest.is_none());
        due
    }

    /// With which entry a person leaves.
    fn leaves(&self, user: UserId) -> Option<usize> {
        let one = self.leaving.get(&user).copied();
        [one, self.end].into_iter().flatten().min()
    }
}

/// The frames of changes, one after the other.
fn frames(entries: &[Entry]) -> Bytes {
    match entries {
        [one] => one.frame.clone(),
        many => many.iter().map(|entry| &entry.frame[..]).collect::<Vec<_>>().concat().into(),
    }
}
