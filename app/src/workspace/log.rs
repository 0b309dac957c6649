use super::message::LogRow;
use super::rows::{Row, rows};
use crate::live::{Live, is_visible};
use leptos::{html, prelude::*};
use protocol::{No, RoomId};
use std::collections::HashMap;

/// So near the end, in CSS pixels, the log still sticks to it.
const NEAR_END: i32 = 48;

/// Where a room was left: at its end, or so far from its top.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    End,
    Top(i32),
}

/// The messages of the open room.
#[component]
pub fn Log(live: Live, my_name: String, around: Option<No>) -> impl IntoView {
    let state = live.state;
    let element = NodeRef::<html::Div>::new();
    let room = Memo::new(move |_| state.open.get());
    let rows = Memo::new(move |_| {
        let Some(id) = state.open.get() else { return Vec::new() };
        let line = |timeline: &protocol::Timeline| {
            state.outbox.with(|outbox| {
                let pending: Vec<_> = outbox.of(id).collect();
                state.zone.with(|zone| rows(timeline, &pending, &my_name, state.divider.get(), zone))
            })
        };
        state.of_room(id, line).unwrap_or_default()
    });
    let edge = move |read: fn(&protocol::Slice) -> bool| {
        Memo::new(move |_| state.of_open(|timeline| timeline.window.as_ref().is_some_and(read)).unwrap_or(false))
    };
    let (earlier, later) = (edge(|slice| slice.earlier), edge(|slice| slice.later));
    let is_empty = Memo::new(move |_| rows.with(Vec::is_empty) && state.of_open(|t| t.window.is_some()) == Some(true));
    let has_below = Memo::new(move |_| state.below.get() > 0);
    let scroll = keep_place(live, element, rows, around);
    let before = move || {
        let first = state.of_open(|timeline| timeline.window.as_ref().and_then(protocol::Slice::first_no)).flatten();
        room.get().zip(first).map(|(room, first)| format!("/rooms/{room}?before={first}"))
    };
    let newest = move || room.get().map(|room| format!("/rooms/{room}"));
    view! {
        <div class="log" role="log" aria-label="Messages" aria-live="polite" tabindex="0" node_ref=element on:scroll=move |_| scroll()>
            <div class="log__space"></div>
            <Show when=move || earlier.get()>
                <a
                    class="button button--quiet log__more"
                    href=before
                    on:click=move |click| {
                        if let Some(room) = room.get_untracked().filter(|_| super::wiring::is_plain(&click)) {
                            click.prevent_default();
                            live.fetch_earlier(room);
                        }
                    }
                >
                    "Load earlier messages"
                </a>
            </Show>
            <Show when=move || is_empty.get()>
                <p class="log__empty">"Nobody has said a word yet. Say hello!"</p>
            </Show>
            <For each=move || rows.get() key=move |row| (room.get_untracked(), row.key()) let:row>
                {room.get_untracked().map(|room| view! { <LogRow live room row rows/> })}
            </For>
            <Show when=move || later.get()>
                <a class="button button--quiet log__more" href=newest rel="external">"Go to the newest messages"</a>
            </Show>
            <span id="end"></span>
        </div>
        <Show when=move || has_below.get()>
            <button class="pill" type="button" on:click=move |_| to_end(element)>
                {move || match state.below.get() {
                    1 => "1 new message".to_owned(),
                    count => format!("{count} new messages"),
                }}
            </button>
        </Show>
    }
}

/// Keeps the reader's place: at the end while they are there, where they left a room, and still while older messages arrive.
/// Returns what a scroll of the log does.
fn keep_place(
    live: Live,
    element: NodeRef<html::Div>,
    rows: Memo<Vec<Row>>,
    around: Option<No>,
) -> impl Fn() + Copy + 'static {
    let state = live.state;
    let places = StoredValue::new(HashMap::<RoomId, Place>::new());
    let place = move |room: RoomId| places.read_value().get(&room).copied();
    let scroll = move || {
        let (Some(log), Some(room)) = (element.get_untracked(), state.open.get_untracked()) else { return };
        let rest = log.scroll_height() - log.scroll_top() - log.client_height();
        let here = if rest <= NEAR_END { Place::End } else { Place::Top(log.scroll_top()) };
        places.update_value(|places| _ = places.insert(room, here));
        if here == Place::End {
            state.below.set(0);
            if is_visible() {
                live.see();
            }
        }
    };
    // Before the rows change: how far the first message stood from the end, and how far the room was known.
    Effect::new(move |before: Option<Before>| {
        let now = Before {
            room: state.open.get(),
            first: rows.with(|rows| rows.iter().find_map(|row| matches!(row, Row::Message(_)).then(|| row.key()))),
            last_no: state.of_open(|timeline| timeline.room.last_no),
            own: state.open.get().map_or(0, |room| state.outbox.with(|outbox| outbox.of(room).count())),
            height: element.get().map_or(0, |log| log.scroll_height()),
            is_loaded: rows.with(|rows| !rows.is_empty()),
        };
        rows.track();
        let Some(log) = element.get() else { return now };
        let is_entered = before.as_ref().is_none_or(|before| before.room != now.room || (now.is_loaded && !before.is_loaded));
        let height = before.as_ref().map_or(0, |before| before.height);
        let is_older = !is_entered && before.as_ref().is_some_and(|before| before.first != now.first && before.last_no == now.last_no);
        let has_written = before.as_ref().is_some_and(|before| now.own > before.own);
        let arrived = match (before.as_ref().and_then(|before| before.last_no), now.last_no) {
            (Some(then), Some(last)) if !is_entered => last.get() - then.get(),
            _ => 0,
        };
        let stuck = now.room.and_then(place).unwrap_or(Place::End);
        let top = log.scroll_top();
        request_animation_frame(move || {
            if is_entered {
                enter(&log, now.room.and_then(place), around.filter(|_| before.is_none()));
                scroll();
            } else if is_older {
                log.set_scroll_top(top + log.scroll_height() - height);
            } else if stuck == Place::End || has_written {
                log.set_scroll_top(log.scroll_height());
                scroll();
            } else if arrived > 0 {
                state.below.update(|below| *below += u32::try_from(arrived).unwrap_or(0));
            }
        });
        now
    });
    scroll
}

struct Before {
    room: Option<RoomId>,
    first: Option<super::rows::Key>,
    last_no: Option<No>,
    own: usize,
    height: i32,
    is_loaded: bool,
}

/// Where a room opens: at the message that the address points at, where it was left, at the first unread, or at its end.
fn enter(log: &web_sys::HtmlDivElement, place: Option<Place>, around: Option<No>) {
    let find = |selector: &str| log.query_selector(selector).ok().flatten();
    let target = around.and_then(|no| find(&format!("#m{no}")));
    let target = target.or_else(|| place.is_none().then(|| find(".divider--new")).flatten());
    match (target, place) {
        (Some(target), _) => target.scroll_into_view(),
        (None, Some(Place::Top(top))) => log.set_scroll_top(top),
        (None, _) => log.set_scroll_top(log.scroll_height()),
    }
}

fn to_end(element: NodeRef<html::Div>) {
    if let Some(log) = element.get_untracked() {
        log.set_scroll_top(log.scroll_height());
    }
}
