//! HTTP/1.1 and HTTP/2 on one connection.

use super::activity::{Activity, Exchange, Upload};
use super::connections::{Connections, Place};
use super::monitored::Monitored;
use super::stopped;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, Response, StatusCode, Version, header};
use axum::response::IntoResponse;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};
use tower::ServiceExt;

/// Maximum size of a request head.
const HEAD_BYTES: usize = 32 * 1024;

/// Maximum number of requests at the same time on one connection of HTTP/2.
const MAX_STREAMS: u32 = 32;

/// Maximum of request bodies on one connection of HTTP/2 that nobody has read yet, of each and of all together.
const STREAM_WINDOW: u32 = 64 * 1024;
const CONNECTION_WINDOW: u32 = 256 * 1024;

/// Interval of pings over HTTP/2, and the deadline of their answers.
const PING_INTERVAL: Duration = Duration::from_secs(30);
const PING_TIMEOUT: Duration = Duration::from_secs(20);

/// Time for the requests under way when the connection is to end.
const GRACE: Duration = Duration::from_secs(60);

/// Interval in which a connection that was busy is looked at again.
const RECHECK_INTERVAL: Duration = Duration::from_secs(30);

/// Drives the connection until it ends or misses a deadline.
///
/// HTTP/2 is not told that it may carry sockets (RFC 8441): browsers then open a connection of their own for each, and the
/// frames are written to that, where they arise.
pub async fn serve<T>(io: T, peer: SocketAddr, place: &Place, router: Router, mut stop: watch::Receiver<bool>)
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (activity, connections) = (place.activity(), place.connections());
    let io = TokioIo::new(Monitored::new(io, activity.clone()));
    let service = service_fn(|request| answer(request, peer, activity.clone(), connections.clone(), router.clone()));
    let builder = builder();
    let mut connection = pin!(builder.serve_connection_with_upgrades(io, service));
    tokio::select! {
        ended = within_deadlines(connection.as_mut(), activity) => match ended {
            Ok(ended) => return drop(ended),
            // Streams may still be under way to a slow reader.
            Err(Late) if activity.is_http2() => connection.as_mut().graceful_shutdown(),
            Err(Late) => return,
        },
        () = stopped(&mut stop) => connection.as_mut().graceful_shutdown(),
    }
    drop(timeout(GRACE, connection).await);
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // hyper's own deadline of a head counts the time between two requests as well.
    builder.http1().header_read_timeout(None).max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(HEAD_BYTES as u32)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW);
    builder
}

/// A deadline was missed.
struct Late;

/// What a connection comes to, if it keeps its deadlines. A busy one has none, and is looked at again after a while: the
/// streams of HTTP/2 end in tasks of their own.
async fn within_deadlines<C: Future>(mut connection: Pin<&mut C>, activity: &Activity) -> Result<C::Output, Late> {
    let mut timer = pin!(sleep_until(Instant::now() + RECHECK_INTERVAL));
    poll_fn(|cx| {
        if let Poll::Ready(ended) = connection.as_mut().poll(cx) {
            return Poll::Ready(Ok(ended));
        }
        loop {
            if let Some(deadline) = activity.deadline().filter(|deadline| *deadline < timer.deadline()) {
                timer.as_mut().reset(deadline);
            }
            ready!(timer.as_mut().poll(cx));
            let now = Instant::now();
            match activity.deadline() {
                Some(deadline) if deadline <= now => return Poll::Ready(Err(Late)),
                deadline => timer.as_mut().reset(deadline.unwrap_or(now + RECHECK_INTERVAL)),
            }
        }
    })
    .await
}

async fn answer(
    request: Request<Incoming>,
    peer: SocketAddr,
    activity: Arc<Activity>,
    connections: Connections,
    router: Router,
) -> Result<Response<Answer>, Infallible> {
    let mut exchange = activity.begin_request();
    let answer = if has_one_host(&request) {
        let head_bytes = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        let request = request.map(|body| received(body, head_bytes, &activity, connections));
        let Ok(answer) = router.oneshot(identified(request, peer)).await;
        answer
    } else {
        (StatusCode::BAD_REQUEST, "An HTTP/1.1 request must have exactly one Host header.\n").into_response()
    };
    exchange.begin_answer();
    Ok(answer.map(|body| Answer { body, exchange }))
}

/// Whether it is clear which host is asked (RFC 9112, 3.2).
fn has_one_host(request: &Request<Incoming>) -> bool {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    match request.version() {
        Version::HTTP_11 => hosts == 1,
        _ => hosts <= 1,
    }
}

/// Notes who asks. HTTP/2 names the host in the address: from here on it is a header for both.
fn identified(mut request: Request<Body>, peer: SocketAddr) -> Request<Body> {
    let named = request.uri().authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok());
    if let Some(host) = named {
        request.headers_mut().insert(header::HOST, host);
    }
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

/// Marks the body as arriving; until it has arrived, the head takes memory as well.
fn received(body: Incoming, head_bytes: usize, activity: &Arc<Activity>, connections: Connections) -> Body {
    if body.is_end_stream() {
        return Body::empty();
    }
    connections.hold_bytes(activity, head_bytes);
    let upload = activity.begin_upload();
    Body::new(Arriving { body, held: head_bytes, connections, activity: activity.clone(), _upload: upload })
}

/// The body of a request while it arrives.
struct Arriving {
    body: Incoming,
    held: usize,
    connections: Connections,
    activity: Arc<Activity>,
    _upload: Upload,
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()) {
            self.held += data.len();
            self.connections.hold_bytes(&self.activity, data.len());
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.connections.release_bytes(&self.activity, self.held);
    }
}

/// The body of an answer, which ends the exchange.
struct Answer {
    body: Body,
    exchange: Exchange,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()) {
            self.exchange.note_sent(data.len());
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
