//! Requests as no honest client writes them, byte by byte.

use super::support::{Person, Server, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The status of the answer to these bytes.
async fn status(server: &Server, bytes: &str) -> u16 {
    let mut tcp = TcpStream::connect(server.addr().get()).await.unwrap();
    tcp.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    within("an answer", tcp.read_exact(&mut answer)).await.unwrap();
    std::str::from_utf8(&answer).unwrap().strip_prefix("HTTP/1.").unwrap()[2..].parse().unwrap()
}

#[tokio::test]
async fn a_request_names_one_host() {
    let server = Server::start().await;
    for (status, head) in [
        (200, "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n"),
        (200, "GET /healthz HTTP/1.0\r\n\r\n"),
        (400, "GET /healthz HTTP/1.1\r\n\r\n"),
        (400, "GET /healthz HTTP/1.1\r\nhost: localhost\r\nhost: localhost\r\n\r\n"),
        (400, "GET /healthz HTTP/1.1\r\nhost: localhost\r\nHost: elsewhere\r\n\r\n"),
        (400, "GET /healthz HTTP/1.0\r\nhost: localhost\r\nhost: elsewhere\r\n\r\n"),
    ] {
        assert_eq!(self::status(&server, head).await, status, "{head}");
    }
}

#[tokio::test]
async fn a_socket_has_a_key_of_sixteen_bytes() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    for (status, key) in [
        (101, "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
        (426, ""),
        (400, "sec-websocket-key:\r\n"),
        (400, "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ\r\n"),
        (400, "sec-websocket-key: dGhlIHNhbXBsZSBub25jZSBhbmQ=\r\n"),
        (400, "sec-websocket-key: dGhlIHNhbXBsZSBub25jZ!==\r\n"),
    ] {
        let upgrade = "connection: upgrade\r\nupgrade: websocket\r\n";
        assert_eq!(self::status(&server, &handshake(&ines, &format!("{upgrade}{key}"))).await, status, "{key}");
    }
}

#[tokio::test]
async fn proxies_may_add_to_what_upgrades_a_socket() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let is_told = async || ines.get("/administration/server").await.body.contains("does not pass upgrades on");
    assert!(!is_told().await);
    for (status, upgrade) in [
        (101, "connection: keep-alive\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"),
        (101, "connection: keep-alive, Upgrade\r\nupgrade: WebSocket\r\n"),
        (101, "connection: upgrade\r\nconnection: te\r\nupgrade: h2c\r\nupgrade: websocket\r\n"),
        (426, "connection: keep-alive\r\nupgrade: websocket\r\n"),
        (426, "connection: upgrade\r\nupgrade: h2c\r\n"),
        (426, "connection: upgrades\r\nupgrade: websocket\r\n"),
        (426, ""),
    ] {
        let key = "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        assert_eq!(self::status(&server, &handshake(&ines, &format!("{upgrade}{key}"))).await, status, "{upgrade}");
        assert!(status == 426 || !is_told().await, "{upgrade}");
    }
    assert!(is_told().await);
}

fn handshake(person: &Person, lines: &str) -> String {
    let (host, cookie, origin) = (person.addr(), person.cookie(), person.origin());
    format!(
        "GET /ws HTTP/1.1\r\nhost: {host}\r\nsec-websocket-version: 13\r\n{lines}cookie: {cookie}\r\n\
         origin: {origin}\r\n\r\n"
    )
}
