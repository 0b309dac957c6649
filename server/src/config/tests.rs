use super::*;
use crate::cli::{CommandLine, Stop};
use crate::ws::Rate;
use domain::ports::Limit;
use std::ffi::OsString;
use std::time::Duration;

fn read(flags: &[&str], environment: &[(&str, &str)]) -> Result<Config, Stop> {
    let flags = std::iter::once("natter").chain(flags.iter().copied()).map(OsString::from);
    let environment = environment.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    CommandLine::read(flags, environment).map(|line| line.config)
}

fn refusal(flags: &[&str], environment: &[(&str, &str)]) -> String {
    let stop = read(flags, environment).unwrap_err();
    assert_eq!(stop.code, 2);
    assert_eq!(stop.message.lines().count(), 1, "{}", stop.message);
    stop.message
}

#[test]
fn without_a_word_it_serves_this_machine_from_the_data_folder() {
    let config = read(&[], &[]).unwrap();
    assert_eq!(config.addr.to_string(), "127.0.0.1:3000");
    assert_eq!(config.database_url(), "sqlite:./data/natter.db");
    assert_eq!(config.limits.rate(), Rate { burst: 20, per_minute: 120 });
}

#[test]
fn a_malformed_value_stops_the_start_with_one_sentence() {
    for bad in ["here", "3000", ":3000", "localhost", "localhost:web", "chat.example.org:3000"] {
        let sentence = refusal(&["--addr", bad], &[]);
        assert!(sentence.contains("--addr") && sentence.contains("127.0.0.1:3000"), "{sentence}");
    }
    assert!(refusal(&["--registration", "maybe"], &[]).contains("maybe"));
    assert!(refusal(&["--colour"], &[]).contains("--colour"));
    for bad in ["chat.example.org", "ftp://x", "https://x/path", "https://a@b", "https://x:99999", "https://x:", "null"]
    {
        assert!(refusal(&["--origin", bad], &[]).contains("https://chat.example.org"), "{bad}");
    }
}

#[test]
fn limits_are_on_and_nobody_is_believed_unless_it_is_said() {
    let config = read(&[], &[]).unwrap();
    let send = config.limits.quotas().unwrap().of(Limit::Send);
    assert_eq!((send.burst, send.every), (20, Duration::from_millis(500)));
    assert!(config.trusted_proxies.is_empty());
    assert!(read(&["--limits", "off"], &[]).unwrap().limits.quotas().is_none());
    assert_eq!(read(&["--trusted-proxies", "127.0.0.1,10.0.0.0/8, fd00::/8"], &[]).unwrap().trusted_proxies.len(), 3);
    assert!(refusal(&["--trusted-proxies", "127.0.0.1,nginx"], &[]).contains("10.0.0.0/8"));
}

#[test]
fn an_unknown_setting_stops_the_start() {
    assert!(refusal(&[], &[("NATTER_ADR", "x")]).contains("NATTER_ADR"));
    assert!(read(&[], &[("NATTERING", "x"), ("PATH", "y")]).is_ok());
}

#[test]
fn sqlite_serves_one_node_only() {
    let sentence = refusal(&["--redis-url", "redis://localhost"], &[]);
    assert!(sentence.contains("SQLite serves one") && sentence.contains("postgres://"), "{sentence}");
}

#[test]
fn several_nodes_meet_at_a_redis_address() {
    let read = |url| self::read(&["--database-url", "postgres://localhost/natter", "--redis-url", url], &[]);
    for good in ["redis://localhost", "rediss://:pass@redis.example.org:6380/1"] {
        assert!(read(good).is_ok(), "{good}");
    }
    for bad in ["localhost:6379", "http://:secret@localhost", "redis://", "redis://:secret@host:port"] {
        let sentence = read(bad).unwrap_err().message;
        assert!(sentence.contains("redis://host:port") && !sentence.contains("secret"), "{sentence}");
    }
}

#[test]
fn the_database_is_one_that_there_is() {
    for url in ["sqlite:here.db", "postgres://localhost/natter", "postgresql:///natter?host=/run/postgresql"] {
        assert_eq!(read(&["--database-url", url], &[]).unwrap().database_url(), url);
    }
    for url in ["natter.db", "mysql://localhost/natter", "postgres"] {
        assert!(refusal(&["--database-url", url], &[]).contains("postgres://"), "{url}");
    }
}

