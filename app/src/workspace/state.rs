use super::{Rooms, Snapshot, clock::Zone};
use crate::live::Outbox;
use leptos::prelude::*;
use protocol::{No, RoomId, Timeline};
use serde::{Deserialize, Serialize};

/// All state of the island: signals, so that each view follows just what it shows.
#[derive(Clone, Copy)]
pub struct State {
    pub rooms: Rooms,
    /// The server has told all rooms; before that, the list is the server's.
    pub is_synced: RwSignal<bool>,
    /// The person had rooms when the page was made.
    had_rooms: bool,
    /// The room that stands open.
    pub open: RwSignal<Option<RoomId>>,
    /// What was written and is not confirmed yet.
    pub outbox: RwSignal<Outbox>,
    /// In which zone times are shown.
    pub zone: RwSignal<Zone>,
    /// Where the "New" divider stands: after this message.
    pub divider: RwSignal<Option<No>>,
    /// The newest messages of others in the open room, for who hears the page.
    pub heard: RwSignal<Vec<(No, String)>>,
    /// How many messages came below the visible end of the log.
    pub below: RwSignal<u32>,
    /// Everything that was missed has come, on a connection that is still there.
    pub is_connected: RwSignal<bool>,
    /// The connection has been gone for a while.
    pub is_cut: RwSignal<bool>,
    /// Why the connection is gone, where that is known.
    pub cause: RwSignal<Option<&'static str>>,
    /// No socket comes about: pages and forms do its work.
    pub is_polling: RwSignal<bool>,
    /// What else the person has to know of the connection.
    pub notice: RwSignal<Option<&'static str>>,
    /// The room that the person is no longer in.
    pub lost: RwSignal<Option<Lost>>,
    /// The members stand beside the room.
    pub has_panel: RwSignal<bool>,
}

/// A room that is gone, and what was written there and not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// Its name, when it is known.
    pub room: Option<String>,
    pub words: String,
    /// The person has copied the words.
    #[serde(skip)]
    pub is_copied: bool,
}

impl Lost {
    /// The same with words that were lost before, each once.
    pub fn after(self, before: Option<Self>) -> Self {
        let before = before.filter(|before| !before.is_copied).map(|before| before.words).unwrap_or_default();
        let words = match (before.is_empty(), self.words.is_empty()) {
            (true, _) => self.words,
            (_, true) => before,
            _ if before.contains(&self.words) => before,
            _ => format!("{before}\n\n{}", self.words),
        };
        Self { words, ..self }
    }
}

impl State {
    pub fn new(snapshot: &Snapshot) -> Self {
        let open = snapshot.open.and_then(|id| snapshot.workspace.room(id));
        Self {
            divider: RwSignal::new(open.and_then(divider)),
            rooms: Rooms::new(
                snapshot.workspace.clone(),
                snapshot.open.filter(|_| snapshot.is_alike).into_iter().collect(),
            ),
            is_synced: RwSignal::new(false),
            had_rooms: snapshot.has_rooms,
            open: RwSignal::new(snapshot.open),
            outbox: RwSignal::new(Outbox::default()),
            zone: RwSignal::new(Zone { name: snapshot.zone.clone(), now: snapshot.now }),
            heard: RwSignal::default(),
            below: RwSignal::new(0),
            is_connected: RwSignal::new(false),
            is_cut: RwSignal::new(false),
            cause: RwSignal::new(None),
            is_polling: RwSignal::new(false),
            notice: RwSignal::new(None),
            lost: RwSignal::new(None),
            has_panel: RwSignal::new(snapshot.has_panel),
        }
    }

    /// Whether the person has any room.
    pub fn has_rooms(self) -> bool {
        if self.is_synced.get() { self.rooms.has_any() } else { self.had_rooms }
    }

    /// The open room's name as it is shown.
    pub fn open_name(self) -> Option<String> {
        let room = self.of_open(|timeline| timeline.room.clone())?;
        Some(self.rooms.shown(&room))
    }

    /// Something of the open room; `None` when none is open.
    pub fn of_open<T>(self, read: impl FnOnce(&Timeline) -> T) -> Option<T> {
        self.rooms.of(self.open.get()?, read)
    }
}

/// Runs after the render, and again whenever a signal that it reads has changed; in the browser only.
///
/// Boxed, so that all effects are of one type: each further one would bring a loop of its own into the WASM.
pub fn on_change(run: impl FnMut() + 'static) {
    let run: Box<dyn FnMut()> = Box::new(run);
    Effect::new(run);
}

/// Where the divider stands when a room is opened: above the first unread message.
pub fn divider(timeline: &Timeline) -> Option<No> {
    (timeline.room.unread() > 0).then_some(timeline.room.read.no)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(words: &str) -> Lost {
        Lost { room: None, words: words.to_owned(), is_copied: false }
    }

    #[test]
    fn what_is_lost_joins_what_was_lost_before_unless_it_is_there_or_was_copied() {
        assert_eq!(lost("two").after(None).words, "two");
        assert_eq!(lost("two").after(Some(lost("one"))).words, "one\n\ntwo");
        assert_eq!(lost("two").after(Some(lost("one\n\ntwo"))).words, "one\n\ntwo");
        assert_eq!(lost("").after(Some(lost("one"))).words, "one");
        assert_eq!(lost("two").after(Some(Lost { is_copied: true, ..lost("one") })).words, "two");
    }
}
