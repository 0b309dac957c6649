//! What was written in rooms that the person is no longer in: kept until they have copied or dismissed it.

use super::{Live, browser, store};
use crate::workspace::Lost;
use leptos::prelude::*;
use protocol::RoomId;

impl Live {
    /// Shows what was lost before the page was loaded, and what other tabs lose or dismiss.
    pub(super) fn read_lost(self) {
        let me = self.me();
        let read = move || self.state.lost.set(store::lost(me));
        if store::lost(me).is_some() {
            read();
        }
        store::on_lost(me, read);
    }

    /// The person is no longer in a room. What was being written there can be copied.
    pub(super) fn lose_room(self, room: RoomId) {
        let name = self.state.rooms.read(|workspace| workspace.room(room).map(|room| room.room.name.clone()));
        let is_open = self.state.open.get_untracked() == Some(room);
        let (ids, mut words) = self.refused_in(room);
        let draft = if is_open { browser::written() } else { store::draft(self.me(), room) };
        words.extend(Some(draft).filter(|draft| !draft.trim().is_empty()));
        if is_open || !words.is_empty() {
            self.lose(name, &words.join("\n\n"));
        }
        self.forget_pending(ids);
        store::keep_draft(self.me(), room, "");
    }

    /// What was being written in rooms that the person has left since.
    pub(super) fn lose_drafts(self) {
        let is_known = |room| self.state.rooms.read(|workspace| workspace.room(room).is_some());
        let lost: Vec<_> = store::drafts(self.me()).into_iter().filter(|(room, _)| !is_known(*room)).collect();
        for (room, words) in lost {
            self.lose(None, &words);
            store::keep_draft(self.me(), room, "");
        }
    }

    /// Says that a room is gone, with the words that nobody will see there.
    pub(super) fn lose(self, room: Option<String>, words: &str) {
        let lost = Lost { room, words: words.trim().to_owned(), is_copied: false };
        let lost = lost.after(self.state.lost.get_untracked());
        // Without words there is nothing to keep: who has left the room comes to the list of the others.
        store::keep_lost(self.me(), Some(&lost).filter(|lost| !lost.words.is_empty()));
        self.state.lost.set(Some(lost));
    }

    /// The person has the words: they need not be kept any longer.
    pub fn copied_lost(self) {
        store::keep_lost(self.me(), None);
        self.state.lost.update(|lost| _ = lost.as_mut().map(|lost| lost.is_copied = true));
    }

    pub fn dismiss_lost(self) {
        store::keep_lost(self.me(), None);
        self.state.lost.set(None);
    }
}
