//! For whoever watches the server: `/healthz`, `/up`, `/readyz` and `/metrics`.

use super::{Doors, Server, headers};
use crate::metrics::{CONTENT_TYPE, Standing};
use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::map_response_with_state;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::time::timeout;

/// As long the database may take for an answer before it counts as away.
const PATIENCE: Duration = Duration::from_secs(1);

/// What proxies add to a request that they pass on.
const PASSED_ON: [&str; 6] =
    ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

/// The routes on the server's own address.
pub fn routes() -> Doors {
    let alive = || async { "ok\n" };
    // `/up` is where ONCE and other keepers of containers ask.
    let doors = Doors::new().get("/healthz", alive).get("/up", alive);
    doors.get("/readyz", readiness).get("/metrics", metrics_for_neighbours)
}

/// The metrics for whoever asks: for an address of their own.
pub fn metrics_router(server: &Server) -> Router {
    let (router, _) = Doors::new().get("/metrics", metrics).into_parts();
    router.layer(map_response_with_state(server.clone(), headers::add)).with_state(server.clone())
}

/// Counts what is answered.
pub async fn count(State(server): State<Server>, response: Response) -> Response {
    server.metrics.answered(response.status());
    response
}

/// One line for each fault; a bus that is down costs time and no message, so it leaves the server ready.
async fn readiness(State(server): State<Server>) -> Response {
    let mut faults = String::new();
    if server.is_stopping() {
        faults += "stopping\n";
    }
    if !is_database_up(&server).await {
        faults += "the database does not answer\n";
    }
    let is_degraded = server.bus.as_deref().is_some_and(|bus| !bus.is_connected());
    let degraded = if is_degraded { "the bus is down: news of other nodes comes late\n" } else { "" };
    match faults.as_str() {
        "" => format!("ready\n{degraded}").into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, faults + degraded).into_response(),
    }
}

/// The metrics for this machine only, unless they have an address of their own.
async fn metrics_for_neighbours(
    State(server): State<Server>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    if server.has_metrics_address || !is_neighbour(peer.ip(), &headers) {
        return StatusCode::NOT_FOUND.into_response();
    }
    metrics(State(server)).await
}

async fn metrics(State(server): State<Server>) -> Response {
    let standing = Standing {
        sockets: server.hub.sockets(),
        waiting: server.database.waiting(),
        is_database_up: is_database_up(&server).await,
        bus: server.bus.as_deref(),
    };
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], server.metrics.text(&standing)).into_response()
}

async fn is_database_up(server: &Server) -> bool {
    matches!(timeout(PATIENCE, server.database.ping()).await, Ok(Ok(())))
}

/// Whether somebody on this machine asks for themselves: not a proxy for the world, nor a page that has led a browser
/// here by a name of its own.
fn is_neighbour(peer: IpAddr, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let is_passed_on = PASSED_ON.iter().any(|name| headers.contains_key(*name));
    peer.to_canonical().is_loopback() && !is_passed_on && host.is_some_and(|host| is_loopback(host.host()))
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(peer: &str, headers: &[(&'static str, &str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        is_neighbour(peer.parse().unwrap(), &headers)
    }

    #[test]
    fn only_this_machine_is_told_the_metrics() {
        for host in ["127.0.0.1:3000", "127.0.0.2", "localhost:3000", "LOCALHOST", "[::1]:3000"] {
            for peer in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
                assert!(asks(peer, &[("host", host)]), "{peer} {host}");
            }
            for peer in ["192.168.1.7", "::ffff:10.0.0.1", "2001:db8::1", "0.0.0.0"] {
                assert!(!asks(peer, &[("host", host)]), "{peer} {host}");
            }
        }
        for host in ["chat.example.org", "127.0.0.1.evil.org", "10.0.0.1:3000", "localhost.evil.org", ""] {
            assert!(!asks("127.0.0.1", &[("host", host)]), "{host}");
        }
        assert!(!asks("127.0.0.1", &[]));
        for name in PASSED_ON {
            assert!(!asks("127.0.0.1", &[("host", "localhost"), (name, "127.0.0.1")]), "{name}");
        }
    }
}
