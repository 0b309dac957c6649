//! Whether log-ins that nobody waits for keep people out (promise S16).

use crate::figure::{Bound, Figure};
use crate::natter::Natter;
use crate::people;
use anyhow::{Result, bail};
use reqwest::StatusCode;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpSocket;
use tokio::time::sleep;

const LOG_INS: usize = 3_000;

/// Log-ins from each address: fewer than are too many.
const FROM_AN_ADDRESS: usize = 50;

/// Delay of the next try with the right password.
const RETRY_DELAY: Duration = Duration::from_millis(100);

/// After which the right password is given up.
const TIMEOUT: Duration = Duration::from_secs(30);

pub async fn run() -> Result<Vec<Figure>> {
    let natter = Natter::start_limited(&people::prepared().await?).await?;
    let addr = natter.process.addr();
    let start = Instant::now();
    for number in 0..LOG_INS {
        abandon(addr, number).await?;
    }
    let sent_in = start.elapsed();
    let start = Instant::now();
    let mut slowest_refusal = Duration::ZERO;
    loop {
        let asked = Instant::now();
        match people::try_log_in(addr, 0).await {
            Ok(status) if status.is_redirection() => break,
            Ok(StatusCode::SERVICE_UNAVAILABLE) => slowest_refusal = slowest_refusal.max(asked.elapsed()),
            Ok(status) => bail!("the right password was answered with {status}"),
            // There were too many connections at that moment.
            Err(_) => {}
        }
        sleep(RETRY_DELAY).await;
        anyhow::ensure!(start.elapsed() < TIMEOUT, "the right password is not let in");
    }
    let let_in_after = start.elapsed();
    natter.process.kill().await?;
    Ok(vec![
        Figure::of("3,000 abandoned log-ins: sent in", sent_in.as_secs_f64(), "s"),
        Figure::of("the same: the right password is let in after", let_in_after.as_secs_f64(), "s")
            .bound(Bound::AtMost(5.0)),
        Figure::of("the same: the slowest 503 before that", slowest_refusal.as_secs_f64() * 1e3, "ms")
            .bound(Bound::AtMost(500.0)),
    ])
}

/// Sends a log-in, and is gone.
async fn abandon(addr: SocketAddr, number: usize) -> Result<()> {
    let body = format!("login=nobody-{number}&password=not+the+right+one&page=%2Flogin");
    let request = format!(
        "POST /form/login HTTP/1.1\r\nhost: {addr}\r\norigin: http://{addr}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let socket = TcpSocket::new_v4()?;
    let place = 1 + (number / FROM_AN_ADDRESS) as u8;
    socket.bind((Ipv4Addr::new(127, 0, 1, place), 0).into())?;
    let mut stream = socket.connect(addr).await?;
    // The server may have closed it already.
    let _ = stream.write_all(request.as_bytes()).await;
    Ok(())
}