#[test]
fn a_certificate_needs_its_key_and_an_origin_that_is_https() {
    let files = ["--tls-cert", "crt", "--tls-key", "key"];
    assert!(read(&files, &[("NATTER_ORIGIN", "https://chat.example.org")]).is_ok());
    assert!(refusal(&files[..2], &[]).contains("NATTER_TLS_KEY is missing"));
    assert!(refusal(&files[2..], &[]).contains("NATTER_TLS_CERT is missing"));
    let plain = refusal(&[&files[..], &["--origin", "http://chat.example.org"]].concat(), &[]);
    assert!(plain.contains("NATTER_ORIGIN is http://chat.example.org"), "{plain}");
    let acme = ["--acme-domain", "chat.example.org, Talk.example.org"];
    assert!(read(&acme, &[]).is_ok());
    assert!(refusal(&[acme, ["--tls-cert", "crt"], ["--tls-key", "key"]].concat(), &[]).contains("one of them"));
    let nodes = ["--database-url", "postgres:///x", "--redis-url", "redis://x"];
    assert!(refusal(&[&acme[..], &nodes].concat(), &[]).contains("is for one node"));
    assert!(refusal(&["--acme-email", "a@example.org"], &[]).contains("NATTER_ACME_DOMAIN, which is not set"));
    for bad in ["*.example.org", "localhost", "127.0.0.1", "chat.example.org:443", "", "a..org", "https://a.org"] {
        assert!(refusal(&["--acme-domain", bad], &[]).contains("acme-domain"), "{bad}");
    }
    assert!(refusal(&["--http-redirect", "127.0.0.1:80"], &[]).contains("NATTER_TLS_CERT"));
}

#[test]
fn an_origin_is_written_as_browsers_write_it() {
    for (written, expected) in [
        ("https://Chat.example.org/", "https://chat.example.org"),
        ("HTTPS://chat.example.org:443", "https://chat.example.org"),
        ("http://chat.example.org:80/", "http://chat.example.org"),
        ("https://chat.example.org:80", "https://chat.example.org:80"),
        ("http://[2001:DB8::1]:3000", "http://[2001:db8::1]:3000"),
    ] {
        let config = read(&["--origin", written, "--cors-origins", written], &[]).unwrap();
        assert_eq!(config.origin.as_deref(), Some(expected));
        assert_eq!(config.cors_origins, [expected]);
    }
}

#[test]
fn cookies_are_told_apart_by_the_port() {
    let port = |flags: &[&str]| read(flags, &[]).unwrap().cookie_port();
    assert_eq!(port(&[]), Some(3000));
    assert_eq!(port(&["--addr", "127.0.0.1:3001"]), Some(3001));
    assert_eq!(port(&["--addr", "0.0.0.0:80"]), None);
    assert_eq!(port(&["--addr", "127.0.0.1:3001", "--origin", "https://chat.example.org"]), None);
    assert_eq!(port(&["--origin", "https://chat.example.org:8443"]), Some(8443));
    let nodes = ["--database-url", "postgres://localhost/natter", "--addr", "127.0.0.1:3001"];
    assert_eq!(port(&nodes), None, "the others listen elsewhere");
}

#[test]
fn this_machine_has_a_name() {
    assert_eq!(read(&["--addr", "localhost:3001"], &[]).unwrap().addr.to_string(), "127.0.0.1:3001");
}

#[test]
fn a_path_is_taken_as_it_is_written() {
    for (path, url) in [
        ("a%20b", "sqlite:./a%2520b/natter.db"),
        ("what?now#here", "sqlite:./what%3Fnow%23here/natter.db"),
        ("file:x", "sqlite:./file%3Ax/natter.db"),
        ("//srv/natter", "sqlite:/srv/natter/natter.db"),
        ("../müll", "sqlite:./../m%C3%BCll/natter.db"),
    ] {
        assert_eq!(read(&["--data", path], &[]).unwrap().database_url(), url);
    }
}

#[test]
fn variables_that_kubernetes_makes_for_a_service_are_ignored() {
    let of = |service: &str| {
        ["SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP", "PORT", "PORT_3000_TCP", "PORT_3000_TCP_ADDR"]
            .map(|name| (format!("{service}_{name}"), "x".to_owned()))
    };
    for service in ["NATTER", "NATTER_REDIS"] {
        let variables = of(service);
        let variables: Vec<_> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert!(read(&[], &variables).is_ok(), "{service}");
        assert!(refusal(&[], &[&variables[..], &[("NATTER_ADR", "x")]].concat()).contains("NATTER_ADR"));
    }
    assert!(refusal(&[], &[("NATTER_PORT", "3000")]).contains("NATTER_PORT"), "nothing says that it is theirs");
}
