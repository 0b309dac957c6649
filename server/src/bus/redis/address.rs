use redis::{Client, ConnectionAddr, IntoConnectionInfo, ProtocolVersion, RedisResult};

/// Why an address is not used. It never repeats the address, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write redis://host:port, or rediss:// for TLS, with user:password@ before the host where Redis asks for them")]
pub struct Malformed;

/// Reads a `redis://` or `rediss://` URL; nothing is connected yet.
///
/// A database number, as path or as `?db=`, is accepted: Redis publishes across its databases.
///
/// # Errors
/// [`Malformed`]
pub fn client(url: &str) -> Result<Client, Malformed> {
    if !url.starts_with("redis://") && !url.starts_with("rediss://") {
        return Err(Malformed);
    }
    let info = url.into_connection_info().map_err(|_| Malformed)?;
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let settings = match form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "db") {
        Some((_, number)) => info.redis_settings().clone().set_db(number.parse().map_err(|_| Malformed)?),
        None => info.redis_settings().clone(),
    };
    if matches!(info.addr(), ConnectionAddr::TcpTls { insecure: true, .. }) {
        return Err(Malformed);
    }
    Client::open(info.set_redis_settings(settings)).map_err(|_| Malformed)
}

/// The same client with what Natter relies on: RESP3, in which one connection can subscribe, ping and hear; no wait for
/// a fuller packet; and a provider of cryptography.
pub(crate) fn tuned(client: &Client) -> RedisResult<Client> {
    // Without a choice made here, rustls panics as soon as a second provider is compiled in. An earlier choice stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let info = client.get_connection_info().clone();
    let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    let tcp = info.tcp_settings().clone().set_nodelay(true);
    Client::open(info.set_redis_settings(settings).set_tcp_settings(tcp))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redis_addresses_are_understood_with_their_parts() {
        let client = client("rediss://natter:s%40cret@redis.example.org:6380/2").unwrap();
        let info = client.get_connection_info();
        assert_eq!(info.addr().to_string(), "redis.example.org:6380");
        let settings = info.redis_settings();
        assert_eq!((settings.username(), settings.password(), settings.db()), (Some("natter"), Some("s@cret"), 2));
        let by_name = super::client("redis://127.0.0.1/?db=3").unwrap();
        assert_eq!(by_name.get_connection_info().redis_settings().db(), 3);
    }

    #[test]
    fn what_is_no_address_is_refused_without_repeating_it() {
        for bad in [
            "",
            "localhost:6379",
            "http://localhost",
            "unix:///run/redis.sock",
            "redis://",
            "redis://host:port",
            "redis://host/x",
            "redis://host/?db=x",
            "rediss://host/#insecure",
        ] {
            assert_eq!(client(bad).err(), Some(Malformed), "{bad}");
        }
    }
}
