use super::clock::Zone;
use crate::avatar::Avatar;
use leptos::prelude::*;
use protocol::{Kind, MessageText, RoomView, UserId};

/// What the link to a room says: its name, last words, their time, and how many are unread.
#[component]
pub fn RoomLabel(room: RoomView, shown: String, me: UserId, zone: Zone) -> impl IntoView {
    let time = room.last.as_ref().map(|last| zone.brief(last.at)).unwrap_or_default();
    let unread = room.unread();
    let badge = (unread > 0).then(|| {
        view! { <span class="badge">{unread.to_string()}<span class="visually-hidden">" unread"</span></span> }
    });
    view! {
        <span class="room-link__name"><bdi>{shown}</bdi></span>
        " "
        <span class="room-link__time">{time}</span>
        " "
        <span class="room-link__preview"><bdi class="room-link__author">{author(&room, me)}</bdi>" "<bdi>{preview(&room)}</bdi></span>
        " "
        {badge}
        <Avatar id=avatar_id(&room) name=room.name/>
    }
}

/// A person keeps their hue in every place; a group has its own.
pub fn avatar_id(room: &RoomView) -> i64 {
    room.other.as_ref().map_or(-room.id.get(), |other| other.id.get())
}

/// The author of the last message, as it stands before the words; none for the other person of a direct room.
fn author(room: &RoomView, me: UserId) -> Option<String> {
    let last = room.last.as_ref()?;
    let name = match (room.kind, last.author.id == me) {
        (_, true) => "You",
        (Kind::Group, false) => &last.author.name,
        (Kind::Direct, false) => return None,
    };
    let colon = if MessageText::is_arrival(&last.text) { "" } else { ":" };
    Some(format!("{name}{colon}"))
}

fn preview(room: &RoomView) -> String {
    room.last.as_ref().map_or_else(|| "No messages yet".to_owned(), |last| last.text.clone())
}
