//! `natter health`: for keepers of containers, where there is no curl.

use crate::config::Config;
use anyhow::{Context, ensure};
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// As long as the server may take for each step of an answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks the server at the address of these settings whether it is alive.
///
/// # Errors
/// It is not, or does not say so.
pub fn ask(config: &Config) -> anyhow::Result<()> {
    let addr = reachable(config.addr);
    let answer = answer(addr).with_context(|| format!("no answer from {addr}"))?;
    let status = answer.split(' ').nth(1).unwrap_or_default();
    ensure!(status == "200", "{addr} answered {status}");
    println!("ok");
    Ok(())
}

fn answer(addr: SocketAddr) -> std::io::Result<String> {
    let mut line = TcpStream::connect_timeout(&addr, PATIENCE)?;
    line.set_read_timeout(Some(PATIENCE))?;
    line.set_write_timeout(Some(PATIENCE))?;
    write!(line, "GET /healthz HTTP/1.0\r\nhost: {addr}\r\n\r\n")?;
    let mut head = String::new();
    line.take(64 * 1024).read_to_string(&mut head)?;
    Ok(head)
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
