//! Which messages of the open room are here, and how others come.

use super::{LOG, Live, focus, set_address};
use crate::workspace::path;
use leptos::prelude::*;
use protocol::{Command, No, Request, RoomId};

/// So many messages are kept of a room whose end is in view, and so many more may come before the oldest go.
pub const KEPT: usize = 200;

/// How far a window reaches.
pub struct Extent {
    pub first: Option<No>,
    pub last: Option<No>,
    /// There are later messages than the last.
    pub later: bool,
    pub count: usize,
}

impl Live {
    /// Shows the end of the open room, where it shows a page of older messages.
    pub fn to_newest(self) {
        if self.extent().is_some_and(|extent| extent.later) {
            set_address(&path(self.state.open.get_untracked()), false);
            self.state.divider.set(None);
            self.renew();
        }
    }

    /// Reads the open room from its end where it shows another page, or has gathered too much unseen.
    pub fn renew(self) {
        if self.extent().is_some_and(|extent| extent.later || extent.count > 2 * KEPT) {
            self.forget(0);
        }
        self.fill();
    }

    /// Asks for the messages before those that are shown.
    pub fn fetch_earlier(self, room: RoomId) {
        let before = self.extent().and_then(|extent| extent.first);
        self.ask(Command::FetchMessages { room, before, after: None, around: None, limit: None });
        focus(LOG);
    }

    /// Reads the messages of the open room when they have never been read.
    pub fn fill(self) {
        let Some(room) = self.state.open.get_untracked() else { return };
        let wanted = self.state.rooms.read(|workspace| {
            let timeline = workspace.room(room)?;
            let limit = timeline.room.unread().saturating_add(5).clamp(Request::PAGE, Request::PAGE_MAX);
            timeline.window.is_none().then_some(limit)
        });
        if let Some(limit) = wanted {
            self.ask(Command::FetchMessages { room, before: None, after: None, around: None, limit: Some(limit) });
        }
    }

    /// A message that came live before the newest page did stands between the two.
    pub fn fill_up(self) {
        if let (Some(room), Some(Extent { later: true, last, .. })) = (self.state.open.get_untracked(), self.extent()) {
            self.ask(Command::FetchMessages { room, before: None, after: last, around: None, limit: None });
        }
    }

    /// The window of the open room.
    pub fn extent(self) -> Option<Extent> {
        let open = self.state.open.get_untracked()?;
        self.state.rooms.read(|workspace| {
            let window = workspace.room(open)?.window.as_ref()?;
            let (first, last) = (window.first_no(), window.last_no());
            Some(Extent { first, last, later: window.later, count: window.messages.len() })
        })
    }

    /// Keeps only the newest messages of the open room.
    pub fn forget(self, kept: usize) {
        if let Some(open) = self.state.open.get_untracked() {
            self.state.rooms.update(open, |timeline| timeline.forget(kept));
        }
    }
}
