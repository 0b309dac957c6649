use axum::Router;
use axum::extract::{Request, State};
use axum::http::uri::{Authority, PathAndQuery};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Where https is spoken.
#[derive(Clone)]
struct Home {
    origin: Option<String>,
    port: u16,
}

/// Sends whoever asks by plain http to the same place at `origin`; where that is not set, at the host that was asked
/// and the port on which https is spoken.
pub fn to_https(origin: Option<String>, port: u16) -> Router {
    Router::new().fallback(redirect).with_state(Home { origin, port })
}

async fn redirect(State(home): State<Home>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    match home.address(request.headers()) {
        Some(origin) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, origin + path)]).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

impl Home {
    fn address(&self, headers: &HeaderMap) -> Option<String> {
        if let Some(origin) = &self.origin {
            return Some(origin.clone());
        }
        let host = Authority::try_from(headers.get(header::HOST)?.as_bytes()).ok()?;
        // What stands before an @ is no host.
        let name = Some(host.host()).filter(|name| !name.is_empty() && !host.as_str().contains('@'))?;
        Some(if self.port == 443 { format!("https://{name}") } else { format!("https://{name}:{}", self.port) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(origin: Option<&str>, port: u16, host: &str) -> Option<String> {
        let headers = HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]);
        Home { origin: origin.map(str::to_owned), port }.address(&headers)
    }

    #[test]
    fn browsers_are_sent_to_the_host_that_they_asked() {
        assert_eq!(address(None, 443, "chat.example.org").unwrap(), "https://chat.example.org");
        assert_eq!(address(None, 443, "chat.example.org:80").unwrap(), "https://chat.example.org");
        assert_eq!(address(None, 8443, "[::1]:8080").unwrap(), "https://[::1]:8443");
    }

    #[test]
    fn a_configured_origin_is_the_only_place_to_go() {
        let origin = Some("https://chat.example.org");
        assert_eq!(address(origin, 8443, "evil.example.org").unwrap(), "https://chat.example.org");
    }

    #[test]
    fn what_is_no_host_is_not_repeated() {
        for odd in ["", "a@b", "a/b", "a b"] {
            assert_eq!(address(None, 443, odd), None, "{odd}");
        }
    }
}
