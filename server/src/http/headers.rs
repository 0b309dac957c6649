//! The headers that every answer carries.

use super::Server;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;

/// For answers that are not pages: nothing may load, nothing may frame them.
const CLOSED: &str = "default-src 'none'; frame-ancestors 'none'";

/// For a page without scripts and forms: its style and its icon, and nothing else.
pub const STATIC_PAGE: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
                               frame-ancestors 'none'; form-action 'none'";

/// What Natter never asks a browser for; only names that browsers know, since they complain about others.
const NOT_NEEDED: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
                          hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

/// Two years, as browsers' preload lists ask for; other names of the domain are its owner's to decide.
const HTTPS_ONLY: &str = "max-age=63072000";

/// Adds what an answer does not carry already. What is not marked as public is personal, and kept by nobody.
pub async fn add(State(server): State<Server>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    set(headers, header::CONTENT_SECURITY_POLICY, CLOSED);
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::X_FRAME_OPTIONS, "DENY");
    set(headers, header::REFERRER_POLICY, "same-origin");
    set(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(headers, HeaderName::from_static("permissions-policy"), NOT_NEEDED);
    set(headers, header::CACHE_CONTROL, "no-store");
    if server.is_secure() {
        set(headers, header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
        secure_cookies(headers);
    }
    response
}

/// The policy of a page whose own scripts carry this nonce.
pub fn page_policy(nonce: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; img-src 'self' data:; \
         connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// The pages that set a cookie do not know how browsers reach the server.
fn secure_cookies(headers: &mut HeaderMap) {
    let is_secure = |cookie: &str| cookie.split(';').any(|part| part.trim().eq_ignore_ascii_case("secure"));
    let cookies: Vec<_> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        let plain = cookie.to_str().ok().filter(|cookie| !is_secure(cookie));
        let secured = plain.and_then(|cookie| HeaderValue::try_from(format!("{cookie}; Secure")).ok());
        headers.append(header::SET_COOKIE, secured.unwrap_or(cookie));
    }
}
