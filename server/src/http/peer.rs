//! Whose address a request comes from, also behind proxies.

use super::Server;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderName, request::Parts};
use domain::Address;
use ipnet::IpNet;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// Where each proxy appends the address that it was asked from.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// A network, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(IpNet);

impl Network {
    fn contains(&self, ip: IpAddr) -> bool {
        self.0.contains(&ip)
    }
}

impl FromStr for Network {
    type Err = &'static str;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        let address = || raw.trim().parse::<IpAddr>().map(IpNet::from);
        let network = raw.trim().parse().or_else(|_| address());
        network.map(Self).map_err(|_| "write addresses or networks such as 127.0.0.1,10.0.0.0/8")
    }
}

/// Who asks: the other end of the connection or, where that is a trusted proxy, whoever asked it.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub Address);

impl FromRequestParts<Server> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Infallible> {
        let ConnectInfo(end) = parts.extensions.get::<ConnectInfo<SocketAddr>>().expect("every server is made with it");
        Ok(Self(address(end.ip(), &parts.headers, &server.proxies)))
    }
}

/// Tells pages and server functions who asks.
pub async fn note(State(server): State<Server>, Peer(address): Peer, mut request: Request) -> Request {
    if server.proxies.is_empty() && address.ip().is_loopback() && request.headers().contains_key(FORWARDED_FOR) {
        warn_once();
    }
    request.extensions_mut().insert(address);
    request
}

/// Whether that address is one of the trusted proxies.
pub fn is_trusted(end: IpAddr, proxies: &[Network]) -> bool {
    let end = end.to_canonical();
    proxies.iter().any(|network| network.contains(end))
}

/// Follows the way back, from the newest entry to the oldest, for as long as those who wrote it are trusted.
/// What a stranger has written stands before the entry that names the stranger, and is never reached.
fn address(end: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> Address {
    let mut known = end.to_canonical();
    let lines = headers.get_all(FORWARDED_FOR).iter().rev();
    let mut entries = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    while is_trusted(known, proxies) {
        let Some(before) = entries.next().and_then(read) else { break };
        known = before;
    }
    known.into()
}

/// An address, as some proxies write it with its port.
fn read(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = entry.trim_start_matches('[').trim_end_matches(']').parse();
    let ip = bare.or_else(|_| entry.parse().map(|with_port: SocketAddr| with_port.ip()));
    ip.ok().map(|ip| ip.to_canonical())
}

fn warn_once() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        tracing::warn!(
            "A proxy on this machine names people's addresses, and NATTER_TRUSTED_PROXIES does not name the proxy: \
             everybody who comes through it counts as one address"
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whom a request with these header lines comes from, when `proxies` are trusted.
    fn found(end: &str, lines: &[&str], proxies: &str) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        let proxies: Vec<_> =
            proxies.split(',').filter(|raw| !raw.is_empty()).map(|raw| raw.parse().unwrap()).collect();
        address(end.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn without_trust_only_the_connection_counts() {
        assert_eq!(found("203.0.113.9", &["198.51.100.1"], ""), "203.0.113.9");
        assert_eq!(found("127.0.0.1", &["198.51.100.1"], ""), "127.0.0.1");
        assert_eq!(found("203.0.113.9", &["198.51.100.1"], "127.0.0.1,10.0.0.0/8"), "203.0.113.9");
    }

    #[test]
    fn a_trusted_proxy_tells_who_asked_it() {
        assert_eq!(found("127.0.0.1", &["198.51.100.1"], "127.0.0.1"), "198.51.100.1");
        assert_eq!(found("::ffff:127.0.0.1", &["198.51.100.1"], "127.0.0.0/8"), "198.51.100.1");
        assert_eq!(found("::1", &["2001:db8::7"], "::1"), "2001:db8::7");
        assert_eq!(found("127.0.0.1", &[], "127.0.0.1"), "127.0.0.1");
    }

    #[test]
    fn what_a_stranger_claims_is_not_believed() {
        assert_eq!(found("127.0.0.1", &["127.0.0.1, 10.0.0.1, 198.51.100.1"], "127.0.0.1,10.0.0.0/8"), "198.51.100.1");
        assert_eq!(found("127.0.0.1", &["192.0.2.66", "198.51.100.1"], "127.0.0.1"), "198.51.100.1");
        assert_eq!(found("127.0.0.1", &["198.51.100.1", "192.0.2.66,10.1.1.1"], "127.0.0.1,10.0.0.0/8"), "192.0.2.66");
    }

    #[test]
    fn a_chain_of_trusted_proxies_is_followed_to_its_end() {
        assert_eq!(found("10.0.0.2", &["198.51.100.1, 10.0.0.3"], "10.0.0.0/8"), "198.51.100.1");
        assert_eq!(found("10.0.0.2", &["10.0.0.4, 10.0.0.3"], "10.0.0.0/8"), "10.0.0.4");
    }

    #[test]
    fn what_is_no_address_ends_at_the_proxy_that_passed_it_on() {
        for odd in ["unknown", "", "198.51.100.1, ", "198.51.100.1, ::1::", "_hidden", "1.2.3.4.5"] {
            assert_eq!(found("10.0.0.2", &[odd], "10.0.0.0/8"), "10.0.0.2", "{odd}");
        }
        assert_eq!(found("10.0.0.2", &["unknown, 10.0.0.3"], "10.0.0.0/8"), "10.0.0.3");
    }

    #[test]
    fn a_port_is_left_out() {
        for (entry, ip) in
            [("198.51.100.1:4711", "198.51.100.1"), ("[2001:db8::7]:4711", "2001:db8::7"), ("[::2]", "::2")]
        {
            assert_eq!(found("127.0.0.1", &[entry], "127.0.0.1"), ip);
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for bad in ["", "here", "10.0.0.0/33", "10.0.0", "*"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }
}
