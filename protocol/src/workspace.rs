use crate::{Applied, Event, Known, RoomId, Timeline, UserId};
use serde::{Deserialize, Serialize};

/// Everything that a person's client knows: the rooms, newest activity first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    pub me: UserId,
    rooms: Vec<Timeline>,
}

/// What a client has to do after an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Nothing,
    /// Changes are missing: send `hello` with [`Workspace::known`].
    Resume,
}

impl Workspace {
    pub fn new(me: UserId, rooms: Vec<Timeline>) -> Self {
        let mut workspace = Self { me, rooms };
        workspace.sort();
        workspace
    }

    /// The rooms, newest activity first.
    pub fn rooms(&self) -> &[Timeline] {
        &self.rooms
    }

    pub fn room(&self, id: RoomId) -> Option<&Timeline> {
        self.rooms.iter().find(|timeline| timeline.room.id == id)
    }

    pub fn room_mut(&mut self, id: RoomId) -> Option<&mut Timeline> {
        self.rooms.iter_mut().find(|timeline| timeline.room.id == id)
    }

    /// How far each room is known, for `hello`.
    pub fn known(&self) -> Vec<Known> {
        self.rooms.iter().map(|timeline| Known { room: timeline.room.id, rev: timeline.room.rev }).collect()
    }

    /// How many messages are unread in all rooms.
    pub fn unread(&self) -> u32 {
        self.rooms.iter().map(|timeline| timeline.room.unread()).sum()
    }

    /// Takes what the server told; answers to requests and unknown rooms change nothing.
    pub fn apply(&mut self, event: &Event) -> Need {
        let applied = match event {
            Event::Change(change) => self.room_mut(change.room).map(|timeline| timeline.apply(change)),
            Event::Changes(missed) => self.room_mut(missed.room.id).map(|timeline| timeline.catch_up(missed)),
            Event::Messages { room, slice } => {
                if let Some(timeline) = self.room_mut(*room) {
                    timeline.merge(slice.clone());
                }
                None
            }
            Event::Room { room } => {
                self.rooms.retain(|timeline| timeline.room.id != room.id);
                self.rooms.push(Timeline::new(self.me, room.clone()));
                None
            }
            Event::RoomGone { room } => {
                self.rooms.retain(|timeline| timeline.room.id != *room);
                None
            }
            Event::Seen { room, no } => {
                if let Some(timeline) = self.room_mut(*room) {
                    timeline.seen(*no);
                }
                None
            }
            Event::Welcome { .. } | Event::Ready | Event::Ack { .. } | Event::Ok | Event::Pong | Event::Error(_) => {
                None
            }
        };
        self.sort();
        if applied == Some(Applied::Gap) { Need::Resume } else { Need::Nothing }
    }

    fn sort(&mut self) {
        self.rooms.sort_by_key(|timeline| std::cmp::Reverse((timeline.room.active_at, timeline.room.id)));
    }
}
