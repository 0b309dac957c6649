//! The one live island.
use leptos::prelude::*;
use protocol::{Epoch, At, Person, RoomId};
use serde::{Deserialize, Serialize};

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
}

#[island]
pub fn Workspace(snapshot: Snapshot) -> impl IntoView {
    let _ = snapshot;
    view! { <p>"placeholder"</p> }
}
