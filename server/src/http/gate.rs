//! Who may speak in a browser's name: requests that change something, and sockets, must come from our own pages.

use super::Server;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header, request::Parts};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

const REFUSED: &str = "This request came from another site. Open Natter at its own address and try again.\n";

/// Proof that a socket's `Origin` is our own (promise S1): a page elsewhere would bring the person's cookie along.
pub struct Gate(());

impl FromRequestParts<Server> for Gate {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Response> {
        match origin(&parts.headers) {
            Some(origin) if is_home(server, origin, &parts.headers) => Ok(Self(())),
            _ => Err((StatusCode::FORBIDDEN, REFUSED).into_response()),
        }
    }
}

/// Refuses what changes something unless the browser says that one of our pages asked (promise S8).
/// Browsers send `Origin` with every such request; `Sec-Fetch-Site` stands in where an extension removes it.
pub async fn same_site_only(State(server): State<Server>, request: Request, next: Next) -> Response {
    let is_safe =
        matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) || is_of_a_program(&request);
    let headers = request.headers();
    let is_own = match origin(headers) {
        Some(origin) => is_home(&server, origin, headers),
        None => headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin"),
    };
    if is_safe || is_own { next.run(request).await } else { (StatusCode::FORBIDDEN, REFUSED).into_response() }
}

/// A request to the API that lives by no cookie: what a browser adds by itself does not count there.
fn is_of_a_program(request: &Request) -> bool {
    let headers = request.headers();
    let brings_nothing = !headers.contains_key(header::COOKIE) || headers.contains_key(header::AUTHORIZATION);
    request.uri().path().starts_with("/api/") && brings_nothing
}

fn origin(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or("null"))
}

/// Whether an `Origin` is where people meet this server; one that speaks https has no pages elsewhere.
fn is_home(server: &Server, origin: &str, headers: &HeaderMap) -> bool {
    let is_spoken = !server.is_tls || origin.starts_with("https://");
    is_spoken && is_ours(origin, headers, server.origin.as_deref())
}

/// Whether an `Origin` is the configured one or, where none is configured, names the host that was asked.
fn is_ours(origin: &str, headers: &HeaderMap, configured: Option<&str>) -> bool {
    if let Some(configured) = configured {
        return origin == configured;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let asked = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    asked.is_some() && asked == host
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_origin_is_let_in() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "chat.example.org:3000".parse().unwrap());
        assert!(is_ours("http://chat.example.org:3000", &headers, None));
        for foreign in [
            "null",
            "",
            "http://chat.example.org",
            "http://chat.example.org:3001",
            "http://chat.example.org:3000.evil.org",
            "http://evil.org/chat.example.org:3000",
            "ftp://chat.example.org:3000",
            "chat.example.org:3000",
        ] {
            assert!(!is_ours(foreign, &headers, None), "{foreign}");
        }
        assert!(is_ours("https://chat.example.org", &headers, Some("https://chat.example.org")));
        assert!(!is_ours("http://chat.example.org:3000", &headers, Some("https://chat.example.org")));
        assert!(!is_ours("http://x", &HeaderMap::new(), None));
    }
}
