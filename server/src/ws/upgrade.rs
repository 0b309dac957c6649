//! The request that becomes a socket (RFC 6455, 4.2.1), and what is told where it cannot.

use crate::http::Server;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::atomic::Ordering;

/// The request with the words that upgrade it by themselves: proxies add lines and words to these headers, and the
/// library reads the first line of each.
pub fn in_one_line(mut request: Request) -> Request {
    for (name, word) in [(header::CONNECTION, "upgrade"), (header::UPGRADE, "websocket")] {
        if has_word(request.headers(), &name, word) {
            request.headers_mut().insert(name, HeaderValue::from_static(word));
        }
    }
    request
}

/// Whether the key, if there is one, is of 16 bytes, which Base64 writes in 22 characters and two signs.
pub fn has_key(request: &Request) -> bool {
    request.headers().get_all(header::SEC_WEBSOCKET_KEY).iter().all(|key| {
        let digits = key.as_bytes().strip_suffix(b"==").unwrap_or_default();
        digits.len() == 22 && digits.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
    })
}

/// Tells a client that this address is for sockets; and the operator, once, of a proxy that took a browser's upgrade away.
pub fn not_a_handshake(server: &Server, request: &Request) -> Response {
    let is_stripped = lacks_upgrade(request.headers());
    if is_stripped && !server.has_lost_upgrades.swap(true, Ordering::Relaxed) {
        tracing::warn!("{STRIPPED}");
    }
    let text = if is_stripped { STRIPPED } else { "This address speaks WebSocket (RFC 6455, version 13) only." };
    let headers = [(header::UPGRADE, "websocket"), (header::SEC_WEBSOCKET_VERSION, "13")];
    (StatusCode::UPGRADE_REQUIRED, headers, format!("{text}\n")).into_response()
}

pub const STRIPPED: &str = "A WebSocket came without its Upgrade header: the proxy in front does not pass upgrades on, so \
    pages get no news; let it pass on Upgrade and Connection for /ws (docs/operations.md, Behind a proxy).";

/// Whether a browser's handshake has lost what upgrades it on the way: `Upgrade` and `Connection` end at each proxy that
/// does not know them, the rest is passed on.
fn lacks_upgrade(headers: &HeaderMap) -> bool {
    let is_of_browser = headers.contains_key(header::SEC_WEBSOCKET_KEY);
    let is_whole =
        has_word(headers, &header::CONNECTION, "upgrade") && has_word(headers, &header::UPGRADE, "websocket");
    is_of_browser && !is_whole
}

fn has_word(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|found| found.trim().eq_ignore_ascii_case(word))
}
