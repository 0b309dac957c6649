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
        assert_eq!(self::status(&server, &upgrade(&ines, key)).await, status, "{key}");
    }
}

fn upgrade(person: &Person, key: &str) -> String {
    let (host, cookie, origin) = (person.addr(), person.cookie(), person.origin());
    format!(
        "GET /ws HTTP/1.1\r\nhost: {host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\n{key}cookie: {cookie}\r\norigin: {origin}\r\n\r\n"
    )
}
