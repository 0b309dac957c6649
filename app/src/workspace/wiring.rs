//! What ties the island to the page around it: address, title, keys, time zone.

use super::composer::COMPOSER;
use super::state::on_change;
use crate::live::{
    Live, address, focus, is_visible, local_zone, reload, remember_room, remember_zone, set_address, step_back,
};
use leptos::{ev, prelude::*};
use protocol::RoomId;
use std::time::Duration;
use wasm_bindgen::JsCast;

/// How often "Today" is thought over.
const TICK: Duration = Duration::from_secs(60);

/// Starts everything that lives in the browser only. On the server it does nothing: effects do not run there.
pub fn wire(live: Live, is_hydrated: RwSignal<bool>, called: String) {
    let state = live.state;
    on_change(move || {
        live.start();
        tell_the_zone(live);
        follow_the_address(live);
        watch_the_keys(live);
        is_hydrated.set(true);
    });
    tend_the_panel(live);
    on_change(move || {
        if let Some(room) = state.open.get() {
            remember_room(room);
        }
    });
    on_change(move || {
        if !state.is_synced.get() {
            return;
        }
        let unread = state.rooms.unread.get();
        let name = state.open_name().unwrap_or_else(|| "Rooms".to_owned());
        let name = if state.has_panel.get() { format!("Members of {name}") } else { name };
        document().set_title(&match unread {
            0 => format!("{name} · {called}"),
            unread => format!("({unread}) {name} · {called}"),
        });
    });
}

/// The path of the open room, or of the list.
pub fn path(room: Option<RoomId>) -> String {
    room.map_or_else(|| "/rooms".to_owned(), |room| format!("/rooms/{room}"))
}

/// Opens a room and writes it into the address; the links to rooms do this in place of loading a page.
pub fn go(live: Live, room: Option<RoomId>) {
    if live.state.open.get_untracked() == room && !live.state.has_panel.get_untracked() {
        return live.to_newest();
    }
    if live.renew_at(&path(room)) {
        return;
    }
    live.open(room);
    set_address(&path(room), true);
}

/// Leads back to the list: where that is the step before this one, by taking it back.
pub fn go_back(live: Live) {
    let list = path(None);
    if !live.renew_at(&list) && !step_back(&list) {
        live.open(None);
        set_address(&list, false);
    }
}

/// A click that wants this page, not another tab or window.
pub fn is_plain(click: &ev::MouseEvent) -> bool {
    click.button() == 0 && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key())
}

/// A key that writes something. The space scrolls.
fn is_letter(key: &ev::KeyboardEvent) -> bool {
    let name = key.key();
    name.chars().count() == 1 && name != " " && !(key.ctrl_key() || key.meta_key() || key.alt_key())
}

/// Where no text is written: what is typed there is meant for the composer.
fn is_from_the_log(key: &ev::KeyboardEvent) -> bool {
    let target = key.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.tag_name() == "BODY" || target.closest(".log").is_ok_and(|log| log.is_some()))
}

/// The panel of members is the server's: the island takes it away with its room, and says when it is out of date.
fn tend_the_panel(live: Live) {
    let state = live.state;
    let mut before: Option<Option<u32>> = None;
    on_change(move || {
        let now = state.of_open(|timeline| timeline.room.members);
        let is_stale = before.replace(now).is_some_and(|before| before != now);
        let panel = document().query_selector(".panel").ok().flatten();
        let Some(panel) = panel.and_then(|panel| panel.dyn_into::<web_sys::HtmlElement>().ok()) else { return };
        panel.set_hidden(!state.has_panel.get());
        let note = panel.query_selector(".panel__stale").ok().flatten();
        if let Some(note) = note.filter(|_| is_stale) {
            note.set_text_content(Some("People have come or gone since. Load the page again to see them."));
        }
    });
}

fn tell_the_zone(live: Live) {
    let name = local_zone();
    remember_zone(&name);
    live.set_zone(name);
    set_interval(move || live.refresh_today(), TICK);
}

/// Back and forward: rooms in place; the panel of members, and pages of older messages, by loading them.
fn follow_the_address(live: Live) {
    window_event_listener(ev::popstate, move |_| {
        let now = address();
        let room = now.strip_prefix("/rooms/").and_then(|id| id.parse().ok());
        let is_known = live.state.is_synced.get_untracked();
        if is_known && (now == "/rooms" || room.is_some()) {
            live.open(room);
        } else if !is_within(live) {
            reload();
        }
    });
}

/// Whether the address names a place in this page, as the link to its content does: that is a step in the history too.
fn is_within(live: Live) -> bool {
    let location = window().location();
    let panel = if live.state.has_panel.get_untracked() { "/members" } else { "" };
    let here = path(live.state.open.get_untracked()) + panel;
    let is_here = |path: String| path == here || path.starts_with("/form/");
    location.hash().is_ok_and(|hash| !hash.is_empty()) && location.pathname().is_ok_and(is_here)
}

/// Esc marks the room as read, and a letter goes to the composer; a page that comes to the front has its newest messages seen.
fn watch_the_keys(live: Live) {
    window_event_listener(ev::keydown, move |key| {
        if key.key() == "Escape" && !key.is_composing() {
            live.mark_read();
            live.state.divider.set(None);
        }
        if is_letter(&key) && is_from_the_log(&key) {
            focus(COMPOSER);
        }
    });
    window_event_listener(ev::visibilitychange, move |_| {
        if live.state.below.get_untracked() == 0 {
            live.see_end();
        }
        live.hurry_seen();
        if !is_visible() {
            live.renew_here();
        }
    });
}
