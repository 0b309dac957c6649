//! What has been seen: noted when the end of the log is in view, and told to the server.

use super::window::KEPT;
use super::{Line, Live, browser};
use leptos::prelude::*;
use protocol::{Event, OwnState, ReadMarker, RoomView};
use std::time::Duration;

/// Whoever reads along tells at most so often how far.
const SEEN_PAUSE: Duration = Duration::from_secs(1);

impl Live {
    /// The end of the log is in view: marks the open room as read, when that is the end of the room too.
    pub fn see_end(self) {
        let Some(extent) = self.extent() else { return };
        if !extent.later && browser::is_visible() {
            self.mark_read();
        }
        if extent.count > 2 * KEPT {
            self.forget(KEPT);
        }
    }

    /// Marks everything in the open room as seen.
    pub fn mark_read(self) {
        let Some(room) = self.state.open.get_untracked() else { return };
        let own = self.state.rooms.read(|workspace| {
            let RoomView { rev, last_no, read, .. } = workspace.room(room)?.room;
            (last_no > read.no).then_some(OwnState { room, rev, read: ReadMarker { no: last_no, ..read } })
        });
        if let Some(own) = own {
            self.apply(&Event::OwnState(own));
            self.line.update_value(|line| line.see(room, own.read));
            self.tell_seen();
        }
    }

    /// Tells the server what has been seen, now or after a pause.
    fn tell_seen(self) {
        if self.line.try_update_value(Line::tell_seen) == Some(true) {
            set_timeout(
                move || {
                    self.line.update_value(Line::rested);
                    self.tell_seen();
                },
                SEEN_PAUSE,
            );
        }
    }

    /// The same without a pause: the page may be gone soon, or the line is new.
    pub fn hurry_seen(self) {
        self.line.update_value(Line::rested);
        self.tell_seen();
    }
}
