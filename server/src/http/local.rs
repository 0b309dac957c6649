//! Detects requests from this machine, which may create the first account.

use super::{Network, Server, gate};
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Version, request::Parts};
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

/// True for a request from this machine to this machine, which no proxy passed on.
#[derive(Clone, Copy, Debug)]
pub struct IsLocal(pub bool);

impl FromRequestParts<Server> for IsLocal {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Infallible> {
        let ConnectInfo(end) = parts.extensions.get::<ConnectInfo<SocketAddr>>().expect("every server is made with it");
        let asked = gate::asked(&parts.headers, &parts.uri);
        // Old proxies ask by HTTP/1.0 and say nothing about themselves.
        let is_direct = parts.version >= Version::HTTP_11 && !is_forwarded(&parts.headers);
        let is_here = end.ip().to_canonical().is_loopback() && asked.is_some_and(is_this_machine);
        Ok(Self(is_here && is_direct && server.is_for_this_machine))
    }
}

/// Whether nothing in the configuration says that others reach the server. A proxy need not say in its requests that it is one.
pub fn is_for_this_machine(addr: SocketAddr, proxies: &[Network], origin: Option<&str>) -> bool {
    let is_origin_here = origin.is_none_or(|origin| is_this_machine(host_of(origin)));
    addr.ip().to_canonical().is_loopback() && proxies.is_empty() && is_origin_here
}

/// Tells pages and server functions.
pub async fn note(State(server): State<Server>, request: Request) -> Request {
    let (mut parts, body) = request.into_parts();
    let Ok(IsLocal(is_local)) = IsLocal::from_request_parts(&mut parts, &server).await;
    parts.extensions.insert(app::ssr::IsLocal(is_local));
    Request::from_parts(parts, body)
}

/// Whether a header says that the request was passed on.
fn is_forwarded(headers: &HeaderMap) -> bool {
    let names = |name: &str| ["forwarded", "via", "x-real-ip"].contains(&name) || name.starts_with("x-forwarded-");
    headers.keys().any(|name| names(name.as_str()))
}

fn host_of(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

/// Whether a host, with or without a port, is this machine. A name that somebody else's DNS leads here is not.
fn is_this_machine(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host();
    let ip = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_an_address_or_localhost() {
        for here in ["localhost", "LOCALHOST:3000", "127.0.0.1:3000", "127.8.9.1", "[::1]:3000", "[::ffff:127.0.0.1]"] {
            assert!(is_this_machine(here), "{here}");
        }
        for elsewhere in ["chat.example.org", "localhost.example.org", "192.0.2.7:3000", "[2001:db8::7]", "", "::1:3"] {
            assert!(!is_this_machine(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn a_server_for_this_machine_listens_there_and_has_neither_proxies_nor_another_origin() {
        let is_here = |addr: &str, proxies: &[&str], origin| {
            let proxies: Vec<Network> = proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
            is_for_this_machine(addr.parse().unwrap(), &proxies, origin)
        };
        assert!(is_here("127.0.0.1:3000", &[], None));
        assert!(is_here("[::1]:3000", &[], Some("http://localhost:3000")));
        assert!(!is_here("0.0.0.0:3000", &[], None));
        assert!(!is_here("[::]:3000", &[], None));
        assert!(!is_here("192.0.2.7:3000", &[], Some("http://localhost:3000")));
        assert!(!is_here("127.0.0.1:3000", &["127.0.0.1"], None));
        assert!(!is_here("127.0.0.1:3000", &[], Some("https://chat.example.org")));
    }

    #[test]
    fn a_proxy_is_known_by_its_headers() {
        for name in ["x-forwarded-for", "X-Forwarded-Proto", "forwarded", "via", "x-real-ip"] {
            let headers = HeaderMap::from_iter([(name.to_ascii_lowercase().parse().unwrap(), "x".parse().unwrap())]);
            assert!(is_forwarded(&headers), "{name}");
        }
        assert!(!is_forwarded(&HeaderMap::from_iter([("x-request-id".parse().unwrap(), "x".parse().unwrap())])));
    }
}
