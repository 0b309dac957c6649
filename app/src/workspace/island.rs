use crate::live::{local_zone, reload, remember_zone};
use any_spawner::Executor;
use leptos::{prelude::*, tachys::view::Position};

/// Takes over the workspace that the server has written into the page (see `crate::ssr`). Called once.
pub fn hydrate(island: &web_sys::HtmlElement) {
    Executor::init_wasm_bindgen().expect("there is no other executor");
    let props = island.get_attribute("data-props").unwrap_or_default();
    let snapshot: super::Snapshot = protocol::json::read(&props).expect("the server writes what this build reads");
    // The page stands in the zone that this browser was in before: in another one its rows would differ.
    let zone = local_zone();
    if snapshot.zone.as_ref().is_some_and(|told| *told != zone) {
        remember_zone(&zone);
        return reload();
    }
    let owner = Owner::new();
    let view = owner.with(|| super::view(snapshot).hydrate_from_position::<true>(island, Position::FirstChild));
    // They live as long as the page.
    std::mem::forget((owner, view));
}
