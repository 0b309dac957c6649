//! `natter health`: for keepers of containers, where there is no curl.

use crate::config::Config;
use crate::tls;
use anyhow::{Context, ensure};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// As long as the server may take for each step of an answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// A status line is much shorter.
const LONGEST: u64 = 1024;

/// Asks the server at the address of these settings whether it is alive.
///
/// # Errors
/// It is not, or does not say so.
pub fn ask(config: &Config) -> anyhow::Result<()> {
    let addr = reachable(config.addr);
    let answer = answer(config, addr).with_context(|| format!("no answer from {addr}"))?;
    let status = answer.split(' ').nth(1).unwrap_or_default();
    ensure!(status == "200", "{addr} answered {status}");
    println!("ok");
    Ok(())
}

fn answer(config: &Config, addr: SocketAddr) -> anyhow::Result<String> {
    let line = TcpStream::connect_timeout(&addr, PATIENCE)?;
    line.set_read_timeout(Some(PATIENCE))?;
    line.set_write_timeout(Some(PATIENCE))?;
    let status = match config.tls.source() {
        None => status(line, addr),
        Some(_) => status(tls::encrypted(line)?, addr),
    };
    Ok(status?)
}

/// The first line of what the server says.
fn status(mut line: impl Read + Write, addr: SocketAddr) -> std::io::Result<String> {
    write!(line, "GET /healthz HTTP/1.0\r\nhost: {addr}\r\n\r\n")?;
    let mut status = String::new();
    BufReader::new(line.take(LONGEST)).read_line(&mut status)?;
    Ok(status)
}

/// A server that listens everywhere is asked here.
fn reachable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}

#[cfg(test)]
mod tests {
    use super::reachable;

    #[test]
    fn a_server_that_listens_everywhere_is_asked_here() {
        for (listens, asked) in
            [("0.0.0.0:80", "127.0.0.1:80"), ("[::]:80", "[::1]:80"), ("192.0.2.7:3000", "192.0.2.7:3000")]
        {
            assert_eq!(reachable(listens.parse().unwrap()).to_string(), asked);
        }
    }
}
