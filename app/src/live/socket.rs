//! The socket: opened, served, and opened again.

use super::{Line, Live, backoff::Backoff, browser};
use futures::StreamExt;
use futures::future::{Either, select};
use gloo_net::websocket::{Message, WebSocketError, events::CloseEvent, futures::WebSocket};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use protocol::{Event, Frame, close};
use std::time::Duration;

/// Interval at which the server is asked for a sign of life. One missed answer ends the connection (promise R7: 45 s at
/// most).
const PING_INTERVAL_MS: i32 = 20_000;

/// A shorter drop is not worth a word.
const CUT_DELAY: Duration = Duration::from_secs(5);

/// Time for a page that logs out to leave.
const LEAVE_TIMEOUT_MS: i32 = 1_500;

/// How a connection ended.
enum End {
    /// The server closed it, with a code and a reason.
    Closed(CloseEvent),
    /// It is dead, or never came about.
    Lost,
    /// The browser is logged in as somebody else now.
    AnotherPerson,
}

/// What has come of the connection.
#[derive(Default)]
struct Progress {
    is_ready: bool,
    /// Will say, or has said, that the connection is gone.
    banner: Option<TimeoutHandle>,
}

/// Keeps a connection, as long as the page lives or until the person is logged out.
pub async fn run(live: Live) {
    let mut progress = Progress::default();
    let mut backoff = Backoff::default();
    loop {
        let end = serve(live, &mut progress).await;
        live.line.update_value(Line::disconnect);
        live.list_rooms();
        if std::mem::take(&mut progress.is_ready) {
            backoff.reset();
        }
        let reason = match end {
            End::AnotherPerson => {
                progress.clear_banner(live);
                return live.give_way();
            }
            End::Closed(end) if end.code == close::LOGGED_OUT => return log_in_again().await,
            End::Closed(end) => end.reason,
            End::Lost => String::new(),
        };
        if progress.banner.is_none() {
            progress.banner = set_timeout_with_handle(move || live.state.is_cut.set(true), CUT_DELAY).ok();
        }
        if backoff.failures() % 4 == 3 && browser::is_logged_out().await {
            return log_in_again().await;
        }
        browser::sleep(backoff.asked_ms(&reason, browser::random())).await;
    }
}

/// Leads to the log-in, unless the person has just logged out here and is on the way to another page already.
async fn log_in_again() {
    browser::sleep(LEAVE_TIMEOUT_MS).await;
    browser::log_in_again();
}

/// One connection from beginning to end.
async fn serve(live: Live, progress: &mut Progress) -> End {
    let Ok(out) = web_sys::WebSocket::new(&browser::socket_url()) else { return End::Lost };
    let Ok(mut frames) = WebSocket::try_from(out.clone()) else { return End::Lost };
    live.line.update_value(|line| line.connect(out));
    let mut has_heard = true;
    let mut pause = Box::pin(browser::sleep(PING_INTERVAL_MS));
    loop {
        match select(frames.next(), pause.as_mut()).await {
            Either::Left((Some(Ok(Message::Text(text))), _)) => {
                has_heard = true;
                // What this build does not know is left out.
                let Ok(frame) = Frame::parse(&text) else { continue };
                match &frame.event {
                    Event::Welcome { user, .. } if *user != live.me() => return End::AnotherPerson,
                    Event::Ready => {
                        progress.is_ready = true;
                        progress.clear_banner(live);
                    }
                    _ => {}
                }
                live.take(frame);
            }
            // The closing that follows says more.
            Either::Left((Some(Ok(Message::Bytes(_)) | Err(WebSocketError::ConnectionError)), _)) => {}
            Either::Left((Some(Err(WebSocketError::ConnectionClose(end))), _)) => return End::Closed(end),
            Either::Left(_) => return End::Lost,
            Either::Right(_) if std::mem::take(&mut has_heard) => {
                live.line.update_value(Line::ping);
                pause = Box::pin(browser::sleep(PING_INTERVAL_MS));
            }
            // A dead line does not say so, and its closing would not arrive either.
            Either::Right(_) => return End::Lost,
        }
    }
}

impl Progress {
    fn clear_banner(&mut self, live: Live) {
        self.banner.take().inspect(TimeoutHandle::clear);
        live.state.is_cut.set(false);
    }
}
