use protocol::{Change, ClientId, Code, Event, Frame, Message, No, Rev, RoomId, UserId, What};
use std::collections::BTreeSet;

/// What a client wants to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub client_id: ClientId,
    pub room: RoomId,
    pub text: String,
}

/// How a message reached a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// As the next change of its room; the reducer took it.
    Applied,
    /// As something known already; the reducer passed it over.
    Repeated,
    /// In a page that was asked for.
    Page,
}

/// What happened to a client, in order.
#[derive(Clone, Debug)]
pub enum Entry {
    Drafted(Draft),
    Acked {
        client_id: ClientId,
        room: RoomId,
        no: No,
    },
    Refused(Code),
    Saw {
        room: RoomId,
        by: By,
        message: Message,
    },
    /// A change came live, and those before it never did.
    Hole {
        room: RoomId,
        known: Rev,
        came: Rev,
    },
    /// The room was told whole; what the client had of it is replaced.
    Anew {
        room: RoomId,
        last: No,
    },
    /// An event named this room.
    Told {
        room: RoomId,
    },
    /// The database began another life; nothing from before counts.
    OtherEpoch,
    /// A connection stood, and what was missed had been told.
    Ready,
    /// A connection ended, with the server's code if it gave one.
    Ended(Option<u16>),
}

/// What one client did and heard.
#[derive(Clone, Debug)]
pub struct History {
    pub client: String,
    pub user: UserId,
    pub entries: Vec<Entry>,
    /// Room by room, what the client shows at the end.
    pub shown: Vec<(RoomId, Vec<Message>)>,
    rooms: BTreeSet<RoomId>,
}

impl History {
    pub fn new(client: impl Into<String>, user: UserId) -> Self {
        let (client, entries, shown, rooms) = (client.into(), Vec::new(), Vec::new(), BTreeSet::new());
        Self { client, user, entries, shown, rooms }
    }

    pub fn note(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Notes a room the first time that an event names it.
    pub fn note_room(&mut self, room: RoomId) {
        if self.rooms.insert(room) {
            self.note(Entry::Told { room });
        }
    }

    /// What counts: the entries since the database began its life.
    pub fn of_this_life(&self) -> &[Entry] {
        let before = self.entries.iter().rposition(|entry| matches!(entry, Entry::OtherEpoch));
        &self.entries[before.map_or(0, |at| at + 1)..]
    }

    /// The drafts of any life.
    pub fn drafts(&self) -> impl Iterator<Item = &Draft> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Drafted(draft) => Some(draft),
            _ => None,
        })
    }

    /// How often a message came other than in a page.
    pub fn told(&self, id: ClientId) -> usize {
        let is_it = |entry: &&Entry| matches!(entry, Entry::Saw { by: By::Applied | By::Repeated, message, .. } if message.client_id == id);
        self.entries.iter().filter(is_it).count()
    }

    pub fn count(&self, is_it: impl Fn(&Entry) -> bool) -> usize {
        self.entries.iter().filter(|entry| is_it(entry)).count()
    }
}

/// The room that a frame is about.
pub fn room_of(frame: &Frame) -> Option<RoomId> {
    match &frame.event {
        Event::Change(change) => Some(change.room),
        Event::Changes(missed) => Some(missed.room.id),
        Event::Room { room } => Some(room.id),
        Event::OwnState(own) => Some(own.room),
        Event::Messages { room, .. } | Event::Ack { room, .. } => Some(*room),
        // "That is not yours" is no news of a room.
        _ => None,
    }
}

/// The messages of an event, with their revisions; pages have none.
pub fn messages_of(event: &Event) -> Vec<(RoomId, Option<Rev>, &Message)> {
    match event {
        Event::Change(change) => said(change).into_iter().collect(),
        Event::Changes(missed) => missed.changes.iter().filter_map(said).collect(),
        Event::Messages { room, slice } => slice.messages.iter().map(|message| (*room, None, message)).collect(),
        _ => Vec::new(),
    }
}

fn said(change: &Change) -> Option<(RoomId, Option<Rev>, &Message)> {
    match &change.what {
        What::Message(message) => Some((change.room, Some(change.rev), message)),
        _ => None,
    }
}
