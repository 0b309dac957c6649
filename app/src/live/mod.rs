//! The live client: one socket, the outbox, and what they do to the island's state.
//!
//! Everything here runs in the browser only; the server compiles it and never calls it.

mod backoff;
mod browser;
mod line;
mod lost;
mod outbox;
mod polling;
mod queue;
mod seen;
mod sending;
mod socket;
mod version;
mod window;

pub use browser::{
    address, civil, client_id, copy, focus, has_focus, is_touch, is_visible, local_zone, raw_text, reload,
    remember_room, remember_zone, set_address, step_back, store,
};
pub use line::Line;
pub use outbox::{Outbox, Pending};
pub use queue::Queue;

use crate::workspace::{State, Zone, divider};
use futures::channel::oneshot::Sender;
use leptos::prelude::*;
use leptos::task::spawn_local;
use protocol::{Change, Code, Command, Epoch, Event, Frame, Known, Need, Outcome, RoomId, What};
use std::time::Duration;

/// After so long a page that the server could not read is asked for again.
const AGAIN: Duration = Duration::from_secs(3);

/// Maximum number of messages of others that are kept for screen readers.
const HEARD: usize = 5;

/// Where the focus goes when what had it is gone.
const LOG: &str = ".log";

/// The island's hands: everything that reaches the server goes through here.
#[derive(Clone, Copy)]
pub struct Live {
    pub state: State,
    line: StoredValue<Line>,
    queue: StoredValue<Queue>,
    /// Which client this page has loaded.
    build: StoredValue<String>,
    /// Which one the server has instead.
    newer: StoredValue<Option<String>>,
    /// Ends a wait for the network.
    network: StoredValue<Option<Sender<()>>>,
    /// Messages are on their way as forms.
    is_posting_forms: StoredValue<bool>,
    is_reading_pages: StoredValue<bool>,
}

impl Live {
    pub fn new(state: State, epoch: Epoch, build: String) -> Self {
        let line = StoredValue::new(Line::new(epoch));
        let queue = StoredValue::new(Queue::default());
        let (build, newer, network) = (StoredValue::new(build), StoredValue::new(None), StoredValue::new(None));
        let (is_posting_forms, is_reading_pages) = (StoredValue::new(false), StoredValue::new(false));
        Self { state, line, queue, build, newer, network, is_posting_forms, is_reading_pages }
    }

    /// Connects, and stays connected.
    pub fn start(self) {
        self.read_outbox();
        store::on_change(self.me(), move || self.read_outbox());
        self.read_lost();
        self.watch_the_network();
        run(socket::run(self));
    }

    /// Opens a room, or the list alone.
    pub fn open(self, room: Option<RoomId>) {
        self.state.has_panel.set(false);
        if self.state.open.get_untracked() == room {
            return self.to_newest();
        }
        let mark = self.state.rooms.read(|workspace| workspace.room(room?).and_then(divider));
        self.state.divider.set(mark);
        self.state.below.set(0);
        self.state.heard.set(Vec::new());
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
        self.state.rooms.me()
    }

    /// Sends a command if the line is up; what must not be lost is repeated after the next `ready`.
    fn ask(self, command: Command) {
        self.line.update_value(|line| line.ask(command));
    }

    /// Takes a frame from the server.
    fn take(self, frame: Frame) {
        let Frame { id, event } = frame;
        let asked = self.line.try_update_value(|line| line.answered(id)).flatten();
        match (&event, asked) {
            (Event::Welcome { epoch, protocol, build, .. }, _) => {
                self.compare(*protocol, build);
                self.resume(Some(*epoch));
            }
            (Event::Ready, _) => self.resumed(),
            (Event::Error(error), Some(Command::NewMessage { client_id, .. })) => {
                self.refused(client_id, error);
            }
            // A node of an older version does not know the command.
            (Event::Error(error), Some(Command::ResumeRoom { .. })) if error.code == Code::UnknownCommand => {
                self.resume(None);
            }
            (Event::Error(error), Some(page @ Command::FetchMessages { .. })) if error.code == Code::Unavailable => {
                set_timeout(move || self.ask(page), AGAIN);
            }
            (Event::Ack { room, client_id, rev, .. }, _) => self.stored(*room, *client_id, *rev),
            (Event::Messages { .. }, Some(page @ Command::FetchMessages { before, .. })) => {
                if self.apply(&event) == Need::Refetch {
                    self.ask(page);
                } else if before.is_none() {
                    self.fill_up();
                }
            }
            _ => _ = self.apply(&event),
        }
    }

    fn apply(self, event: &Event) -> Need {
        if let Event::RoomGone { room } = event {
            self.lose_room(*room);
        }
        let Outcome { touched, need } = self.state.rooms.apply(event);
        if touched.is_some() {
            self.list_rooms();
        }
        self.confirm(event);
        match event {
            _ if need != Need::Resume => {}
            Event::Change(change) => self.resume_room(change.room),
            _ => self.resume(None),
        }
        match event {
            Event::Change(change) => {
                self.divide(change);
                self.announce(change);
            }
            Event::Room { .. } => self.fill(),
            Event::RoomGone { room } if self.state.open.get_untracked() == Some(*room) => {
                self.open(None);
                set_address("/rooms", false);
                browser::focus("#content");
            }
            _ => {}
        }
        need
    }

    /// Draws the line above what comes while nobody looks.
    fn divide(self, change: &Change) {
        let is_unseen = self.state.open.get_untracked() == Some(change.room) && !browser::is_visible();
        if is_unseen && self.state.divider.get_untracked().is_none() {
            let mark = self.state.rooms.read(|workspace| workspace.room(change.room).and_then(divider));
            self.state.divider.set(mark);
        }
    }

    /// Has a screen reader say what others write in the open room.
    fn announce(self, change: &Change) {
        let What::Message(message) = &change.what else { return };
        if self.state.open.get_untracked() == Some(change.room) && message.author.id != self.me() {
            self.state.heard.update(|heard| {
                heard.push((message.no, format!("{}: {}", message.author.name, message.text)));
                heard.drain(..heard.len().saturating_sub(HEARD));
            });
        }
    }

    /// Brings the list up to date: once for everything that was missed, and not for each of its rooms.
    fn list_rooms(self) {
        if !self.line.with_value(Line::is_resuming) {
            self.state.rooms.list();
        }
    }

    /// Asks for everything that was missed.
    fn resume(self, epoch: Option<Epoch>) {
        let known = self.state.rooms.read(protocol::Workspace::known);
        self.line.update_value(|line| line.hello(known, epoch));
    }

    /// Asks for what was missed in one room.
    fn resume_room(self, room: RoomId) {
        let rev = self.state.rooms.read(|workspace| workspace.room(room).map(|known| known.room.rev));
        if let Some(rev) = rev {
            self.line.update_value(|line| line.resume_room(Known { room, rev }));
        }
    }

    /// Everything that was missed has come: what could not be told before is told now.
    fn resumed(self) {
        self.line.update_value(Line::resumed);
        self.list_rooms();
        self.state.is_connected.set(true);
        self.state.is_polling.set(false);
        if !self.state.is_synced.get_untracked() {
            self.state.is_synced.set(true);
            self.lose_drafts();
        }
        self.hurry_seen();
        self.post_waiting();
        self.fill();
    }
}

/// Runs a task beside the page, as long as that lives.
fn run(task: impl Future<Output = ()> + 'static) {
    spawn_local(task);
}
