//! Who may speak in a browser's name: requests that change something, and sockets, must come from our own pages.

use super::Server;
use crate::config;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header, request::Parts};
use axum::response::{IntoResponse, Response};
use std::sync::{Mutex, PoisonError};

/// As many foreign origins are named in the log as this; whoever invents more says nothing new.
const NAMED: usize = 16;

const REFUSED: &str = "This request came from another site. Open Natter at its own address and try again.\n";

/// Proof that a socket's `Origin` is our own (promise S1): a page elsewhere would bring the person's cookie along.
pub struct Gate(());

impl FromRequestParts<Server> for Gate {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Response> {
        let asked = asked(&parts.headers, &parts.uri);
        match origin(&parts.headers) {
            Some(origin) if is_home(server, origin, asked) => Ok(Self(())),
            _ => Err(refused(&parts.headers, asked, server.origin.as_deref())),
        }
    }
}

/// Refuses what changes something unless the browser says that one of our pages asked (promise S8).
/// Browsers send `Origin` with every such request; `Sec-Fetch-Site` stands in where an extension removes it.
pub async fn same_site_only(State(server): State<Server>, request: Request) -> Result<Request, Response> {
    let is_safe =
        matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) || is_of_a_program(&request);
    let (headers, configured) = (request.headers(), server.origin.as_deref());
    let asked = asked(headers, request.uri());
    let is_own = match origin(headers) {
        Some(origin) => is_home(&server, origin, asked),
        None => site(headers) == Some("same-origin"),
    };
    if is_safe || is_own { Ok(request) } else { Err(refused(headers, asked, configured)) }
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

/// What the browser says of the site that asks.
fn site(headers: &HeaderMap) -> Option<&str> {
    headers.get("sec-fetch-site").map(|site| site.to_str().unwrap_or_default())
}

/// The host that was asked, with its port; HTTP/2 has it in the address.
pub(super) fn asked<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.or_else(|| uri.authority().map(|authority| authority.as_str()))
}

/// Whether an `Origin` is where people meet this server; one that speaks https has no pages elsewhere.
fn is_home(server: &Server, origin: &str, asked: Option<&str>) -> bool {
    let is_spoken = !server.is_tls || origin.starts_with("https://");
    is_spoken && is_ours(origin, asked, server.origin.as_deref())
}

/// Whether an `Origin` is the configured one or, where none is configured, names the host that was asked.
fn is_ours(origin: &str, asked: Option<&str>, configured: Option<&str>) -> bool {
    if let Some(configured) = configured {
        return origin == configured;
    }
    let (host, usual) = match origin.split_once("://") {
        Some(("http", host)) => (host, ":80"),
        Some(("https", host)) => (host, ":443"),
        _ => return false,
    };
    // Some proxies name the port of the scheme as well.
    asked.is_some_and(|asked| asked == host || asked.strip_suffix(usual) == Some(host))
}

/// Says what to mend where this may be one of our own pages, which stands at another address than was set.
/// A browser that says that another site has asked is believed; older ones, and sockets, say nothing.
fn refused(headers: &HeaderMap, asked: Option<&str>, configured: Option<&str>) -> Response {
    let words = match own_page(headers) {
        None => REFUSED.to_owned(),
        Some(origin) => {
            name_once(origin, asked, configured);
            remedy(origin, asked, configured)
        }
    };
    (StatusCode::FORBIDDEN, words).into_response()
}

/// The origin of what may be our own page: text that a browser writes for a page of the web, and that may be shown.
fn own_page(headers: &HeaderMap) -> Option<&str> {
    let is_elsewhere = site(headers).is_some_and(|site| site != "same-origin");
    let is_web = |origin: &&str| origin.len() <= 260 && config::origin(origin).is_ok_and(|read| read == *origin);
    origin(headers).filter(|origin| !is_elsewhere && is_web(origin))
}

fn remedy(origin: &str, asked: Option<&str>, configured: Option<&str>) -> String {
    match (configured, asked) {
        (Some(ours), _) => format!(
            "This page stands at {origin}, and Natter takes what is sent from {ours} only. Open {ours} and try again. \
             If you run this server and {origin} is its right address, set NATTER_ORIGIN={origin} and start it anew.\n"
        ),
        (None, asked) => format!(
            "This page stands at {origin}, and Natter was asked as {}. If you run this server: a proxy changes the host \
             on the way. Set NATTER_ORIGIN={origin} and start Natter anew.\n",
            asked.unwrap_or("nobody")
        ),
    }
}

/// Tells whoever runs the server, once for each origin: sockets try again for ever.
fn name_once(origin: &str, asked: Option<&str>, configured: Option<&str>) {
    static NAMES: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if names.len() < NAMED && !names.iter().any(|known| known == origin) {
        names.push(origin.to_owned());
        tracing::warn!(
            origin,
            NATTER_ORIGIN = configured.unwrap_or("unset"),
            host = asked.unwrap_or_default(),
            "A form or socket was refused, because its page stands at another address than NATTER_ORIGIN says. If \
             people open Natter at `origin`, set NATTER_ORIGIN to that; else somebody's page tries to speak for them"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_origin_is_let_in() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "chat.example.org:3000".parse().unwrap());
        let (by_header, by_address) = (Uri::from_static("/"), Uri::from_static("https://chat.example.org:3000/"));
        let host = asked(&headers, &by_header);
        assert_eq!(asked(&HeaderMap::new(), &by_address), host);
        assert!(is_ours("http://chat.example.org:3000", host, None));
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
            assert!(!is_ours(foreign, host, None), "{foreign}");
        }
        assert!(is_ours("https://chat.example.org", host, Some("https://chat.example.org")));
        assert!(!is_ours("http://chat.example.org:3000", host, Some("https://chat.example.org")));
        assert!(!is_ours("http://x", None, None));
        assert!(is_ours("https://x", Some("x:443"), None) && is_ours("http://x", Some("x:80"), None));
        assert!(!is_ours("https://x", Some("x:80"), None) && !is_ours("http://x:443", Some("x"), None));
    }

    #[test]
    fn a_refusal_names_the_setting_unless_the_browser_says_that_a_stranger_asked() {
        let told = |origin: &str, site: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ORIGIN, origin.parse().unwrap());
            site.map(|site| headers.insert("sec-fetch-site", site.parse().unwrap()));
            own_page(&headers).is_some()
        };
        for site in [None, Some("same-origin")] {
            assert!(told("https://chat.example.org", site));
        }
        for site in ["cross-site", "same-site", "none", ""] {
            assert!(!told("https://chat.example.org", Some(site)), "{site}");
        }
        for odd in ["null", "", "https://a/<b>", "https://A.example", "javascript:alert(1)", &"https://x".repeat(90)] {
            assert!(!told(odd, None), "{odd}");
        }
    }

    #[test]
    fn the_remedy_holds_the_line_to_write() {
        let (page, ours) = ("https://chat.example.org", "https://old.example.org");
        let configured = remedy(page, Some("chat.example.org"), Some(ours));
        assert!(configured.contains("set NATTER_ORIGIN=https://chat.example.org and") && configured.contains(ours));
        let unset = remedy(page, Some("127.0.0.1:3000"), None);
        assert!(unset.contains("Set NATTER_ORIGIN=https://chat.example.org and") && unset.contains("127.0.0.1:3000"));
    }
}
