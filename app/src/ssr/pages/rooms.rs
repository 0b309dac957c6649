use crate::ssr::{
    Assets,
    island::Workspace,
    layout::{raw_text, untold},
    page::page,
    panel::{Members, Panel},
    snapshot,
};
use crate::workspace::{Snapshot, shown};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use protocol::RoomId;

/// `/rooms`: the workspace without an open room.
#[component]
pub fn Rooms() -> impl IntoView {
    page(async { Ok(view! { <Live snapshot=snapshot::closed().await?/> }) })
}

/// `/rooms/{room}`: the workspace with a room open.
#[component]
pub fn Room() -> impl IntoView {
    page(async { Ok(view! { <Live snapshot=snapshot::open(asked()).await?/> }) })
}

/// `/rooms/{room}/members`: the same with the room's members beside it.
#[component]
pub fn MembersOfRoom() -> impl IntoView {
    page(async {
        let (snapshot, panel) = snapshot::with_members(asked()).await?;
        Ok(view! { <Live snapshot panel/> })
    })
}

/// Readers without JavaScript need not load the client.
const SCRIPTED: &str = "(scripting: enabled)";

/// The island, and what the browser loads for it.
#[component]
fn Live(snapshot: Snapshot, #[prop(optional)] panel: Option<Panel>) -> impl IntoView {
    let Assets { boot, client_js, client_wasm, .. } = expect_context();
    let skip = if snapshot.open.is_some() { "Skip to messages" } else { "Skip to content" };
    view! {
        <Title text=title(&snapshot)/>
        // Not leptos_meta's `Link` and `Script`: what they add after an await is lost now and then (leptos_meta 0.8.7).
        <link rel="modulepreload" href=client_js media=SCRIPTED/>
        <link rel="preload" r#as="fetch" type="application/wasm" crossorigin="" href=client_wasm media=SCRIPTED/>
        <script type="module" src=boot nonce=use_nonce()></script>
        <a class="skip" href="#content">{skip}</a>
        <Workspace snapshot/>
        {panel.map(|panel| view! { <Members panel/> })}
        {untold("alert alert--over")}
    }
}

/// The room in the path; what is not a room's id is no room.
fn asked() -> Option<RoomId> {
    use_params_map().with_untracked(|map| map.get_str("room").and_then(|id| id.parse().ok()))
}

fn title(snapshot: &Snapshot) -> String {
    let alike: Vec<_> = snapshot.open.filter(|_| snapshot.is_alike).into_iter().collect();
    let room = snapshot.open.and_then(|id| snapshot.workspace.room(id));
    let name = match room.map(|timeline| shown(&timeline.room, &alike)) {
        Some(name) if snapshot.has_panel => format!("Members of {name}"),
        Some(name) => name,
        None => "Rooms".to_owned(),
    };
    let (name, called) = (raw_text(&name), raw_text(&snapshot.called));
    match snapshot.first.unread {
        0 => format!("{name} · {called}"),
        unread => format!("({unread}) {name} · {called}"),
    }
}
