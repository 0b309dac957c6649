//! Those who do not speak TLS, or speak it slowly.

use super::program::{Program, trusting};
use crate::live::support::within;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// More than one address may have (server/src/listener/connections.rs).
const SILENT: usize = 1_100;

#[tokio::test]
async fn the_silent_hold_nobody_up() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let server = Program::encrypted(&[]).await;
    let ines = server.person("ines").await;
    let mut silent = Vec::new();
    for n in 0..SILENT {
        let mut line = TcpStream::connect(server.addr).await.unwrap();
        if n % 2 == 0 {
            // The beginning of a handshake.
            line.write_all(&[22, 3, 1, 2]).await.unwrap();
        }
        silent.push(line);
    }
    let begun = Instant::now();
    let late = server.stranger().logs_in("ines").await;
    assert_eq!(late.get("/rooms").await.status, 200);
    late.socket().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(ines.get("/rooms").await.status, 200);
    let mut oldest = silent.swap_remove(0);
    within("the oldest to give way", async { while oldest.read_u8().await.is_ok() {} }).await;
    drop(silent);
}

#[tokio::test]
async fn a_handshake_ends_after_a_while() {
    let server = Program::encrypted(&[]).await;
    let mut silent = TcpStream::connect(server.addr).await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(15), silent.read_u8()).await;
    assert!(ended.expect("an end").is_err());
}

#[tokio::test]
async fn who_speaks_plain_http_is_told_so() {
    let server = Program::encrypted(&[]).await;
    let mut plain = TcpStream::connect(server.addr).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    within("an answer", plain.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, "This port speaks https.\n");
    assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
}

#[tokio::test]
async fn what_is_no_tls_ends_its_own_line_only() {
    let server = Program::encrypted(&[]).await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let mut socket = ines.socket().await;
    let trusting = trusting(&server.folder().join("server.crt"), &[b"http/1.1"]);
    for nonsense in [&[0; 64][..], b"\x16\x03\x01\xff\xff nonsense", b"SSH-2.0-nobody\r\n"] {
        let mut line = TcpStream::connect(server.addr).await.unwrap();
        line.write_all(nonsense).await.unwrap();
        line.shutdown().await.unwrap();
        within("the end", async { while line.read_u8().await.is_ok() {} }).await;
    }
    // And in the middle of a session.
    let tcp = TcpStream::connect(server.addr).await.unwrap();
    let line = TlsConnector::from(Arc::new(trusting)).connect(server.addr.ip().into(), tcp).await.unwrap();
    let (mut tcp, _) = line.into_inner();
    tcp.write_all(&[0x17; 64]).await.unwrap();
    within("the end", async { while tcp.read_u8().await.is_ok() {} }).await;
    let room = ines.room_with(&[&jona]).await;
    socket.says(room, "still here").await;
    assert!(!server.log().contains("panicked"), "{}", server.log());
}
