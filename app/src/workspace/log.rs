use super::blocks::{Block, blocks};
use super::message::LogRow;
use super::rows::rows;
use super::state::on_change;
use crate::live::Live;
use leptos::{ev, html, prelude::*};
use protocol::{No, Person, RoomId};

/// So near the end, in CSS pixels, the log still sticks to it.
const NEAR_END: i32 = 48;

/// Where a room was left. The log is laid out from its end (`flex-direction: column-reverse`), so that it opens there
/// without a script, stays there, and does not move when older messages arrive: `scrollTop` is 0 at the end and negative
/// above it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place {
    top: i32,
    /// The height of the whole log at that moment.
    height: i32,
}

impl Place {
    fn of(log: &web_sys::HtmlDivElement) -> Self {
        Self { top: log.scroll_top(), height: log.scroll_height() }
    }

    fn is_end(self) -> bool {
        -self.top <= NEAR_END
    }

    /// Brings back what was in view, also when newer messages stand below it now.
    fn restore(self, log: &web_sys::HtmlDivElement) {
        let below = log.scroll_height() - self.height;
        log.set_scroll_top(if self.is_end() { 0 } else { self.top - below });
    }
}

/// The messages of the open room.
#[component]
pub fn Log(
    live: Live,
    me: Person,
    around: Option<No>,
    is_closed: Signal<bool>,
    invitation: Option<String>,
) -> impl IntoView {
    let state = live.state;
    let element = NodeRef::<html::Div>::new();
    let room = state.open;
    let rows = Memo::new(move |before: Option<&Vec<Block>>| {
        let Some(id) = room.get() else { return Vec::new() };
        let of = |timeline: &protocol::Timeline| {
            state.outbox.with(|outbox| {
                let pending: Vec<_> = outbox.of(id).collect();
                state.zone.with(|zone| rows(timeline, &pending, &me, state.divider.get(), zone))
            })
        };
        blocks(before.cloned().unwrap_or_default(), id, state.rooms.of(id, of).unwrap_or_default())
    });
    // A window that is not here has nothing beside it either.
    let of_window = move |read: fn(&protocol::Slice) -> bool| {
        Signal::derive(move || state.of_open(|timeline| timeline.window.as_ref().is_none_or(read)).unwrap_or(true))
    };
    let (no_earlier, no_later) = (of_window(|slice| !slice.earlier), of_window(|slice| !slice.later));
    let is_empty =
        move || rows.with(Vec::is_empty) && state.of_open(|timeline| timeline.window.is_some()) == Some(true);
    let note = Signal::derive(move || {
        let text = match state.of_open(|timeline| timeline.window.is_some())? {
            true if !rows.with(Vec::is_empty) => return None,
            true => "Nobody has said a word yet. Say hello!",
            false if state.is_connected.get() => "Loading…",
            false => "These messages come when the connection is back.",
        };
        Some(text.to_owned())
    });
    let first = room.get_untracked();
    // The room whose address points at a message that is not there.
    let lost = first.filter(|id| {
        state.rooms.read(|workspace| {
            let window = workspace.room(*id).and_then(|timeline| timeline.window.as_ref());
            around.zip(window).is_some_and(|(no, window)| window.messages.iter().all(|message| message.no != no))
        })
    });
    let invitation = invitation.map(|html| {
        let is_over = Signal::derive(move || !is_empty() || room.get() != first);
        view! { <div class="log__invitation" hidden=is_over inner_html=html></div> }
    });
    let no_target = Signal::derive(move || lost.is_none() || room.get() != lost);
    let scroll = keep_place(live, element, around);
    let before = Signal::derive(move || {
        let first = state.of_open(|timeline| timeline.window.as_ref().and_then(protocol::Slice::first_no)).flatten();
        let earlier = room.get().zip(first).map(|(room, first)| format!("/rooms/{room}?before={first}"));
        earlier.unwrap_or_else(|| super::wiring::path(None))
    });
    let newest = Signal::derive(move || format!("{}#end", super::wiring::path(room.get())));
    let pill = Signal::derive(move || match state.below.get() {
        0 => None,
        1 => Some("1 new message".to_owned()),
        count => Some(format!("{count} new messages")),
    });
    let is_below = Signal::derive(move || state.below.get() == 0);
    let load = move |click: ev::MouseEvent| {
        let is_asked = super::wiring::is_plain(&click) && !state.is_polling.get_untracked();
        if let Some(room) = room.get_untracked().filter(|_| is_asked) {
            click.prevent_default();
            live.fetch_earlier(room);
        }
    };
    view! {
        <div
            class="log"
            role="log"
            aria-label="Messages"
            aria-live="polite"
            tabindex="0"
            hidden=is_closed
            node_ref=element
            on:scroll=move |_| scroll()
        >
            <div class="log__content" aria-live="off">
                <a class="button button--quiet log__more" href=before hidden=no_earlier on:click=load>"Load earlier messages"</a>
                <p class="log__empty">{note}</p>
                {invitation}
                <For each=move || rows.get() key=Block::key let:block>
                    <Lines live rows key=block.key()/>
                </For>
                <a class="button button--quiet log__more" href=newest hidden=no_later rel="external">"Go to the newest messages"</a>
                <p class="log__note" role="alert" hidden=no_target>"The message that this link leads to does not exist."</p>
                <span id="end"></span>
            </div>
        </div>
        <div class="visually-hidden" aria-live="polite">
            <For each=move || state.heard.get() key=|heard| heard.0 let:heard>
                <p>{heard.1}</p>
            </For>
        </div>
        <button class="pill" type="button" hidden=is_below on:click=move |_| to_end(live, element)>{pill}</button>
    }
}

