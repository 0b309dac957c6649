//! The live client: one socket, the outbox, and what they do to the island's state.
//!
//! Everything here runs in the browser only; the server compiles it and never calls it.

mod backoff;
mod browser;
mod line;
mod outbox;
mod seen;
mod socket;
mod window;

pub use browser::{address, civil, focus, is_touch, local_zone, raw_text, reload, remember_zone, set_address, store};
pub use line::Line;
pub use outbox::{Outbox, Pending};

use crate::workspace::{State, Zone, divider};
use leptos::prelude::*;
use leptos::task::spawn_local;
use protocol::{ApiError, Change, ClientId, Code, Command, Epoch, Event, Frame, MessageText, Need, RoomId, What};
use std::time::Duration;

/// After so long a page that the server could not read is asked for again.
const AGAIN: Duration = Duration::from_secs(3);

/// Where the focus goes when what had it is gone.
const LOG: &str = ".log";

/// The island's hands: everything that reaches the server goes through here.
#[derive(Clone, Copy)]
pub struct Live {
    pub state: State,
    line: StoredValue<Line>,
}

impl Live {
    pub fn new(state: State, epoch: Epoch) -> Self {
        Self { state, line: StoredValue::new(Line::new(epoch)) }
    }

    /// Connects, and stays connected.
    pub fn start(self) {
        self.state.outbox.set(store::outbox(self.me()));
        spawn_local(socket::run(self));
    }

    /// Shows a message at once and sends it; it stays in the outbox until it is confirmed.
    ///
    /// # Errors
    /// The rule that the text breaks; nothing is sent then.
    pub fn send(self, room: RoomId, text: &str) -> Result<(), ApiError> {
        let text = MessageText::parse(text)?;
        let pending = Pending { client_id: browser::client_id(), room, text, at: browser::now(), failure: None };
        self.outbox(|outbox| outbox.push(pending.clone()));
        self.post(&pending);
        self.to_newest();
        Ok(())
    }

    /// Sends a message again that was refused.
    pub fn retry(self, id: ClientId) {
        self.outbox(|outbox| outbox.retry(id));
        if let Some(pending) = self.state.outbox.with_untracked(|outbox| outbox.get(id).cloned()) {
            self.post(&pending);
        }
        browser::focus(LOG);
    }

    /// Gives up a message that was refused.
    pub fn discard(self, id: ClientId) {
        self.outbox(|outbox| outbox.remove(id));
        browser::focus(LOG);
    }

    /// Opens a room, or the list alone.
    pub fn open(self, room: Option<RoomId>) {
        self.state.has_panel.set(false);
        if self.state.open.get_untracked() == room {
            return self.to_newest();
        }
        let mark = self.state.workspace.with_untracked(|workspace| workspace.room(room?).and_then(divider));
        self.state.divider.set(mark);
        self.state.below.set(0);
        self.state.open.set(room);
        self.renew();
    }

    /// Shows times in the browser's zone.
    pub fn set_zone(self, name: String) {
        let zone = Zone { name: Some(name), now: browser::now() };
        let is_same = self.state.zone.with_untracked(|known| known.name == zone.name);
        if !is_same {
            self.state.zone.set(zone);
        }
    }

    /// Lets "Today" become "Yesterday" when midnight has passed.
    pub fn refresh_today(self) {
        let now = browser::now();
        let is_same =
            self.state.zone.with_untracked(|zone| zone.civil(zone.now).ordinal() == zone.civil(now).ordinal());
        if !is_same {
            self.state.zone.update(|zone| zone.now = now);
        }
    }

    fn me(self) -> protocol::UserId {
        self.state.workspace.with_untracked(|workspace| workspace.me)
    }

    fn post(self, pending: &Pending) {
        let Pending { room, client_id, text, .. } = pending.clone();
        self.ask(Command::NewMessage { room, client_id, text });
    }

    /// Sends a command if the line is up; what must not be lost is repeated after the next `ready`.
    fn ask(self, command: Command) {
        self.line.update_value(|line| line.ask(command));
    }

    fn outbox(self, change: impl FnOnce(&mut Outbox)) {
        self.state.outbox.update(change);
        self.state.outbox.with_untracked(|outbox| store::keep_outbox(self.me(), outbox));
    }

