//! The one live island: the rooms, the open one's log, and the composer.

mod clock;
mod composer;
mod head;
mod log;
mod message;
mod panel;
mod rows;
mod side;
mod state;
mod text;
mod wiring;

pub use clock::{Civil, Zone};
pub use state::{State, divider};

use crate::form::FormState;
use crate::live::Live;
use composer::Composer;
use head::{Head, Nothing};
use leptos::prelude::*;
use log::Log;
use panel::Members;
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
    /// The room's panel of members, when the page is the panel's; the members stand in the room's timeline.
    pub panel: Option<Panel>,
    /// The composer as a plain form.
    pub draft: DraftForm,
    /// A form of this page that failed, the composer's excepted.
    pub form: Option<FormState>,
}

/// What the panel of members needs beyond them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Panel {
    /// The people who could be added, contacts first; empty in a direct room.
    pub candidates: Vec<Person>,
    /// The search that the candidates answer (`?q=`).
    pub words: String,
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
    let state = State::new(&snapshot);
    let live = Live::new(state, snapshot.epoch);
    let is_hydrated = RwSignal::new(false);
    wiring::wire(live, is_hydrated);
    if let Some(form) = snapshot.form {
        provide_context(form);
    }
    let me = StoredValue::new(snapshot.me);
    let draft = StoredValue::new(snapshot.draft);
    let panel = StoredValue::new(snapshot.panel);
    let has_room = Memo::new(move |_| state.of_open(|_| ()).is_some());
    view! {
        <div
            class="workspace"
            class:workspace--open=has_room
            class:workspace--panel=state.has_panel
            data-hydrated=move || is_hydrated.get().then_some("")
        >
            <Side live me=me.get_value() contacts=snapshot.contacts/>
            <main class="room" id="content" tabindex="-1">
                <Show when=move || has_room.get() fallback=move || view! { <Nothing state/> }>
                    <Head live/>
                    <p class="status" role="status">
                        {move || state.is_cut.get().then_some("Reconnecting… your messages are kept.")}
                    </p>
                    <Log live my_name=me.get_value().name around=snapshot.around/>
                    <Composer live draft=draft.get_value()/>
                </Show>
            </main>
            <Show when=move || state.has_panel.get()>
                {move || panel.get_value().map(|panel| view! { <Members state panel/> })}
            </Show>
        </div>
    }
}
