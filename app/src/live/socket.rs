//! The socket: opened, served, and opened again.

use super::{Line, Live, backoff::Backoff, browser};
use js_sys::Promise;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use protocol::{Event, Frame, close};
use std::{cell::Cell, rc::Rc, time::Duration};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// How often the server is asked for a sign of life; one missed answer ends the connection (promise R7: 45 s at most).
const BEAT: Duration = Duration::from_secs(20);

/// A drop shorter than this is not worth a word.
const CALM: Duration = Duration::from_secs(5);

/// As long as a page that logs out may take to leave.
const FAREWELL_MS: i32 = 1_500;

/// What has come of the connection, told by its frames.
#[derive(Default)]
struct Signs {
    has_heard: Cell<bool>,
    is_ready: Cell<bool>,
    /// Will say, or has said, that the connection is gone.
    banner: Cell<Option<TimeoutHandle>>,
}

/// Keeps a connection, as long as the page lives or until the person is logged out.
pub async fn run(live: Live) {
    let signs = Rc::new(Signs::default());
    let mut backoff = Backoff::default();
    loop {
        let end = serve(live, &signs).await;
        live.line.update_value(Line::disconnect);
        if signs.is_ready.take() {
            backoff.reset();
        }
        if signs.banner.get().is_none() {
            signs.banner.set(set_timeout_with_handle(move || live.state.is_cut.set(true), CALM).ok());
        }
        let is_over = end.as_ref().is_some_and(|end| end.code() == close::LOGGED_OUT)
            || (backoff.failures() % 4 == 3 && browser::is_logged_out().await);
        if is_over {
            // Whoever has just logged out here is on the way to another page already.
            browser::sleep(FAREWELL_MS).await;
            browser::log_in_again();
            return;
        }
        let reason = end.map(|end| end.reason()).unwrap_or_default();
        browser::sleep(backoff.asked_ms(&reason, browser::random())).await;
    }
}

/// One connection from beginning to end; how the server closed it.
async fn serve(live: Live, signs: &Rc<Signs>) -> Option<CloseEvent> {
    let socket = WebSocket::new(&browser::socket_url()).ok()?;
    let frames = on_frame(live, signs.clone());
    socket.set_onmessage(Some(frames.as_ref().unchecked_ref()));
    live.line.update_value(|line| line.connect(socket.clone()));
    signs.has_heard.set(true);
    let mut beat = None;
    let end = Promise::new(&mut |end, _| {
        socket.set_onclose(Some(&end));
        let signs = signs.clone();
        let listen = move || {
            if signs.has_heard.take() {
                live.line.update_value(Line::ping);
            } else {
                // A dead line does not say so, and its closing would not be heard either.
                let _ = end.call0(&JsValue::NULL);
            }
        };
        beat = set_interval_with_handle(listen, BEAT).ok();
    });
    let ended = JsFuture::from(end).await;
    beat.inspect(|beat| beat.clear());
    socket.set_onmessage(None);
    let _ = socket.close();
    ended.ok()?.dyn_into().ok()
}

/// Hands the frames of a connection on.
fn on_frame(live: Live, signs: Rc<Signs>) -> Closure<dyn Fn(MessageEvent)> {
    Closure::new(move |message: MessageEvent| {
        let Some(text) = message.data().as_string() else { return };
        signs.has_heard.set(true);
        let Ok(frame) = Frame::parse(&text) else { return };
        if frame.event == Event::Ready {
            signs.is_ready.set(true);
            signs.banner.take().inspect(TimeoutHandle::clear);
            live.state.is_cut.set(false);
        }
        live.take(frame);
    })
}
