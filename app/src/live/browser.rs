//! What only the browser knows or can do.

use crate::workspace::Civil;
use js_sys::{Date, Intl, Object, Promise, Reflect};
use leptos::prelude::{document, window};
use protocol::{At, ClientId, RoomId};
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, HtmlTextAreaElement, VisibilityState};

/// A moment on the wall: of this browser when a zone is wanted, else UTC.
pub fn civil(at: At, zone: Option<&str>) -> Civil {
    let date = Date::new(&JsValue::from_f64(at.get() as f64));
    let small = |n: u32| u8::try_from(n).unwrap_or_default();
    match zone {
        Some(_) => Civil {
            year: i32::try_from(date.get_full_year()).unwrap_or_default(),
            month: small(date.get_month() + 1),
            day: small(date.get_date()),
            weekday: small(date.get_day()),
            hour: small(date.get_hours()),
            minute: small(date.get_minutes()),
        },
        None => Civil {
            year: i32::try_from(date.get_utc_full_year()).unwrap_or_default(),
            month: small(date.get_utc_month() + 1),
            day: small(date.get_utc_date()),
            weekday: small(date.get_utc_day()),
            hour: small(date.get_utc_hours()),
            minute: small(date.get_utc_minutes()),
        },
    }
}

pub fn now() -> At {
    At::try_from(Date::now() as i64).expect("a clock after 1970")
}

/// The IANA name of the browser's zone.
pub fn local_zone() -> String {
    let options = Intl::DateTimeFormat::new(&js_sys::Array::new(), &Object::new()).resolved_options();
    let name = Reflect::get(&options, &"timeZone".into()).ok().and_then(|name| name.as_string());
    name.unwrap_or_else(|| "UTC".to_owned())
}

/// Tells the server the zone, so that the next page comes in it.
pub fn remember_zone(name: &str) {
    let cookie = format!("natter-zone={name}; Path=/; Max-Age=31536000; SameSite=Lax");
    let _ = Reflect::set(&document(), &"cookie".into(), &cookie.into());
}

/// Tells the server the room, so that the next log-in leads there.
pub fn remember_room(room: RoomId) {
    let cookie = format!("natter-room={room}; Path=/; Max-Age=31536000; SameSite=Lax");
    let _ = Reflect::set(&document(), &"cookie".into(), &cookie.into());
}

/// Draft ids come from the browser's own source of randomness, which is there in insecure contexts too.
pub fn client_id() -> ClientId {
    let mut bytes = [0; 16];
    let crypto = window().crypto().expect("every browser has it");
    crypto.get_random_values_with_u8_array(&mut bytes).expect("sixteen bytes are no matter");
    ClientId::new(now(), Uuid::from_bytes(bytes))
}

/// In the browser every text is a text node, and needs no escaping.
pub fn raw_text(text: &str) -> String {
    text.to_owned()
}

/// A number from 0 to 1, good enough to spread clients out.
pub fn random() -> f64 {
    js_sys::Math::random()
}

/// Whether the page can be seen.
pub fn is_visible() -> bool {
    document().visibility_state() == VisibilityState::Visible
}

/// Whether the browser knows of a network. It may be wrong either way.
pub fn is_online() -> bool {
    let navigator = Reflect::get(&window(), &"navigator".into()).unwrap_or_default();
    Reflect::get(&navigator, &"onLine".into()).is_ok_and(|is_online| is_online != JsValue::FALSE)
}

/// Whether fingers write here: Enter then breaks the line.
pub fn is_touch() -> bool {
    window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}

/// Waits.
pub async fn sleep(ms: i32) {
    let timer = Promise::new(&mut |done, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, ms);
    });
    let _ = JsFuture::from(timer).await;
}

/// Whether the session has ended: the rooms then lead to the log-in. `None` when nothing answers as it should.
pub async fn is_logged_out() -> Option<bool> {
    let answer = JsFuture::from(window().fetch_with_str("/rooms")).await.ok()?;
    let is = |what: &str| Reflect::get(&answer, &what.into()).is_ok_and(|answer| answer.is_truthy());
    is("ok").then(|| is("redirected"))
}

/// Goes to the log-in, and from there back here.
pub fn log_in_again() {
    load(&format!("/login?next={}", address()));
}

/// The path and the query of the page.
pub fn address() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// Loads the page anew.
pub fn reload() {
    let _ = window().location().reload();
}

/// Loads a page in the place of this one.
pub fn load(path: &str) {
    let _ = window().location().assign(path);
}

/// What stands in the composer.
pub fn written() -> String {
    let field = document().query_selector(".composer__input").ok().flatten();
    field.and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok()).map(|field| field.value()).unwrap_or_default()
}

/// Brings the focus to the first element that a selector finds.
pub fn focus(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    let found = found.and_then(|found| found.dyn_into::<HtmlElement>().ok());
    found.inspect(|found| _ = found.focus());
}

/// Copies the text of a field, in insecure contexts too.
pub fn copy(field: &HtmlTextAreaElement) {
    field.select();
    let copy = Reflect::get(&document(), &"execCommand".into()).and_then(|copy| copy.dyn_into::<js_sys::Function>());
    let _ = copy.and_then(|copy| copy.call1(&document(), &"copy".into()));
}

/// Whether anything on the page has the focus.
pub fn has_focus() -> bool {
    document().active_element().is_some_and(|element| element.tag_name() != "BODY")
}

/// Gives the page another address, with a step in the history or without. A step notes where it came from.
pub fn set_address(path: &str, is_step: bool) {
    let Ok(history) = window().history() else { return };
    // Refused only when a page does this hundreds of times a minute; the address is then behind, and nothing else.
    let _ = if is_step {
        history.push_state_with_url(&address().into(), "", Some(path))
    } else {
        history.replace_state_with_url(&JsValue::NULL, "", Some(path))
    };
}

/// Takes back the last step in the history if it was made by [`set_address`] from this address; whether it was.
pub fn step_back(from: &str) -> bool {
    let Ok(history) = window().history() else { return false };
    let is_from = history.state().is_ok_and(|state| state.as_string().as_deref() == Some(from));
    is_from && history.back().is_ok()
}

pub fn socket_url() -> String {
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss" } else { "ws" };
    format!("{scheme}://{}/ws", location.host().unwrap_or_default())
}

pub mod pages;

/// What the browser keeps, for all tabs of a person: drafts, and the messages that wait.
pub mod store;
