//! Own messages, from the composer until they are confirmed.

use super::{LOG, Line, Live, browser, store};
use crate::live::{Outbox, Pending, Queue};
use leptos::prelude::*;
use protocol::{ApiError, Change, ClientId, Code, Command, Event, MessageText, Rev, RoomId, What};
use std::time::Duration;

/// How long another tab has for what was written there, before this one sends it too.
const OTHER_TAB_TIMEOUT: Duration = Duration::from_secs(10);

/// Time for a change to arrive that another tab has seen already.
const DONE_TIMEOUT: Duration = Duration::from_secs(2);

impl Live {
    /// Shows a message at once and sends it; it stays in the outbox until it is confirmed.
    ///
    /// # Errors
    /// The rule that the text breaks; nothing is sent then.
    pub fn send(self, room: RoomId, client_id: ClientId, text: &str) -> Result<(), ApiError> {
        let text = MessageText::parse(text)?;
        let at = browser::now();
        let (failure, stored) = (None, None);
        let mut pending =
            Pending { client_id, room, text, at, failure, is_kept: false, is_done: false, is_elsewhere: false, stored };
        pending.is_kept = store::keep(self.me(), &pending);
        self.outbox(|outbox| outbox.push(pending));
        self.post_next();
        self.post_without_socket();
        self.to_newest();
        Ok(())
    }

    /// Sends a message again that was refused.
    pub fn retry(self, id: ClientId) {
        self.set_failure(id, None);
        self.take_on(&[id]);
        self.post_without_socket();
        browser::focus(LOG);
    }

    /// Gives up a message that was refused.
    pub fn discard(self, id: ClientId) {
        self.forget_pending([id]);
        browser::focus(LOG);
    }

    /// A server that cannot store just now is left: the message goes out again with the next connection, and five seconds
    /// without one are told. Where that helps nothing, as on a full disk, the person decides.
    pub(super) fn refused(self, id: ClientId, error: &ApiError) {
        let waiting = self.state.outbox.with_untracked(|outbox| outbox.get(id).cloned());
        let is_lost = |pending: &Pending| error.code == Code::NotFound && self.known_rev(pending.room).is_none();
        if let Some(pending) = waiting.filter(is_lost) {
            // Its room is no longer there to show it.
            self.lose(None, pending.text.as_str());
            self.forget_pending([id]);
            return self.post_next();
        }
        // The message stays the oldest, and goes first when the server takes more.
        if let (Code::TooMany, Some(seconds)) = (error.code, error.retry_after) {
            return self.pause(Duration::from_secs(seconds.into()));
        }
        let behind: Vec<_> =
            self.state.outbox.with_untracked(|outbox| outbox.sending().map(|other| other.client_id).collect());
        let is_passing = error.code == Code::Unavailable;
        if !is_passing || self.line.try_update_value(|line| line.leave_for(id, behind)) != Some(true) {
            self.set_failure(id, Some(error.message.clone()));
            self.post_next();
        }
    }

    fn pause(self, time: Duration) {
        self.queue.update_value(|queue| queue.pause(true));
        let go_on = move || {
            self.queue.update_value(|queue| queue.pause(false));
            self.post_next();
        };
        set_timeout(go_on, time);
    }

    /// Takes over what other tabs of the person have written, confirmed or given up.
    pub(super) fn read_outbox(self) {
        let Some(kept) = store::outbox(self.me()) else { return };
        let mut new = Vec::new();
        self.outbox(|outbox| new = outbox.take_over(kept));
        if !new.is_empty() {
            set_timeout(move || self.take_on(&new), OTHER_TAB_TIMEOUT);
        }
        if self.state.outbox.with_untracked(Outbox::has_done) {
            set_timeout(move || self.drop_done(), DONE_TIMEOUT);
        }
    }

    /// Lets go of what another tab is done with, unless its change may still be missing here.
    fn drop_done(self) {
        if self.line.with_value(Line::is_ready) && self.state.outbox.with_untracked(Outbox::has_done) {
            self.outbox(Outbox::drop_done);
        }
    }

    /// Sends everything that waits, bit by bit.
    pub(super) fn post_waiting(self) {
        self.read_outbox();
        self.drop_done();
        self.outbox(Outbox::take_on_all);
        self.post_next();
    }