#[component]
fn Lines(live: Live, rows: Memo<Vec<Block>>, key: (RoomId, No)) -> impl IntoView {
    let lines = move || rows.with(|blocks| Block::lines(blocks, key));
    view! {
        <For each=lines key=|line| line.key let:line>
            <LogRow live room=key.0 line/>
        </For>
    }
}

/// Keeps the reader's place: at the end while they are there, where they left a room, and still while messages arrive below.
/// Returns what a scroll of the log does.
fn keep_place(live: Live, element: NodeRef<html::Div>, around: Option<No>) -> impl Fn() + Copy + 'static {
    let state = live.state;
    let places = StoredValue::new(Vec::<(RoomId, Place)>::new());
    let scroll = move || {
        let (Some(log), Some(room)) = (element.get_untracked(), state.open.get_untracked()) else { return };
        let here = Place::of(&log);
        places.update_value(|places| {
            places.retain(|(known, _)| *known != room);
            places.push((room, here));
        });
        if here.is_end() {
            state.below.set(0);
            live.see_end();
        }
    };
    let mut before: Option<Seen> = None;
    on_change(move || {
        let room = state.open.get();
        let now = Seen {
            room,
            last_no: state.of_open(|timeline| timeline.room.last_no),
            own: room.map_or(0, |room| state.outbox.with(|outbox| outbox.of(room).count())),
            is_loaded: state.of_open(|timeline| timeline.window.is_some()) == Some(true),
        };
        let before = before.replace(now);
        let (Some(log), Some(room)) = (element.get(), room) else { return };
        let left = places.with_value(|places| places.iter().find(|(known, _)| *known == room).copied());
        let place = left.map(|(_, place)| place);
        let is_entered = before.is_none_or(|before| before.room != now.room || before.is_loaded != now.is_loaded);
        let has_written = before.is_some_and(|before| now.own > before.own);
        let arrived = before.and_then(|before| Some(now.last_no?.get() - before.last_no?.get())).unwrap_or(0);
        request_animation_frame(move || {
            if is_entered {
                enter(&log, place, around.filter(|_| before.is_none()));
            } else if has_written {
                log.set_scroll_top(0);
            } else if let Some(place) = place.filter(|place| !place.is_end() && arrived > 0) {
                place.restore(&log);
                state.below.update(|below| *below += u32::try_from(arrived).unwrap_or(0));
            }
            scroll();
        });
    });
    scroll
}

/// What the log showed when its place was last thought over.
#[derive(Clone, Copy)]
struct Seen {
    room: Option<RoomId>,
    last_no: Option<No>,
    /// How many own messages were on their way.
    own: usize,
    is_loaded: bool,
}

/// Where a room opens: at the message that the address points at, at the first unread, where it was left, or at its end.
fn enter(log: &web_sys::HtmlDivElement, place: Option<Place>, around: Option<No>) {
    let find = |selector: &str| log.query_selector(selector).ok().flatten();
    let target = around.and_then(|no| find(&format!("#m{no}")));
    // At its end the log says that the message does not exist.
    let is_missing = around.is_some() && target.is_none();
    let wants_end = is_missing || window().location().hash().is_ok_and(|hash| hash == "#end");
    let target = target.or_else(|| (!wants_end).then(|| find(".divider--new")).flatten());
    match (target, place) {
        (Some(target), _) => target.scroll_into_view(),
        (None, Some(place)) => place.restore(log),
        (None, None) => log.set_scroll_top(0),
    }
}

fn to_end(live: Live, element: NodeRef<html::Div>) {
    live.to_newest();
    if let Some(log) = element.get_untracked() {
        log.set_scroll_top(0);
        let _ = log.focus();
    }
}
