use crate::workspace::{Snapshot, view};
use leptos::prelude::*;
use leptos::tachys::{html::islands::Island, reactive_graph::OwnedView};

/// The workspace in a page, with what the browser needs to take it over.
///
/// This and `workspace::hydrate` are what `#[island]` would write, but for its reading the props with `serde_json`, which
/// costs the browser as much code as half of the workspace (see [`protocol::json`]).
#[component]
pub fn Workspace(snapshot: Snapshot) -> impl IntoView {
    let props = serde_json::to_string(&snapshot).expect("a snapshot holds only strings, integers and lists");
    let view = Owner::new().with(|| Owner::with_hydration(|| OwnedView::new(untrack(|| view(snapshot)))));
    Island::new("workspace", view).with_props(props)
}
