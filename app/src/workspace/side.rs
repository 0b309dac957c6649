use super::room_label::RoomLabel;
use super::rooms::Rooms;
use super::state::on_change;
use super::wiring::{go, is_plain, path};
use crate::avatar::Avatar;
use crate::live::{Live, focus};
use crate::log_out::{LOG_OUT, LogOut};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use protocol::{Person, RoomId};
use std::time::Duration;

/// How long the list keeps its order after the last movement over it.
const HOLD_TIMEOUT: Duration = Duration::from_secs(2);

/// The rooms and people on the left; on a phone the first pane.
#[component]
pub fn Side(live: Live, called: String, me: Person, first: First, has_contacts: bool) -> impl IntoView {
    let rooms = live.state.rooms;
    let pointing = Pointing { rooms, end: StoredValue::new(None) };
    replace_first(live);
    if has_contacts {
        hide_contacts(rooms);
    }
    let no_groups = Signal::derive(move || rooms.groups.with(Vec::is_empty));
    let no_people = Signal::derive(move || !has_contacts && rooms.people.with(Vec::is_empty));
    let is_used = Signal::derive(move || !(no_groups.get() && no_people.get()));
    let is_synced = Signal::derive(move || live.state.is_synced.get());
    let is_first = Signal::derive(move || !live.state.is_synced.get());
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
            <nav
                class="side__rooms"
                aria-label="Rooms"
                on:pointermove=move |_| pointing.hold()
                on:pointerdown=move |_| pointing.hold()
            >
                <div class="side__first" hidden=is_synced inner_html=first.rooms></div>
                <div hidden=is_first>
                    <p class="side__hint" hidden=is_used>"Your conversations will appear here. "<a href="/people">"Find people"</a></p>
                    <h2 class="side__section" hidden=no_groups>"Rooms"</h2>
                    <RoomList live rooms=rooms.groups/>
                    <h2 class="side__section" hidden=no_people>"People"</h2>
                    <RoomList live rooms=rooms.people/>
                </div>
                <ul inner_html=first.contacts></ul>
            </nav>
            <footer class="side__foot">
                <Avatar name=me.name.clone() id=me.id.get()/>
                <span class="side__me"><bdi>{me.name}</bdi></span>
                <a class="icon-button" href="/settings" aria-label="Settings" title="Settings">
                    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M3 6h7M14 6h3M3 14h3M10 14h7M12 8.200a2.200 2.200 0 1 0 0-4.400 2.200 2.200 0 0 0 0 4.400zM8 16.200a2.200 2.200 0 1 0 0-4.400 2.200 2.200 0 0 0 0 4.400z"></path></svg>
                </a>
                <button class="icon-button" type="button" popovertarget=LOG_OUT aria-label="Account" title="Account">
                    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M8 3H4.500A1.500 1.500 0 0 0 3 4.500v11A1.500 1.500 0 0 0 4.500 17H8M13 13.500l3.500-3.500L13 6.500M16 10H8"></path></svg>
                </button>
                <LogOut page="/rooms" user=me.id.to_string()/>
            </footer>
        </aside>
    }
}

/// Holds the order of the list while somebody points at it.
#[derive(Clone, Copy)]
struct Pointing {
    rooms: Rooms,
    end: StoredValue<Option<TimeoutHandle>>,
}

impl Pointing {
    fn hold(self) {
        self.rooms.hold(true);
        let end = set_timeout_with_handle(move || self.rooms.hold(false), HOLD_TIMEOUT).ok();
        let before = self.end.try_update_value(|before| std::mem::replace(before, end)).flatten();
        before.inspect(TimeoutHandle::clear);
    }
}

#[component]
fn RoomList(live: Live, rooms: RwSignal<Vec<RoomId>>) -> impl IntoView {
    view! { <ul><For each=move || rooms.get() key=|id| *id let:id><li><RoomLink live id/></li></For></ul> }
}

/// The link to a room.
#[component]
fn RoomLink(live: Live, id: RoomId) -> impl IntoView {
    let state = live.state;
    let room = Memo::new(move |_| state.rooms.of(id, |timeline| timeline.room.clone()));
    let me = state.rooms.me();
    let is_unread = move || room.with(|room| room.as_ref().is_some_and(|room| room.unread() > 0));
    let class =
        Signal::derive(move || if is_unread() { "room-link room-link--unread" } else { "room-link" }.to_owned());
    let current = Signal::derive(move || (state.open.get() == Some(id)).then(|| "page".to_owned()));
    let label = move || {
        room.get().map(|room| view! { <RoomLabel shown=state.rooms.shown(&room) room me zone=state.zone.get()/> })
    };
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
            {label}
        </a>
    }
}

/// The HTML that the server writes into the page, and the browser finds there.
#[derive(Clone, Debug, Default)]
pub struct First {
    pub rooms: String,
    pub contacts: String,
    /// How many messages are unread in all rooms.
    pub unread: u32,
}

/// The server's list gives way to the live one, and so does the focus within it.
fn replace_first(live: Live) {
    on_change(move || {
        if live.state.is_synced.get() {
            request_animation_frame(|| {
                let Some(first) = document().query_selector(".side__first").ok().flatten() else { return };
                let focused = document().active_element().filter(|element| first.contains(Some(element)));
                let place = focused.and_then(|element| element.get_attribute("href"));
                first.set_inner_html("");
                place.inspect(|place| focus(&format!(".side__rooms a[href='{place}']")));
            });
        }
    });
}

/// A contact gives way to the direct room when one comes.
fn hide_contacts(rooms: Rooms) {
    on_change(move || {
        let others = rooms.people.with(|people| {
            let other = |room: &RoomId| rooms.read(|all| Some(all.room(*room)?.room.other.as_ref()?.id));
            people.iter().filter_map(other).collect::<Vec<_>>()
        });
        for other in others {
            let contact = document().get_element_by_id(&format!("contact-{other}"));
            contact.inspect(|contact| _ = contact.set_attribute("hidden", ""));
        }
    });
}
