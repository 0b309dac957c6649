use super::room_label::avatar_id;
use super::wiring::{go_back, is_plain};
use crate::avatar::{Avatar, AvatarSize};
use crate::live::Live;
use leptos::prelude::*;
use protocol::{Kind, RoomView};

/// The open room's name, and the way to its members; without a room, the way to one.
#[component]
pub fn Head(live: Live, is_closed: Signal<bool>) -> impl IntoView {
    let state = live.state;
    let room = Memo::new(move |_| state.of_open(|timeline| timeline.room.clone()));
    let has_rooms = move || state.has_rooms();
    let text = move |read: fn(&RoomView) -> String, none: fn(bool) -> &'static str| {
        Signal::derive(move || {
            room.with(|room| room.as_ref().map(read)).unwrap_or_else(|| none(has_rooms()).to_owned())
        })
    };
    let name = text(|room| room.name.clone(), heading);
    let members = text(|room| format!("/rooms/{}/members", room.id), |_| "/people");
    let picture = Signal::derive(move || room.with(|room| room.as_ref().map_or(0, avatar_id)));
    let is_open = Signal::derive(move || !is_closed.get());
    view! {
        <header class="room__head">
            <a
                class="icon-button room__back"
                href="/rooms"
                aria-label="Back to rooms"
                hidden=is_closed
                on:click=move |click| {
                    if is_plain(&click) {
                        click.prevent_default();
                        go_back(live);
                    }
                }
            >
                <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M12.5 4.5L7 10l5.5 5.5"></path></svg>
            </a>
            <span class="mark" aria-hidden="true" hidden=is_open>"“"</span>
            <span class="room__picture" hidden=is_closed><Avatar name id=picture size=AvatarSize::Medium/></span>
            <div class="room__titles">
                <h1 class="room__name"><bdi>{name}</bdi></h1>
                <p class="room__about">{text(about, lead)}</p>
            </div>
            <a class="icon-button" href=members aria-label="Members" title="Members" hidden=is_closed>
                <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M3 5.5h14M3 10h14M3 14.5h14"></path></svg>
            </a>
            <p class="room__ways" hidden=is_open>
                <a class="button" href="/people">"Find people"</a>
                <a class="button button--quiet" href="/rooms/new">"Create a room"</a>
            </p>
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

fn heading(has_rooms: bool) -> &'static str {
    if has_rooms { "Choose a conversation" } else { "Nobody has said a word yet" }
}

fn lead(has_rooms: bool) -> &'static str {
    if has_rooms {
        "Open one on the left, or start another."
    } else {
        "Find someone to talk to, or start a room for several people at once."
    }
}
