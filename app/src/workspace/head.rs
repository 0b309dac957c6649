use super::side::avatar_id;
use super::state::State;
use super::wiring::{go, is_plain};
use crate::avatar::{Avatar, AvatarSize};
use crate::live::Live;
use leptos::prelude::*;
use protocol::{Kind, RoomView};

/// The open room's name, and the way to its members.
#[component]
pub fn Head(live: Live) -> impl IntoView {
    let state = live.state;
    let room = Memo::new(move |_| state.of_open(|timeline| timeline.room.clone()));
    let text = move |read: fn(&RoomView) -> String| {
        Signal::derive(move || room.with(|room| room.as_ref().map(read).unwrap_or_default()))
    };
    let name = text(|room| room.name.clone());
    let members = text(|room| format!("/rooms/{}/members", room.id));
    let picture = Signal::derive(move || room.with(|room| room.as_ref().map_or(0, avatar_id)));
    view! {
        <header class="room__head">
            <a
                class="icon-button room__back"
                href="/rooms"
                aria-label="Back to rooms"
                on:click=move |click| {
                    if is_plain(&click) {
                        click.prevent_default();
                        go(live, None);
                    }
                }
            >
                <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M12.5 4.5L7 10l5.5 5.5"></path></svg>
            </a>
            <Avatar name id=picture size=AvatarSize::Medium/>
            <div class="room__titles">
                <h1 class="room__name">{name}</h1>
                <p class="room__about">{text(about)}</p>
            </div>
            <a class="icon-button" href=members aria-label="Members" title="Members">
                <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M3 5.5h14M3 10h14M3 14.5h14"></path></svg>
            </a>
        </header>
    }
}

fn about(room: &RoomView) -> String {
    match (room.kind, &room.other) {
        (Kind::Group, _) if room.members == 1 => "1 member".to_owned(),
        (Kind::Group, _) => format!("{} members", room.members),
        (Kind::Direct, Some(other)) => format!("@{}", other.username),
        (Kind::Direct, None) => String::new(),
    }
}

/// What stands in place of a room.
#[component]
pub fn Nothing(state: State) -> impl IntoView {
    let has_rooms = Memo::new(move |_| state.workspace.with(|workspace| !workspace.rooms().is_empty()));
    let heading = Signal::derive(move || {
        if has_rooms.get() { "Choose a conversation" } else { "Nobody has said a word yet" }.to_owned()
    });
    let lead = Signal::derive(move || {
        if has_rooms.get() {
            "Open one on the left, or start another."
        } else {
            "Find someone to talk to, or start a room for several people at once."
        }
        .to_owned()
    });
    view! {
        <div class="empty">
            <span class="mark" aria-hidden="true">"“"</span>
            <h1 class="empty__title">{heading}</h1>
            <p class="empty__text">{lead}</p>
            <p class="empty__actions">
                <a class="button" href="/people">"Find people"</a>
                <a class="button button--quiet" href="/rooms/new">"Create a room"</a>
            </p>
        </div>
    }
}
