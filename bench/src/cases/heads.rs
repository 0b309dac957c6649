//! Whether request heads that never end take memory, and whether others are answered meanwhile (promise S16).

use crate::figure::{Bound, Figure};
use crate::natter::Natter;
use crate::people;
use crate::tally::{Latency, histogram, micros};
use anyhow::Result;
use reqwest::Client;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Instant;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

const HEADS: usize = 4_000;

/// A little less than a head may have.
const HEAD_BYTES: usize = 31_000;

/// Addresses of this machine that the heads come from.
const ADDRESSES: usize = 8;

/// Requests of others after the heads.
const REQUESTS: usize = 100;

pub async fn run() -> Result<Vec<Figure>> {
    let natter = Natter::start_limited(&people::prepared().await?).await?;
    let addr = natter.process.addr();
    let head = format!("GET / HTTP/1.1\r\nhost: {addr}\r\nx: {}", "x".repeat(HEAD_BYTES));
    let mut unfinished = Vec::new();
    for number in 0..HEADS {
        unfinished.push(begin(addr, number % ADDRESSES, head.as_bytes()).await?);
    }
    let (mut answered, mut times) = (0, histogram());
    for _ in 0..REQUESTS {
        let start = Instant::now();
        // Each by a connection of its own, as of people who come now.
        let answer = Client::new().get(format!("http://{addr}/login")).send().await;
        answered += usize::from(answer.is_ok_and(|answer| answer.status().is_success()));
        times.saturating_record(micros(start.elapsed()));
    }
    let resident = natter.process.peak()? / 1e6;
    drop(unfinished);
    natter.process.kill().await?;
    let answered = 100.0 * answered as f64 / REQUESTS as f64;
    Ok(vec![
        Figure::of("4,000 unfinished heads of 31 KB from 8 addresses: peak of resident memory", resident, "MB")
            .bound(Bound::AtMost(100.0)),
        Figure::of("the same: requests of others answered", answered, "%").bound(Bound::AtLeast(100.0)),
        Figure::of("the same: p99", Latency::of(&times).p99, "ms"),
    ])
}

/// Begins a request, and never ends it.
async fn begin(addr: SocketAddr, place: usize, head: &[u8]) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::new(127, 0, 1, 1 + place as u8), 0).into())?;
    let mut stream = socket.connect(addr).await?;
    // The server may have closed it already.
    let _ = stream.write_all(head).await;
    Ok(stream)
}