    /// The server has stored a message. When its change is still on its way, that takes the pending row's place.
    pub(super) fn stored(self, room: RoomId, id: ClientId, rev: Rev) {
        let known = self.known_rev(room);
        if known.is_none_or(|known| known >= rev) {
            self.forget_pending([id]);
        } else {
            self.outbox(|outbox| _ = outbox.get_mut(id).map(|pending| pending.stored = Some(rev)));
        }
        self.post_next();
    }

    /// An own message, when the open part of its room shows it.
    pub fn own(self, room: RoomId, id: ClientId) -> Option<MessageText> {
        let me = self.me();
        self.state.rooms.read(|workspace| {
            let window = workspace.room(room)?.window.as_ref()?;
            let found = window.messages.iter().find(|message| message.client_id == id && message.author.id == me)?;
            Some(found.text.clone())
        })
    }

    /// Takes own messages out of the outbox that an event has brought. It has been applied, or refused for a gap: then
    /// nothing shows them yet.
    pub(super) fn confirm(self, event: &Event) {
        let me = self.me();
        let own = |change: &Change| match &change.what {
            What::Message(message) if message.author.id == me => Some(message.client_id),
            _ => None,
        };
        let has = |room, rev| self.known_rev(room).is_some_and(|known| known >= rev);
        let (room, mut confirmed): (_, Vec<ClientId>) = match event {
            Event::Change(change) if has(change.room, change.rev) => (change.room, own(change).into_iter().collect()),
            Event::Changes(missed) if has(missed.room.id, missed.room.rev) => {
                (missed.room.id, missed.changes.iter().filter_map(own).collect())
            }
            Event::Messages { room, slice } => {
                let ids = slice.messages.iter().map(|message| message.client_id);
                // A page that came too late was not merged.
                (*room, ids.filter(|id| self.own(*room, *id).is_some()).collect())
            }
            Event::Room { room } => (room.id, Vec::new()),
            _ => return,
        };
        if let Some(rev) = self.known_rev(room) {
            self.state.outbox.with_untracked(|outbox| confirmed.extend(outbox.stored_by(room, rev)));
        }
        self.forget_pending(confirmed);
    }

    /// The refused messages of a room, and what they say.
    pub(super) fn refused_in(self, room: RoomId) -> (Vec<ClientId>, Vec<String>) {
        self.state.outbox.with_untracked(|outbox| {
            let refused = outbox.of(room).filter(|pending| pending.failure.is_some());
            refused.map(|pending| (pending.client_id, pending.text.to_string())).unzip()
        })
    }

    fn known_rev(self, room: RoomId) -> Option<Rev> {
        self.state.rooms.read(|workspace| workspace.room(room).map(|timeline| timeline.room.rev))
    }

    pub(super) fn set_failure(self, id: ClientId, failure: Option<String>) {
        // Another tab may have had it confirmed.
        self.read_outbox();
        self.outbox(|outbox| _ = outbox.get_mut(id).map(|pending| pending.failure = failure));
        let changed = self.state.outbox.with_untracked(|outbox| outbox.get(id).cloned());
        changed
            .filter(|pending| pending.is_kept && !pending.is_done)
            .inspect(|pending| _ = store::keep(self.me(), pending));
    }

    pub(super) fn forget_pending(self, ids: impl IntoIterator<Item = ClientId>) {
        let waiting = |id: &ClientId| self.state.outbox.with_untracked(|outbox| outbox.get(*id).is_some());
        let ids: Vec<_> = ids.into_iter().filter(waiting).collect();
        ids.iter().for_each(|id| store::forget(self.me(), *id));
        if !ids.is_empty() {
            self.outbox(|outbox| ids.iter().for_each(|id| outbox.remove(*id)));
        }
    }

    fn take_on(self, ids: &[ClientId]) {
        self.outbox(|outbox| outbox.take_on(ids));
        self.post_next();
    }

    /// Sends the oldest message that waits, if one may go now; its answer sends the next one.
    fn post_next(self) {
        let is_posting = self.line.with_value(Line::is_posting);
        let next = self
            .queue
            .with_value(|queue| self.state.outbox.with_untracked(|outbox| queue.next(outbox, is_posting).cloned()));
        let Some(Pending { room, client_id, text, .. }) = next else { return };
        self.ask(Command::NewMessage { room, client_id, text });
        self.queue.update_value(Queue::count);
        let go_on = move || {
            self.queue.update_value(Queue::discount);
            self.post_next();
        };
        set_timeout(go_on, Queue::SPAN);
    }

    fn outbox(self, change: impl FnOnce(&mut Outbox)) {
        self.state.outbox.update(change);
    }
}
