//! The socket: opened, served, and opened again.

use super::{Live, backoff::Backoff, browser};
use futures::channel::mpsc;
use futures::{FutureExt, SinkExt, StreamExt, select};
use gloo_net::websocket::{Message, WebSocketError, futures::WebSocket};
use gloo_timers::callback::Timeout;
use gloo_timers::future::{IntervalStream, TimeoutFuture};
use leptos::prelude::*;
use protocol::{Command, Event, Request, close};

/// How often the server is asked for a sign of life; one missed answer ends the connection (promise R7: 45 s at most).
const BEAT_MS: u32 = 20_000;

/// A drop shorter than this is not worth a word.
const CALM_MS: u32 = 5_000;

/// As long as a page that logs out may take to leave.
const FAREWELL_MS: u32 = 1_500;

/// As many requests as may wait for a connection that does not move.
const WAITING: usize = 256;

/// Keeps a connection, as long as the page lives or until the person is logged out.
pub async fn run(live: Live) {
    let mut backoff = Backoff::default();
    let mut banner = None;
    loop {
        let code = serve(live, &mut backoff, &mut banner).await;
        live.line.update_value(super::Line::disconnect);
        banner.get_or_insert_with(|| Timeout::new(CALM_MS, move || live.state.is_cut.set(true)));
        let is_over =
            code == Some(close::LOGGED_OUT) || (backoff.failures() % 4 == 3 && browser::is_logged_out().await);
        if is_over {
            // Whoever has just logged out here is on the way to another page already.
            TimeoutFuture::new(FAREWELL_MS).await;
            browser::log_in_again();
            return;
        }
        let pause = backoff.pause(browser::random());
        TimeoutFuture::new(u32::try_from(pause.as_millis()).unwrap_or(u32::MAX)).await;
    }
}

/// One connection from beginning to end; the code with which the server closed it.
async fn serve(live: Live, backoff: &mut Backoff, banner: &mut Option<Timeout>) -> Option<u16> {
    let socket = WebSocket::open(&browser::socket_url()).ok()?;
    let (mut sink, stream) = socket.split();
    let (out, queue) = mpsc::channel(WAITING);
    live.line.update_value(|line| line.connect(out));
    let (mut stream, mut queue) = (stream.fuse(), queue.fuse());
    let mut beats = IntervalStream::new(BEAT_MS).fuse();
    let mut has_heard = true;
    loop {
        select! {
            heard = stream.next() => match heard? {
                Ok(Message::Text(text)) => {
                    has_heard = true;
                    let Ok(frame) = protocol::Frame::parse(&text) else { continue };
                    if frame.event == Event::Ready {
                        backoff.reset();
                        *banner = None;
                        live.state.is_cut.set(false);
                    }
                    live.take(frame);
                }
                Ok(Message::Bytes(_)) => {}
                Err(WebSocketError::ConnectionClose(event)) => return Some(event.code),
                Err(_) => return None,
            },
            request = queue.next() => send(&mut sink, &request?).await?,
            _ = beats.next().fuse() => {
                if !has_heard {
                    return None;
                }
                has_heard = false;
                send(&mut sink, &Request { id: None, command: Command::Ping }).await?;
            }
        }
    }
}

async fn send(sink: &mut (impl futures::Sink<Message> + Unpin), request: &Request) -> Option<()> {
    let text = serde_json::to_string(request).ok()?;
    sink.send(Message::Text(text)).await.ok()
}
