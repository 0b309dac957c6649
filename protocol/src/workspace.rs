use crate::{Applied, CatchUp, Change, Event, Known, Merged, RoomId, RoomView, Timeline, UserId};
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
    /// A page was read too long ago: ask for it again.
    Refetch,
}

impl Workspace {
    pub fn new(me: UserId, rooms: Vec<Timeline>) -> Self {
        let mut workspace = Self { me, rooms: Vec::with_capacity(rooms.len()) };
        rooms.into_iter().for_each(|timeline| workspace.insert(timeline));
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
                let merged = self.room_mut(*room).map(|timeline| timeline.merge(slice.clone()));
                return if merged == Some(Merged::Stale) { Need::Refetch } else { Need::Nothing };
            }
            Event::Room { room } => {
                self.rooms.retain(|timeline| timeline.room.id != room.id);
                self.insert(Timeline::new(self.me, room.clone()));
                None
            }
            Event::RoomGone { room } => {
                self.rooms.retain(|timeline| timeline.room.id != *room);
                None
            }
            Event::OwnState(own) => {
                if let Some(timeline) = self.room_mut(own.room) {
                    timeline.take_own(own);
                }
                None
            }
            Event::Welcome { .. }
            | Event::Ready
            | Event::Ack { .. }
            | Event::Ok
            | Event::Pong
            | Event::Error(_)
            | Event::Unknown => None,
        };
        if let (
            Some(Applied::Fresh),
            Event::Change(Change { room, .. }) | Event::Changes(CatchUp { room: RoomView { id: room, .. }, .. }),
        ) = (applied, event)
            && let Some(at) = self.rooms.iter().position(|timeline| timeline.room.id == *room)
        {
            let moved = self.rooms.remove(at);
            self.insert(moved);
        }
        if applied == Some(Applied::Gap) { Need::Resume } else { Need::Nothing }
    }

    /// Puts a room in its place.
    fn insert(&mut self, timeline: Timeline) {
        let key = |timeline: &Timeline| (timeline.room.active_at, timeline.room.id);
        let at = self.rooms.iter().position(|other| key(other) < key(&timeline)).unwrap_or(self.rooms.len());
        self.rooms.insert(at, timeline);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{At, ClientId, Kind, Message, MessageText, No, Person, ReadMarker, Rev, Role, What};
    use uuid::Uuid;

    fn room(id: i64, active_at: i64) -> RoomView {
        RoomView {
            id: RoomId::try_from(id).unwrap(),
            kind: Kind::Group,
            name: format!("Room {id}"),
            other: None,
            role: Role::Member,
            members: 2,
            rev: Rev::ZERO,
            last_no: No::ZERO,
            read: ReadMarker::default(),
            last: None,
            active_at: At::try_from(active_at).unwrap(),
        }
    }

    fn workspace() -> Workspace {
        let me = UserId::try_from(1).unwrap();
        Workspace::new(me, [(1, 10), (2, 30), (3, 20)].map(|(id, at)| Timeline::new(me, room(id, at))).into())
    }

    fn message(room: i64, rev: i64, at: i64) -> Event {
        let author =
            Person { id: UserId::try_from(2).unwrap(), username: "ines".into(), name: "Ines".into(), is_bot: false };
        let what = What::Message(Message {
            no: No::try_from(rev).unwrap(),
            author,
            client_id: ClientId(Uuid::from_u128(rev as u128)),
            text: MessageText::parse("hello").unwrap(),
            at: At::try_from(at).unwrap(),
        });
        Event::Change(Change { room: RoomId::try_from(room).unwrap(), rev: Rev::try_from(rev).unwrap(), what })
    }

    fn order(workspace: &Workspace) -> Vec<i64> {
        workspace.rooms().iter().map(|timeline| timeline.room.id.get()).collect()
    }

    #[test]
    fn the_room_with_the_newest_message_stands_first() {
        let mut workspace = workspace();
        assert_eq!(order(&workspace), [2, 3, 1]);
        workspace.apply(&message(1, 1, 40));
        assert_eq!(order(&workspace), [1, 2, 3]);
        workspace.apply(&Event::Room { room: room(4, 35) });
        assert_eq!(order(&workspace), [1, 4, 2, 3]);
        workspace.apply(&Event::RoomGone { room: RoomId::try_from(1).unwrap() });
        assert_eq!(order(&workspace), [4, 2, 3]);
    }

    #[test]
    fn a_gap_asks_for_what_is_missing_and_changes_nothing() {
        let mut workspace = workspace();
        let before = workspace.clone();
        assert_eq!(workspace.apply(&message(3, 2, 40)), Need::Resume);
        assert_eq!(workspace, before);
        assert_eq!(workspace.apply(&message(3, 1, 40)), Need::Nothing);
        assert_eq!(workspace.unread(), 1);
    }
}
