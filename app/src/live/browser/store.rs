use super::window;
use crate::live::Pending;
use crate::workspace::Lost;
use leptos::{ev, prelude::window_event_listener};
use protocol::{ClientId, RoomId, UserId};
use web_sys::Storage;

/// The half-written text of a room.
pub fn draft(me: UserId, room: RoomId) -> String {
    local().and_then(|local| local.get_item(&draft_key(me, room)).ok().flatten()).unwrap_or_default()
}

pub fn keep_draft(me: UserId, room: RoomId, text: &str) {
    let Some(local) = local() else { return };
    let key = draft_key(me, room);
    // A full storage costs the draft when its room or the page is left.
    let _ = if text.is_empty() { local.remove_item(&key) } else { local.set_item(&key, text) };
}

/// Runs when another tab has sent the half-written text of a room, with that text.
pub fn on_draft_sent(me: UserId, run: impl Fn(RoomId, String) + 'static) {
    let prefix = draft_prefix(me);
    window_event_listener(ev::storage, move |change| {
        let key = change.key().filter(|_| change.new_value().is_none());
        let room = key.and_then(|key| key.strip_prefix(&prefix)?.parse().ok());
        if let Some((room, words)) = room.zip(change.old_value()) {
            run(room, words);
        }
    });
}

/// All half-written texts of a person.
pub fn drafts(me: UserId) -> Vec<(RoomId, String)> {
    let prefix = draft_prefix(me);
    let room = |key: &str| key.strip_prefix(&prefix)?.parse().ok();
    let drafts = keys().into_iter().filter_map(|key| room(&key)).map(|room| (room, draft(me, room)));
    drafts.filter(|(_, text)| !text.trim().is_empty()).collect()
}

/// The room that is gone, until the person has copied or dismissed what was written there.
pub fn lost(me: UserId) -> Option<Lost> {
    let text = local()?.get_item(&lost_key(me)).ok().flatten()?;
    protocol::json::read(&text).ok()
}

pub fn keep_lost(me: UserId, lost: Option<&Lost>) {
    let (Some(local), key) = (local(), lost_key(me)) else { return };
    // Where nothing can be kept, it is on the page as long as that lives.
    let _ = match lost.and_then(|lost| serde_json::to_string(lost).ok()) {
        Some(text) => local.set_item(&key, &text),
        None => local.remove_item(&key),
    };
}

/// The messages of a person that wait, in no order; `None` where nothing can be kept. What cannot be read is left alone.
pub fn outbox(me: UserId) -> Option<Vec<Pending>> {
    let (local, prefix) = (local()?, outbox_prefix(me));
    let theirs = keys().into_iter().filter(|key| key.starts_with(&prefix));
    let texts = theirs.filter_map(|key| local.get_item(&key).ok().flatten());
    Some(texts.filter_map(|text| protocol::json::read(&text).ok()).collect())
}

/// Keeps a message that waits, and says whether that worked.
pub fn keep(me: UserId, pending: &Pending) -> bool {
    let (Some(local), Ok(text)) = (local(), serde_json::to_string(pending)) else { return false };
    local.set_item(&outbox_key(me, pending.client_id), &text).is_ok()
}

/// Forgets a message: it is stored, or given up.
pub fn forget(me: UserId, id: ClientId) {
    local().inspect(|local| _ = local.remove_item(&outbox_key(me, id)));
}

/// Runs whenever another tab has changed what is kept of this person's messages.
pub fn on_change(me: UserId, run: impl Fn() + 'static) {
    on_change_of(outbox_prefix(me), run);
}

/// The same for the room that is gone.
pub fn on_lost(me: UserId, run: impl Fn() + 'static) {
    on_change_of(lost_key(me), run);
}

fn on_change_of(prefix: String, run: impl Fn() + 'static) {
    window_event_listener(ev::storage, move |change| {
        if change.key().is_none_or(|key| key.starts_with(&prefix)) {
            run();
        }
    });
}

fn keys() -> Vec<String> {
    let Some(local) = local() else { return Vec::new() };
    let count = local.length().unwrap_or(0);
    (0..count).filter_map(|index| local.key(index).ok().flatten()).collect()
}

/// The message that the plain form of a room would have sent when the client took the page over.
pub fn form(me: UserId, room: RoomId) -> Option<ClientId> {
    tab()?.get_item(&form_key(me, room)).ok().flatten()?.parse().ok()
}

pub fn keep_form(me: UserId, room: RoomId, id: Option<ClientId>) {
    let (Some(tab), key) = (tab(), form_key(me, room)) else { return };
    let _ = match id {
        Some(id) => tab.set_item(&key, &id.to_string()),
        None => tab.remove_item(&key),
    };
}

/// Notes that this tab reloads its page for a reason. False when it has done so before, or nothing can be noted: then
/// it might do so without end.
pub fn is_first_reload(reason: &str) -> bool {
    let (Some(tab), key) = (tab(), reload_key(reason)) else { return false };
    tab.get_item(&key).is_ok_and(|noted| noted.is_none()) && tab.set_item(&key, "1").is_ok()
}

/// The reason is gone.
pub fn forget_reload(reason: &str) {
    tab().inspect(|tab| _ = tab.remove_item(&reload_key(reason)));
}

fn local() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn tab() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

fn form_key(me: UserId, room: RoomId) -> String {
    format!("natter-form-{me}-{room}")
}

fn reload_key(reason: &str) -> String {
    format!("natter-reload-{reason}")
}

fn lost_key(me: UserId) -> String {
    format!("natter-lost-{me}")
}

fn draft_key(me: UserId, room: RoomId) -> String {
    format!("{}{room}", draft_prefix(me))
}

fn draft_prefix(me: UserId) -> String {
    format!("natter-draft-{me}-")
}

fn outbox_key(me: UserId, id: ClientId) -> String {
    format!("{}{id}", outbox_prefix(me))
}

/// Ends with a dash, so that no person's number begins another's.
fn outbox_prefix(me: UserId) -> String {
    format!("natter-outbox-{me}-")
}
