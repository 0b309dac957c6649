use super::{Rooms, Snapshot, clock::Zone};
use crate::live::Outbox;
use leptos::prelude::*;
use protocol::{No, RoomId, Timeline};

/// All state of the island: signals, so that each view follows just what it shows.
#[derive(Clone, Copy)]
pub struct State {
    pub rooms: Rooms,
    /// The room that stands open.
    pub open: RwSignal<Option<RoomId>>,
    /// What was written and is not confirmed yet.
    pub outbox: RwSignal<Outbox>,
    /// In which zone times are shown.
    pub zone: RwSignal<Zone>,
    /// Where the "New" divider stands: after this message.
    pub divider: RwSignal<Option<No>>,
    /// How many messages came below the visible end of the log.
    pub below: RwSignal<u32>,
    /// The connection has been gone for a while.
    pub is_cut: RwSignal<bool>,
    /// What else the person has to know of the connection.
    pub notice: RwSignal<Option<&'static str>>,
    /// The room that the person is no longer in.
    pub lost: RwSignal<Option<Lost>>,
    /// The members stand beside the room.
    pub has_panel: RwSignal<bool>,
}

/// A room that is gone, and what was written there and not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Its name, when it is known.
    pub room: Option<String>,
    pub words: String,
}

impl State {
    pub fn new(snapshot: &Snapshot) -> Self {
        let open = snapshot.open.and_then(|id| snapshot.workspace.room(id));
        Self {
            divider: RwSignal::new(open.and_then(divider)),
            rooms: Rooms::new(snapshot.workspace.clone()),
            open: RwSignal::new(snapshot.open),
            outbox: RwSignal::new(Outbox::default()),
            zone: RwSignal::new(Zone { name: snapshot.zone.clone(), now: snapshot.now }),
            below: RwSignal::new(0),
            is_cut: RwSignal::new(false),
            notice: RwSignal::new(None),
            lost: RwSignal::new(None),
            has_panel: RwSignal::new(snapshot.has_panel),
        }
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
