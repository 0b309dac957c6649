//! How the workspace comes into a page, and how the browser takes it over.
//!
//! It is what `#[island]` would write, but for its reading the props with `serde_json`, which costs the browser as much code
//! as half of the workspace (see [`protocol::json`]).

use super::workspace;
use leptos::prelude::*;

/// The workspace in a page of the server, with what the browser needs to take it over.
#[cfg(feature = "ssr")]
#[component]
pub fn WorkspaceIsland(snapshot: super::Snapshot) -> impl IntoView {
    use leptos::tachys::{html::islands::Island, reactive_graph::OwnedView};

    let props = serde_json::to_string(&snapshot).expect("a snapshot holds only strings, integers and lists");
    let view = Owner::new().with(|| Owner::with_hydration(|| OwnedView::new(untrack(|| workspace(snapshot)))));
    Island::new("workspace", view).with_props(props)
}

/// Takes over the workspace that the server has written into the page. Called once.
#[cfg(feature = "hydrate")]
pub fn hydrate(island: &web_sys::HtmlElement) {
    use any_spawner::Executor;
    use leptos::tachys::view::Position;

    Executor::init_wasm_bindgen().expect("there is no other executor");
    let props = island.get_attribute("data-props").unwrap_or_default();
    let snapshot = protocol::json::read(&props).expect("the server writes what this build reads");
    let owner = Owner::new();
    let view = owner.with(|| workspace(snapshot).hydrate_from_position::<true>(island, Position::FirstChild));
    // They live as long as the page.
    std::mem::forget((owner, view));
}
