//! Connections that say nothing, little or too much, on every listener (promise S16).

use super::pebble::free_addr;
use super::program::{Program, trusting};
use crate::live::support::{Browser, PATIENCE, within};
use futures::future::join_all;
use protocol::{Command, Event};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{interval, timeout};
use tokio_rustls::TlsConnector;

/// More than the connections of all addresses together (server/src/listener/connections.rs).
const MANY: usize = 2_000;

/// Fewer files than the connections that the server allows.
const FILES: usize = 400;

/// Deadlines of ten seconds, and what a busy machine takes beside them.
const DEADLINE: Duration = Duration::from_secs(30);

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// A server by plain HTTP, and one by TLS with its listeners for redirects and metrics.
struct Listeners {
    plain: Program,
    encrypted: Program,
    all: [(&'static str, SocketAddr); 4],
}

impl Listeners {
    async fn start() -> Self {
        let (redirect, metrics) = (free_addr(), free_addr());
        let settings = [("NATTER_HTTP_REDIRECT", redirect.to_string()), ("NATTER_METRICS_ADDR", metrics.to_string())];
        let encrypted = Program::encrypted(&settings.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
        let plain = Program::start(TempDir::new().unwrap(), &[]).await;
        let all = [("plain", plain.addr), ("tls", encrypted.addr), ("redirect", redirect), ("metrics", metrics)];
        Self { plain, encrypted, all }
    }

    async fn connect(&self, addr: SocketAddr) -> Box<dyn Wire> {
        let tcp = TcpStream::connect(addr).await.unwrap();
        if addr != self.encrypted.addr {
            return Box::new(tcp);
        }
        let trusting = trusting(&self.encrypted.folder().join("server.crt"), &[b"http/1.1"]);
        let connector = TlsConnector::from(Arc::new(trusting));
        Box::new(within("a handshake", connector.connect(addr.ip().into(), tcp)).await.unwrap())
    }
}

/// A connection from another address of this machine.
async fn from_host(host: u8, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::new(127, 0, 3, host), 0).into()).unwrap();
    socket.connect(to).await.unwrap()
}

async fn ends(wire: &mut (impl AsyncRead + Unpin)) {
    let mut answer = Vec::new();
    while wire.read_buf(&mut answer).await.is_ok_and(|read| read > 0) {}
}

#[tokio::test]
async fn an_unfinished_head_ends_on_every_listener() {
    let listeners = Listeners::start().await;
    let unfinished = listeners
        .all
        .iter()
        .flat_map(|(name, addr)| ["", "G", "GET / HTTP/1.1\r\nhost: localhost\r\n"].map(|head| (*name, *addr, head)));
    let begun = Instant::now();
    let connections = unfinished.map(async |(name, addr, head)| {
        let mut wire = listeners.connect(addr).await;
        wire.write_all(head.as_bytes()).await.unwrap();
        let ended = timeout(DEADLINE, ends(&mut wire)).await;
        assert!(ended.is_ok(), "{name} waits on after {head:?}");
        assert!(begun.elapsed() > Duration::from_secs(5), "{name} leaves no time after {head:?}");
    });
    join_all(connections).await;
}

#[tokio::test]
async fn a_head_of_one_byte_a_second_ends_on_every_listener() {
    let listeners = Listeners::start().await;
    let dripping = listeners.all.iter().map(async |(name, addr)| {
        let (mut reading, mut writing) = tokio::io::split(listeners.connect(*addr).await);
        let drip = async {
            let mut second = interval(Duration::from_secs(1));
            for byte in b"GET / HTTP/1.1\r\nhost: localhost\r\nx: yyyyyyyyyyyyyyyyyyy".iter().cycle() {
                second.tick().await;
                if writing.write_all(&[*byte]).await.is_err() || writing.flush().await.is_err() {
                    break;
                }
            }
        };
        let ended = timeout(DEADLINE, async {
            tokio::select! { () = drip => {}, () = ends(&mut reading) => {} }
        });
        assert!(ended.await.is_ok(), "{name}");
    });
    join_all(dripping).await;
}

#[tokio::test]
async fn a_head_of_more_than_32_kib_is_refused_on_every_listener() {
    let listeners = Listeners::start().await;
    for (name, addr) in listeners.all {
        for (len, is_refused) in [(30_000, false), (34_000, true)] {
            let mut wire = listeners.connect(addr).await;
            let head = format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n", "x".repeat(len));
            // The refusal may come before the end of the head.
            let _ = wire.write_all(head.as_bytes()).await;
            let mut status = [0; 12];
            within("an answer", wire.read_exact(&mut status)).await.unwrap();
            assert_eq!(status.ends_with(b" 431"), is_refused, "{name}: {}", String::from_utf8_lossy(&status));
        }
    }
}

#[tokio::test]
async fn silent_connections_lock_nobody_out_and_end_no_socket() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let listeners = Listeners::start().await;
    let visitor = Browser::new(listeners.plain.addr.into());
    let ines = visitor.registers("ines").await;
    let mut socket = ines.socket().await;
    let mut silent = Vec::new();
    for (_, addr) in listeners.all {
        // From one address, as those who are to be answered, and from many.
        for n in 0..MANY / 2 {
            let host = if n % 2 == 0 { None } else { Some((n % 200) as u8) };
            silent.push(match host {
                None => TcpStream::connect(addr).await.unwrap(),
                Some(host) => from_host(host, addr).await,
            });
        }
    }
    let begun = Instant::now();
    for here in [Ipv4Addr::LOCALHOST, Ipv4Addr::new(127, 0, 4, 1)] {
        let late = Browser::at(Some(IpAddr::from(here)), listeners.plain.addr.into());
        assert_eq!(late.logs_in("ines").await.get("/rooms").await.status, 200);
    }
    assert_eq!(listeners.encrypted.stranger().get("/login").await.status, 200);
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    assert_eq!(socket.ask(Command::Ping).await, Event::Pong);
    drop(silent);
}

#[tokio::test]
async fn silent_connections_lock_nobody_out_when_no_file_is_left() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let server = Program::start(TempDir::new().unwrap(), &[]).await;
    Browser::new(server.addr.into()).registers("ines").await;
    server.limit_files(FILES);
    let mut silent = Vec::new();
    for n in 0..2 * FILES {
        silent.push(from_host((n % 200) as u8 + 1, server.addr).await);
    }
    let late = Browser::new(server.addr.into()).logs_in("ines").await;
    assert_eq!(late.get("/rooms").await.status, 200);
    drop(silent);
}

#[tokio::test]
async fn large_unfinished_heads_take_little_memory_and_hold_nobody_up() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let server = Program::start(TempDir::new().unwrap(), &[]).await;
    Browser::new(server.addr.into()).registers("ines").await;
    let before = server.resident();
    let head = format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {}", "x".repeat(31_000));
    let mut unfinished = Vec::new();
    for n in 0..MANY {
        let mut tcp = from_host((n % 16) as u8 + 1, server.addr).await;
        tcp.write_all(head.as_bytes()).await.unwrap();
        unfinished.push(tcp);
    }
    let late = Browser::new(server.addr.into()).logs_in("ines").await;
    assert_eq!(late.get("/rooms").await.status, 200);
    let grown = server.resident().saturating_sub(before) / 1_000_000;
    assert!(grown < 90, "{grown} MB");
    drop(unfinished);
}
