//! The one live island: the rooms, the open one's log, and the composer.

mod clock;
mod composer;
mod head;
mod log;
mod message;
mod rows;
mod side;
mod state;
mod text;
mod wiring;

pub use clock::{Civil, Zone};
pub use state::{State, divider};

use crate::live::Live;
use composer::Composer;
use head::{Head, Nothing};
use leptos::{either::Either, prelude::*};
use log::Log;
use protocol::{ApiError, At, ClientId, Epoch, Person, RoomId};
use serde::{Deserialize, Serialize};
use side::Side;

/// Everything that the first render needs; the same on the server and in the browser.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    pub workspace: protocol::Workspace,
    pub me: Person,
    pub epoch: Epoch,
    /// The contacts with whom there is no direct room yet.
    pub contacts: Vec<Person>,
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
}

/// The composer of the open room as a form without JavaScript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftForm {
    pub client_id: ClientId,
    /// What was typed, when sending it failed.
    pub text: String,
    pub error: Option<ApiError>,
}

#[island]
pub fn Workspace(snapshot: Snapshot) -> impl IntoView {
    let Snapshot { me, draft, contacts, around, epoch, .. } = snapshot.clone();
    let state = State::new(&snapshot);
    let live = Live::new(state, epoch);
    let is_hydrated = RwSignal::new(false);
    wiring::wire(live, is_hydrated);
    let name = StoredValue::new(me.name.clone());
    let draft = StoredValue::new(draft);
    let has_room = Memo::new(move |_| state.of_open(|_| ()).is_some());
    let class =
        Signal::derive(move || if has_room.get() { "workspace workspace--open" } else { "workspace" }.to_owned());
    let mark = Signal::derive(move || is_hydrated.get().then(String::new));
    let status = Signal::derive(move || if state.is_cut.get() { CUT } else { "" }.to_owned());
    let pane = move || {
        if !has_room.get() {
            return Either::Left(view! { <Nothing state/> });
        }
        // What failed as a plain form is shown once.
        let first = draft.get_value();
        draft.update_value(|draft| (draft.text, draft.error) = (String::new(), None));
        Either::Right(view! {
            <Head live/>
            <p class="status" role="status">{status}</p>
            <Log live my_name=name.get_value() around/>
            <Composer live draft=first/>
        })
    };
    view! {
        <div class=class data-hydrated=mark>
            <Side live me contacts/>
            <main class="room" id="content" tabindex="-1">{pane}</main>
        </div>
    }
}

/// Text for where leptos does not escape it.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const CUT: &str = "Reconnecting… your messages are kept.";