    /// Takes a frame from the server.
    fn take(self, frame: Frame) {
        let Frame { id, event } = frame;
        let asked = self.line.try_update_value(|line| line.answered(id)).flatten();
        match (&event, asked) {
            (Event::Welcome { epoch, .. }, _) => self.resume(Some(*epoch)),
            (Event::Ready, _) => self.resumed(),
            (Event::Error(error), Some(Command::NewMessage { client_id, .. })) => {
                self.refused(client_id, error);
            }
            (Event::Error(error), Some(page @ Command::FetchMessages { .. })) if error.code == Code::Unavailable => {
                set_timeout(move || self.ask(page), AGAIN);
            }
            (Event::Ack { room, client_id, rev, .. }, _) => {
                // Else the message itself is on its way, and takes the pending row's place.
                let has_come = self
                    .state
                    .workspace
                    .with_untracked(|workspace| workspace.room(*room).is_none_or(|timeline| timeline.room.rev >= *rev));
                if has_come {
                    self.outbox(|outbox| outbox.remove(*client_id));
                }
            }
            (Event::Messages { .. }, Some(Command::FetchMessages { before: None, .. })) => {
                self.apply(&event);
                self.fill_up();
            }
            _ => self.apply(&event),
        }
    }

    /// A server that cannot store just now is left: the message goes out again with the next connection, and five seconds
    /// without one are told. Where that helps nothing, as on a full disk, the person decides.
    fn refused(self, id: ClientId, error: &ApiError) {
        let is_passing = error.code == Code::Unavailable;
        if !is_passing || self.line.try_update_value(|line| line.leave_for(id)) != Some(true) {
            self.outbox(|outbox| outbox.fail(id, error.message.clone()));
        }
    }

    fn apply(self, event: &Event) {
        let need = self.state.workspace.try_update(|workspace| workspace.apply(event));
        self.confirm(event);
        if need == Some(Need::Resume) {
            self.resume(None);
        }
        match event {
            Event::Change(change) => self.divide(change),
            Event::Room { .. } => self.fill(),
            Event::RoomGone { room } if self.state.open.get_untracked() == Some(*room) => {
                self.open(None);
                set_address("/rooms", false);
                browser::focus("#content");
            }
            _ => {}
        }
    }

    /// Draws the line above what comes while nobody looks.
    fn divide(self, change: &Change) {
        let is_unseen = self.state.open.get_untracked() == Some(change.room) && !browser::is_visible();
        if is_unseen && self.state.divider.get_untracked().is_none() {
            let mark = self.state.workspace.with_untracked(|workspace| workspace.room(change.room).and_then(divider));
            self.state.divider.set(mark);
        }
    }

    /// Takes own messages that have come back out of the outbox.
    fn confirm(self, event: &Event) {
        let me = self.me();
        let own = |change: &Change| match &change.what {
            What::Message(message) if message.author.id == me => Some(message.client_id),
            _ => None,
        };
        let confirmed: Vec<ClientId> = match event {
            Event::Change(change) => own(change).into_iter().collect(),
            Event::Changes(missed) => missed.changes.iter().filter_map(own).collect(),
            Event::Messages { slice, .. } => slice
                .messages
                .iter()
                .filter(|message| message.author.id == me)
                .map(|message| message.client_id)
                .collect(),
            _ => return,
        };
        if !confirmed.is_empty() {
            self.outbox(|outbox| confirmed.into_iter().for_each(|id| outbox.remove(id)));
        }
    }

    /// Asks for everything that was missed.
    fn resume(self, epoch: Option<Epoch>) {
        let known = self.state.workspace.with_untracked(protocol::Workspace::known);
        self.line.update_value(|line| line.hello(known, epoch));
    }

    /// Everything that was missed has come: what could not be told before is told now.
    fn resumed(self) {
        self.line.update_value(Line::resumed);
        self.hurry_seen();
        let waiting: Vec<_> = self.state.outbox.with_untracked(|outbox| outbox.sending().cloned().collect());
        waiting.iter().for_each(|pending| self.post(pending));
        self.fill();
    }
}
