use super::alike::{alike_rooms, shown};
use leptos::prelude::*;
use protocol::{Change, Event, Kind, Need, Outcome, RoomId, RoomView, Timeline, UserId, What, Workspace};
use std::collections::{BTreeMap, BTreeSet};

/// The rooms, with a signal for each: an event wakes the readers of the room that it changes.
#[derive(Clone, Copy)]
pub struct Rooms {
    workspace: StoredValue<Workspace>,
    changes: StoredValue<BTreeMap<RoomId, ArcTrigger>>,
    /// The rooms of several people as they are listed.
    pub groups: RwSignal<Vec<RoomId>>,
    /// The direct rooms as they are listed.
    pub people: RwSignal<Vec<RoomId>>,
    /// How many messages are unread in all rooms.
    pub unread: RwSignal<u32>,
    /// The direct rooms whose names look like those of others.
    alike: RwSignal<Vec<RoomId>>,
    /// A name may have changed since those were looked for.
    is_renamed: StoredValue<bool>,
    /// Somebody is pointing at the list.
    is_held: StoredValue<bool>,
}

impl Rooms {
    pub fn new(workspace: Workspace, alike: Vec<RoomId>) -> Self {
        Self {
            workspace: StoredValue::new(workspace),
            changes: StoredValue::default(),
            groups: RwSignal::default(),
            people: RwSignal::default(),
            unread: RwSignal::default(),
            alike: RwSignal::new(alike),
            is_renamed: StoredValue::new(true),
            is_held: StoredValue::new(false),
        }
    }

    /// Whose they are.
    pub fn me(self) -> UserId {
        self.read(|workspace| workspace.me)
    }

    /// Something of all rooms as they are now; changes do not wake the reader.
    pub fn read<T>(self, read: impl FnOnce(&Workspace) -> T) -> T {
        self.workspace.with_value(read)
    }

    /// Something of a room, and again whenever it has changed.
    pub fn of<T>(self, id: RoomId, read: impl FnOnce(&Timeline) -> T) -> Option<T> {
        self.changed(id).track();
        self.read(|workspace| workspace.room(id).map(read))
    }

    /// Whether there is any.
    pub fn has_any(self) -> bool {
        !(self.groups.with(Vec::is_empty) && self.people.with(Vec::is_empty))
    }

    /// Takes what the server told. The list follows with [`Rooms::list`].
    pub fn apply(self, event: &Event) -> Outcome {
        let outcome = self.workspace.try_update_value(|workspace| workspace.apply(event));
        let outcome = outcome.unwrap_or(Outcome { touched: None, need: Need::Nothing });
        outcome.touched.inspect(|room| self.changed(*room).notify());
        if outcome.touched.is_some() && may_rename(event) {
            self.is_renamed.set_value(true);
        }
        outcome
    }

    pub fn update(self, id: RoomId, update: impl FnOnce(&mut Timeline)) {
        self.workspace.update_value(|workspace| _ = workspace.room_mut(id).map(update));
        self.changed(id).notify();
    }

    /// Keeps the order of the list while somebody points at it, so that a click finds what it was meant for.
    pub fn hold(self, is_held: bool) {
        self.is_held.set_value(is_held);
        if !is_held {
            self.list();
        }
    }

    /// Lists the rooms as they are now, newest activity first unless the list is held, and counts what is unread.
    pub fn list(self) {
        let (mut groups, mut people) = (Vec::new(), Vec::new());
        let unread = self.read(|workspace| {
            for Timeline { room, .. } in workspace.rooms() {
                let list = if room.kind == Kind::Group { &mut groups } else { &mut people };
                list.push(room.id);
            }
            workspace.unread()
        });
        for (list, rooms) in [(self.groups, groups), (self.people, people)] {
            let is_held = self.is_held.get_value();
            set(list, if is_held { list.with_untracked(|known| in_order(known, &rooms)) } else { rooms });
        }
        set(self.unread, unread);
        if self.is_renamed.get_value() {
            self.is_renamed.set_value(false);
            set(self.alike, self.read(|all| alike_rooms(all.rooms().into_iter().map(|timeline| &timeline.room))));
        }
    }

    /// The name of a room as it is shown.
    pub fn shown(self, room: &RoomView) -> String {
        self.alike.with(|alike| shown(room, alike))
    }

    fn changed(self, id: RoomId) -> ArcTrigger {
        let changes = self.changes.try_update_value(|changes| changes.entry(id).or_default().clone());
        changes.unwrap_or_default()
    }
}

/// Rooms in the order in which they are known; the new ones at the end.
fn in_order(known: &[RoomId], rooms: &[RoomId]) -> Vec<RoomId> {
    let is_in = |all: &[RoomId]| {
        let all: BTreeSet<_> = all.iter().copied().collect();
        move |room: &&RoomId| all.contains(room)
    };
    let (is_there, is_known) = (is_in(rooms), is_in(known));
    known.iter().filter(is_there).chain(rooms.iter().filter(move |room| !is_known(room))).copied().collect()
}

