use super::wiring::{go, is_plain, path};
use crate::avatar::Avatar;
use crate::live::Live;
use leptos::prelude::*;
use protocol::{Kind, MessageText, Person, RoomId, RoomView, UserId};

/// The rooms and people on the left; on a phone the first pane.
#[component]
pub fn Side(live: Live, called: String, me: Person, contacts: Vec<Person>) -> impl IntoView {
    let has_strangers = !contacts.is_empty();
    let no_groups = Signal::derive(move || live.state.rooms.groups.with(Vec::is_empty));
    let no_people = Signal::derive(move || !has_strangers && live.state.rooms.people.with(Vec::is_empty));
    let strangers = contacts.into_iter().map(|person| view! { <Stranger live person/> }).collect_view();
    let is_used = Signal::derive(move || !(no_groups.get() && no_people.get()));
    view! {
        <aside class="side">
            <header class="side__head">
                <span class="mark" aria-hidden="true">"“"</span>
                <span class="side__title"><bdi>{called}</bdi></span>
                <a class="icon-button" href="/people" aria-label="People" title="People">
                    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 16.5c0-3 2.4-4.5 5.5-4.5s5.5 1.5 5.5 4.5M13 3.700a3 3 0 0 1 0 5.600M15 12.300c1.800.600 3 2 3 4.200"></path></svg>
                </a>
                <a class="icon-button" href="/rooms/new" aria-label="New conversation" title="New conversation">
                    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M3 17l1-4 9.5-9.5a1.8 1.8 0 0 1 2.5 0l.5.5a1.8 1.8 0 0 1 0 2.5L7 16l-4 1zM12 5l3 3"></path></svg>
                </a>
            </header>
            <nav class="side__rooms" aria-label="Rooms">
                <p class="side__hint" hidden=is_used>"Your conversations will appear here. "<a href="/people">"Find people"</a></p>
                <h2 class="side__section" hidden=no_groups>"Rooms"</h2>
                <RoomList live rooms=live.state.rooms.groups/>
                <h2 class="side__section" hidden=no_people>"People"</h2>
                <RoomList live rooms=live.state.rooms.people/>
                <ul>{strangers}</ul>
            </nav>
            <footer class="side__foot">
                <Avatar name=me.name.clone() id=me.id.get()/>
                <span class="side__me"><bdi>{me.name}</bdi></span>
                <a class="icon-button" href="/settings" aria-label="Settings" title="Settings">
                    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M3 6h7M14 6h3M3 14h3M10 14h7M12 8.200a2.200 2.200 0 1 0 0-4.400 2.200 2.200 0 0 0 0 4.400zM8 16.200a2.200 2.200 0 1 0 0-4.400 2.200 2.200 0 0 0 0 4.400z"></path></svg>
                </a>
                <form method="post" action="/form/logout">
                    <input type="hidden" name="page" value="/rooms"/>
                    <input type="hidden" name="user" value=me.id.to_string()/>
                    <button class="icon-button" type="submit" aria-label="Log out" title="Log out">
                        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M8 3H4.500A1.500 1.500 0 0 0 3 4.500v11A1.500 1.500 0 0 0 4.500 17H8M13 13.500l3.500-3.500L13 6.500M16 10H8"></path></svg>
                    </button>
                </form>
            </footer>
        </aside>
    }
}

#[component]
fn RoomList(live: Live, rooms: RwSignal<Vec<RoomId>>) -> impl IntoView {
    view! { <ul><For each=move || rooms.get() key=|id| *id let:id><li><RoomLink live id/></li></For></ul> }
}

/// One room: its name, last words, their time, and how many are unread.
#[component]
fn RoomLink(live: Live, id: RoomId) -> impl IntoView {
    let state = live.state;
    let room = Memo::new(move |_| state.rooms.of(id, |timeline| timeline.room.clone()));
    let me = state.rooms.me();
    let name =
        Signal::derive(move || room.with(|room| room.as_ref().map(|room| room.name.clone()).unwrap_or_default()));
    let author = Signal::derive(move || room.with(|room| room.as_ref().and_then(|room| author(room, me))));
    let words = Signal::derive(move || room.with(|room| room.as_ref().map(preview).unwrap_or_default()));
    let time = Signal::derive(move || {
        let at = room.with(|room| room.as_ref()?.last.as_ref().map(|last| last.at));
        at.map(|at| state.zone.with(|zone| zone.brief(at))).unwrap_or_default()
    });
    let unread = move || room.with(|room| room.as_ref().map_or(0, RoomView::unread));
    let is_read = Signal::derive(move || unread() == 0);
    let badge = Signal::derive(move || (!is_read.get()).then(|| unread().to_string()));
    let in_words = Signal::derive(move || (!is_read.get()).then(|| " unread".to_owned()));
    let class =
        Signal::derive(move || if is_read.get() { "room-link" } else { "room-link room-link--unread" }.to_owned());
    let current = Signal::derive(move || (state.open.get() == Some(id)).then(|| "page".to_owned()));
    let picture = room.with_untracked(|room| room.as_ref().map_or(0, avatar_id));
    view! {
        <a
            class=class
            href=path(Some(id))
            aria-current=current
            on:click=move |click| {
                if is_plain(&click) {
                    click.prevent_default();
                    go(live, Some(id));
                }
            }
        >
            <span class="room-link__name"><bdi>{name}</bdi></span>
            " "
            <span class="room-link__time">{time}</span>
            " "
            <span class="room-link__preview"><bdi class="room-link__author">{author}</bdi>" "<bdi>{words}</bdi></span>
            " "
            <span class="badge" hidden=is_read>{badge}<span class="visually-hidden">{in_words}</span></span>
            <Avatar name id=picture/>
        </a>
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

/// A contact without a room: one click makes it. It gives way to the room when one comes.
#[component]
fn Stranger(live: Live, person: Person) -> impl IntoView {
    let Person { id, username, name, .. } = person;
    let label = format!("Message {name}, @{username}");
    let handle = format!("@{username}");
    let rooms = live.state.rooms;
    let is_known = Signal::derive(move || {
        let of =
            |room: &RoomId| rooms.read(|workspace| workspace.room(*room)?.room.other.as_ref().map(|other| other.id));
        rooms.people.with(|people| people.iter().any(|room| of(room) == Some(id)))
    });
    view! {
        <li hidden=is_known>
            <form method="post" action="/form/open_direct">
                <input type="hidden" name="page" value="/rooms"/>
                <input type="hidden" name="user" value=id.to_string()/>
                <button class="room-link" type="submit" aria-label=label>
                    <span class="room-link__name"><bdi>{name.clone()}</bdi></span>
                    <span class="room-link__preview">{handle}</span>
                    <Avatar name id=id.get()/>
                </button>
            </form>
        </li>
    }
}
