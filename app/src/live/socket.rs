//! The socket: opened, served, and opened again.

use super::{Line, Live, backoff::Backoff, browser};
use futures::StreamExt;
use futures::channel::oneshot::{self, Receiver};
use futures::future::{Either, select};
use gloo_net::websocket::{Message, WebSocketError, events::CloseEvent, futures::WebSocket};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::{ev, prelude::*};
use protocol::{Event, Frame, close};
use std::time::Duration;

/// Interval at which the server is asked for a sign of life. One missed answer ends the connection (promise R7: 45 s at
/// most).
const PING_INTERVAL_MS: i32 = 20_000;

/// A shorter drop is not worth a word.
const CUT_DELAY: Duration = Duration::from_secs(5);

/// The same where the browser says that there is no network: it will not be back at once.
const OFFLINE_DELAY: Duration = Duration::from_secs(3);

/// What the page says where the server has enough of this person's sockets.
const TOO_MANY_TABS: &str = "Natter is open in too many tabs. Close one to go on in this one.";

/// So many attempts fail although the server answers other requests, before the page goes on without a socket.
const MAX_BARRED: u32 = 3;

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
    /// A socket has come about.
    is_open: bool,
    /// So many attempts in a row failed although the server answers other requests.
    barred: u32,
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
        live.state.is_connected.set(false);
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
            End::Closed(end) if end.code == close::TOO_MANY => {
                progress.is_open = true;
                live.state.cause.set(Some(TOO_MANY_TABS));
                String::new()
            }
            End::Closed(end) => end.reason,
            End::Lost => String::new(),
        };
        if progress.banner.is_none() {
            let delay = if browser::is_online() { CUT_DELAY } else { OFFLINE_DELAY };
            progress.banner = set_timeout_with_handle(move || live.state.is_cut.set(true), delay).ok();
        }
        let may_be_barred = !progress.is_open && backoff.failures() > 0;
        if may_be_barred || backoff.failures() % 4 == 3 {
            let is_logged_out = browser::is_logged_out().await;
            if is_logged_out == Some(true) {
                return log_in_again().await;
            }
            progress.barred = if may_be_barred && is_logged_out.is_some() { progress.barred + 1 } else { 0 };
            if progress.barred >= MAX_BARRED {
                live.start_polling();
            }
        }
        let pause = Box::pin(browser::sleep(backoff.asked_ms(&reason, browser::random())));
        if let Either::Right(_) = select(pause, live.network_changes()).await {
            backoff.reset();
        }
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
    let mut network = live.network_changes();
    loop {
        match select(frames.next(), select(pause.as_mut(), &mut network)).await {
            Either::Left((Some(Ok(Message::Text(text))), _)) => {
                has_heard = true;
                progress.is_open = true;
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
            Either::Right((Either::Right(_), _)) if browser::is_online() => network = live.network_changes(),
            Either::Right((Either::Left(_), _)) if std::mem::take(&mut has_heard) => {
                live.line.update_value(Line::ping);
                pause = Box::pin(browser::sleep(PING_INTERVAL_MS));
            }
            // A dead line does not say so, and its closing would not arrive either. Nor would it without a network.
            Either::Right(_) => return End::Lost,
        }
    }
}

impl Live {
    /// Notes when the browser gains or loses its network.
    pub(super) fn watch_the_network(self) {
        let change = move || {
            if let Some(sender) = self.network.try_update_value(Option::take).flatten() {
                // Nobody may be waiting any more.
                let _ = sender.send(());
            }
        };
        window_event_listener(ev::online, move |_| change());
        window_event_listener(ev::offline, move |_| change());
    }

    /// Waits until the browser gains or loses its network.
    fn network_changes(self) -> Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        self.network.set_value(Some(sender));
        receiver
    }
}

impl Progress {
    fn clear_banner(&mut self, live: Live) {
        self.banner.take().inspect(TimeoutHandle::clear);
        live.state.is_cut.set(false);
        live.state.cause.set(None);
    }
}
