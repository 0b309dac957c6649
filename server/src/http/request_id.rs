//! A name for every request: in the lines of the log, in the answer's header, and where something went wrong.

use super::{Server, peer};
use app::ssr::RequestId;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use domain::Env;
use std::net::SocketAddr;
use tokio::time::Instant;
use tracing::{Instrument, Span, field};

/// Where proxies write the name that they have given, and where the answer tells it.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Maximum length of a method in the log.
const METHOD_LEN: usize = 16;

/// The span in which all lines of a request stand.
#[derive(Clone)]
struct Lines(Span);

/// Names a request, and writes down how it ended.
///
/// The route is logged and never the address, since there are secrets in addresses: of invitations, resets, webhooks.
pub async fn name(State(server): State<Server>, mut request: Request, next: Next) -> Response {
    let id = given(&request, &server).unwrap_or_else(|| fresh(&server.env));
    // Of this level, so that every line that is logged at all bears the name.
    let span = tracing::error_span!("request", %id, method = method(&request), route = field::Empty);
    tell_route(&span, request.extensions());
    request.extensions_mut().insert(id.clone());
    request.extensions_mut().insert(Lines(span.clone()));
    let begun = Instant::now();
    let mut answer = next.run(request).instrument(span.clone()).await;
    span.in_scope(|| log(&answer, begun));
    let value = HeaderValue::from_str(id.as_str()).expect("a name is of plain letters");
    answer.headers_mut().insert(REQUEST_ID, value);
    answer
}

/// The beginning of the method: a client may invent one of many kilobytes.
fn method(request: &Request) -> &str {
    let method = request.method().as_str();
    method.get(..METHOD_LEN).unwrap_or(method)
}

/// Tells the route of a router within the router.
pub async fn at_route(request: Request, next: Next) -> Response {
    if let Some(Lines(span)) = request.extensions().get() {
        tell_route(span, request.extensions());
    }
    next.run(request).await
}

fn tell_route(span: &Span, extensions: &Extensions) {
    if let Some(route) = extensions.get::<MatchedPath>() {
        span.record("route", route.as_str());
    }
}

fn log(answer: &Response, begun: Instant) {
    let (status, ms) = (answer.status().as_u16(), begun.elapsed().as_millis());
    if answer.status().is_server_error() {
        tracing::warn!(status, ms, "A request failed");
    } else {
        tracing::debug!(status, ms, "A request was answered");
    }
}

/// The name that a trusted proxy has given; anybody else's word could be meant to mislead whoever reads the log.
fn given(request: &Request, server: &Server) -> Option<RequestId> {
    let ConnectInfo(end) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    of(request.headers()).filter(|_| peer::is_trusted(end.ip(), &server.proxies))
}

fn of(headers: &HeaderMap) -> Option<RequestId> {
    RequestId::parse(headers.get(REQUEST_ID)?.to_str().ok()?)
}

/// Sixteen digits: enough to find one among a year's, and short enough to be read out.
fn fresh(env: &Env) -> RequestId {
    let (high, _) = env.random.uuid().as_u64_pair();
    RequestId::parse(&format!("{high:016x}")).expect("sixteen digits are a name")
}
