use crate::{Applied, Event, Known, Merged, RoomId, Timeline, UserId};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Everything that a person's client knows: their rooms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Listed", into = "Listed")]
pub struct Workspace {
    pub me: UserId,
    rooms: BTreeMap<RoomId, Timeline>,
}

/// A workspace as it is written.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Workspace")]
struct Listed {
    me: UserId,
    rooms: Vec<Timeline>,
}

/// What an event did to a workspace, and what the client has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The room that changed. Everything else is as it was.
    pub touched: Option<RoomId>,
    pub need: Need,
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
        Self { me, rooms: rooms.into_iter().map(|timeline| (timeline.room.id, timeline)).collect() }
    }

    /// The rooms, newest activity first.
    pub fn rooms(&self) -> Vec<&Timeline> {
        let mut rooms: Vec<_> = self.rooms.values().collect();
        rooms.sort_unstable_by_key(|timeline| Reverse((timeline.room.active_at, timeline.room.id)));
        rooms
    }

    pub fn room(&self, id: RoomId) -> Option<&Timeline> {
        self.rooms.get(&id)
    }

    pub fn room_mut(&mut self, id: RoomId) -> Option<&mut Timeline> {
        self.rooms.get_mut(&id)
    }

    /// How far each room is known, for `hello`.
    pub fn known(&self) -> Vec<Known> {
        self.rooms.values().map(|timeline| Known { room: timeline.room.id, rev: timeline.room.rev }).collect()
    }

    /// How many messages are unread in all rooms.
    pub fn unread(&self) -> u32 {
        self.rooms.values().map(|timeline| timeline.room.unread()).sum()
    }

    /// Takes what the server told; answers to requests and unknown rooms change nothing.
    pub fn apply(&mut self, event: &Event) -> Outcome {
        match event {
            Event::Change(change) => self.advance(change.room, |timeline| timeline.apply(change)),
            Event::Changes(missed) => self.advance(missed.room.id, |timeline| timeline.catch_up(missed)),
            Event::Messages { room, slice } => match self.room_mut(*room).map(|known| known.merge(slice.clone())) {
                Some(Merged::Taken) => Outcome::touched(*room),
                Some(Merged::Stale) => Outcome { touched: None, need: Need::Refetch },
                None => Outcome::NOTHING,
            },
            Event::Room { room } => {
                self.rooms.insert(room.id, Timeline::new(self.me, room.clone()));
                Outcome::touched(room.id)
            }
            Event::RoomGone { room } => self.rooms.remove(room).map_or(Outcome::NOTHING, |_| Outcome::touched(*room)),
            Event::OwnState(own) => match self.room_mut(own.room).map(|timeline| timeline.take_own(own)) {
                Some(true) => Outcome::touched(own.room),
                _ => Outcome::NOTHING,
            },
            Event::Welcome { .. }
            | Event::Ready
            | Event::Ack { .. }
            | Event::Ok
            | Event::Pong
            | Event::Error(_)
            | Event::Unknown => Outcome::NOTHING,
        }
    }

    fn advance(&mut self, room: RoomId, apply: impl FnOnce(&mut Timeline) -> Applied) -> Outcome {
        match self.room_mut(room).map(apply) {
            Some(Applied::Fresh) => Outcome::touched(room),
            Some(Applied::Gap) => Outcome { touched: None, need: Need::Resume },
            Some(Applied::Known) | None => Outcome::NOTHING,
        }
    }
}

impl Outcome {
    /// Nothing has changed, and nothing is to be done.
    pub const NOTHING: Self = Self { touched: None, need: Need::Nothing };

    fn touched(room: RoomId) -> Self {
        Self { touched: Some(room), need: Need::Nothing }
    }
}

impl From<Listed> for Workspace {
    fn from(Listed { me, rooms }: Listed) -> Self {
        Self::new(me, rooms)
    }
}

impl From<Workspace> for Listed {
    fn from(Workspace { me, rooms }: Workspace) -> Self {
        Self { me, rooms: rooms.into_values().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        At, Change, ClientId, Kind, Message, MessageText, No, OwnState, Person, ReadMarker, Rev, Role, RoomView, Slice,
        What,
    };
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
        assert_eq!(workspace.apply(&message(3, 2, 40)), Outcome { touched: None, need: Need::Resume });
        assert_eq!(workspace, before);
        assert_eq!(workspace.apply(&message(3, 1, 40)).need, Need::Nothing);
        assert_eq!(workspace.unread(), 1);
    }

    #[test]
    fn an_event_touches_the_room_that_it_changes_and_no_other() {
        let mut workspace = workspace();
        let id = |id: i64| RoomId::try_from(id).unwrap();
        let own = |no: i64| {
            let read = ReadMarker { no: No::try_from(no).unwrap(), ..ReadMarker::default() };
            Event::OwnState(OwnState { room: id(1), rev: Rev::ZERO, read })
        };
        let page = |room: i64| Event::Messages { room: id(room), slice: Slice::default() };
        let gone = |room: i64| Event::RoomGone { room: id(room) };
        for (event, touched) in [
            (message(1, 1, 40), Some(id(1))),
            (message(1, 1, 40), None),
            (message(9, 1, 40), None),
            (own(0), None),
            (own(1), Some(id(1))),
            (own(1), None),
            (page(2), Some(id(2))),
            (page(9), None),
            (Event::Room { room: room(4, 35) }, Some(id(4))),
            (gone(4), Some(id(4))),
            (gone(4), None),
            (Event::Ready, None),
        ] {
            let before = workspace.clone();
            assert_eq!(workspace.apply(&event).touched, touched, "{event:?}");
            for timeline in before.rooms().into_iter().filter(|timeline| Some(timeline.room.id) != touched) {
                assert_eq!(workspace.room(timeline.room.id), Some(timeline), "{event:?}");
            }
            assert!(touched.is_some() || workspace == before, "{event:?}");
        }
    }
}