/// Whether an event may give a room another name.
fn may_rename(event: &Event) -> bool {
    let is_message = matches!(event, Event::Change(Change { what: What::Message(_), .. }));
    !is_message && !matches!(event, Event::OwnState(_) | Event::Messages { .. })
}

/// Wakes the readers of a signal only when its value is another one.
fn set<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|known| *known != value) {
        signal.set(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{At, ClientId, Message, MessageText, No, OwnState, Person, ReadMarker, Rev, Role};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use uuid::Uuid;

    fn view(id: i64) -> RoomView {
        RoomView {
            id: RoomId::try_from(id).unwrap(),
            kind: if id % 2 == 0 { Kind::Group } else { Kind::Direct },
            name: format!("Room {id}"),
            other: None,
            role: Role::Member,
            members: 2,
            rev: Rev::ZERO,
            last_no: No::ZERO,
            read: ReadMarker::default(),
            last: None,
            active_at: At::try_from(id).unwrap(),
        }
    }

    fn message(room: i64) -> Event {
        let author =
            Person { id: UserId::try_from(2).unwrap(), username: "ines".into(), name: "Ines".into(), is_bot: false };
        let what = What::Message(Message {
            no: No::ZERO.next(),
            author,
            client_id: ClientId(Uuid::from_u128(1)),
            text: MessageText::parse("hello").unwrap(),
            at: At::try_from(5000).unwrap(),
        });
        Event::Change(Change { room: RoomId::try_from(room).unwrap(), rev: Rev::ZERO.next(), what })
    }

    /// A reader for each room and for the list, as the page has them, and how often any of them has run.
    struct Readers {
        rooms: Rooms,
        readers: Vec<Memo<Option<RoomView>>>,
        lists: [Memo<usize>; 2],
        runs: Arc<AtomicUsize>,
    }

    impl Readers {
        fn of(count: i64) -> Self {
            let me = UserId::try_from(1).unwrap();
            let rooms =
                Rooms::new(Workspace::new(me, (1..=count).map(|id| Timeline::new(me, view(id))).collect()), Vec::new());
            rooms.list();
            let runs = Arc::new(AtomicUsize::new(0));
            let reader = |id: i64| {
                let (id, runs) = (RoomId::try_from(id).unwrap(), Arc::clone(&runs));
                Memo::new(move |_| {
                    runs.fetch_add(1, Ordering::Relaxed);
                    rooms.of(id, |timeline| timeline.room.clone())
                })
            };
            let readers = (1..=count).map(reader).collect();
            let lists = [rooms.groups, rooms.people].map(|list| {
                let runs = Arc::clone(&runs);
                Memo::new(move |_| {
                    runs.fetch_add(1, Ordering::Relaxed);
                    list.with(Vec::len)
                })
            });
            Self { rooms, readers, lists, runs }
        }

        /// How many readers an event wakes.
        fn woken_by(&self, events: impl IntoIterator<Item = Event>) -> usize {
            self.all_read();
            self.runs.store(0, Ordering::Relaxed);
            for event in events {
                self.rooms.apply(&event);
                self.rooms.list();
                self.all_read();
            }
            self.runs.load(Ordering::Relaxed)
        }

        fn all_read(&self) {
            self.readers.iter().for_each(|reader| _ = reader.get_untracked());
            self.lists.iter().for_each(|list| _ = list.get_untracked());
        }
    }

    #[test]
    fn what_changes_nothing_wakes_nobody() {
        let owner = Owner::new();
        owner.set();
        let readers = Readers::of(300);
        let own =
            |id: i64| OwnState { room: RoomId::try_from(id).unwrap(), rev: Rev::ZERO, read: ReadMarker::default() };
        assert_eq!(readers.woken_by((1..=300).map(|id| Event::OwnState(own(id)))), 0);
        assert_eq!(readers.woken_by([Event::Ready, Event::Pong, message(301)]), 0);
    }

    #[test]
    fn a_message_wakes_the_readers_of_its_room_and_of_the_list_that_it_reorders() {
        let owner = Owner::new();
        owner.set();
        let readers = Readers::of(300);
        assert_eq!(readers.woken_by([message(4)]), 2);
        assert_eq!(readers.rooms.groups.with_untracked(|groups| groups[0].get()), 4);
        assert_eq!(readers.rooms.unread.get_untracked(), 1);
        assert_eq!(readers.woken_by([Event::RoomGone { room: RoomId::try_from(3).unwrap() }]), 2);
    }

    #[test]
    fn a_list_that_is_pointed_at_keeps_its_order() {
        let ids = |ids: &[i64]| ids.iter().map(|id| RoomId::try_from(*id).unwrap()).collect::<Vec<_>>();
        assert_eq!(in_order(&ids(&[1, 2, 3]), &ids(&[9, 3, 1])), ids(&[1, 3, 9]));
        assert_eq!(in_order(&[], &ids(&[2, 1])), ids(&[2, 1]));
    }
}
