//! The one live island: the rooms, the open one's log, and the composer.

mod alike;
mod blocks;
mod clock;
mod composer;
mod head;
#[cfg(feature = "hydrate")]
mod island;
mod log;
mod lost;
mod message;
mod room_label;
mod rooms;
mod rows;
mod side;
mod state;
mod text;
mod wiring;

pub use clock::{Civil, Zone, datetime};
#[cfg(feature = "hydrate")]
pub use island::hydrate;
pub use rooms::Rooms;
pub use state::{Lost, State, divider};
pub use wiring::path;

use crate::live::Live;
pub use alike::{alike, alike_rooms, shown};
use composer::Composer;
use head::Head;
use leptos::prelude::*;
use log::Log;
use lost::LostRoom;
use protocol::{ApiError, At, ClientId, Epoch, Person, RoomId};
pub use room_label::RoomLabel;
use serde::{Deserialize, Serialize};
pub use side::First;
use side::Side;

/// Everything that the first render needs; the same on the server and in the browser, but for the list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// The open room. The socket tells the others.
    pub workspace: protocol::Workspace,
    /// The room list, which is in the page as HTML.
    #[serde(skip)]
    pub first: First,
    /// The open room is a direct one whose name looks like that of another room.
    pub is_alike: bool,
    pub has_rooms: bool,
    pub has_contacts: bool,
    /// The name of the server.
    pub called: String,
    pub me: Person,
    pub epoch: Epoch,
    /// Which client this page loads.
    pub build: String,
    /// The room that stands open.
    pub open: Option<RoomId>,
    pub now: At,
    /// The zone in which times are shown, when the browser has told it.
    pub zone: Option<String>,
    /// The message that the address points at.
    pub around: Option<protocol::No>,
    /// The members stand beside the room.
    pub has_panel: bool,
    /// The composer as a plain form.
    pub draft: DraftForm,
    /// How to bring others into the open room, in which nobody else is: HTML that the server has made.
    pub invitation: Option<String>,
}

/// The composer of the open room as a form without JavaScript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftForm {
    pub client_id: ClientId,
    /// What was typed, when sending it failed.
    pub text: String,
    pub error: Option<ApiError>,
}

/// The whole island; the same on the server and in the browser.
pub fn view(snapshot: Snapshot) -> impl IntoView {
    let state = State::new(&snapshot);
    let Snapshot { called, me, draft, around, epoch, build, has_contacts, first, invitation, .. } = snapshot;
    let live = Live::new(state, epoch, build);
    let is_hydrated = RwSignal::new(false);
    wiring::wire(live, is_hydrated, called.clone());
    let author = me.clone();
    let is_closed = Signal::derive(move || state.of_open(|_| ()).is_none());
    // On a phone the list gives way to a room, and to the word that one is gone.
    let is_list = move || is_closed.get() && state.lost.with(Option::is_none);
    let class = Signal::derive(move || {
        let notice = if is_closed.get() { " workspace--notice" } else { "" };
        if is_list() { "workspace".to_owned() } else { format!("workspace workspace--open{notice}") }
    });
    let mark = Signal::derive(move || is_hydrated.get().then(String::new));
    let status = Signal::derive(move || {
        let cut = state.is_cut.get().then(|| state.cause.get().unwrap_or(CUT));
        cut.or(state.notice.get()).map(str::to_owned)
    });
    view! {
        <div class=class data-hydrated=mark>
            <Side live called me first has_contacts/>
            <main class="room" id="content" tabindex="-1">
                <Head live is_closed/>
                <LostRoom live/>
                <Log live me=author around is_closed invitation/>
                <Composer live draft is_closed/>
            </main>
            <p class="status" role="status">{status}</p>
        </div>
    }
}

const CUT: &str = "Reconnecting… your messages are kept.";
