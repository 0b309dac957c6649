use crate::tls::LOOKING;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// As long as a handshake may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// As many are under way at once; with one more the oldest gives way, which most likely says nothing.
const AT_ONCE: usize = 1024;

/// What somebody who speaks plain HTTP is told, and as much of them is read before the line is closed.
const PLAIN: &str = "HTTP/1.1 400 Bad Request\r\n\
    content-type: text/plain\r\n\
    content-length: 24\r\n\
    connection: close\r\n\r\n\
    This port speaks https.\n";
const PLAIN_BYTES: usize = 64 * 1024;

type Encrypted = Box<TlsStream<TcpStream>>;

/// The TLS handshakes that are under way. None waits for another.
#[derive(Default)]
pub struct Handshakes {
    under_way: JoinSet<Option<(Encrypted, SocketAddr)>>,
    /// The same, and some that have ended, the oldest first.
    by_age: VecDeque<AbortHandle>,
}

impl Handshakes {
    pub fn begin(&mut self, tls: TlsAcceptor, tcp: TcpStream, peer: SocketAddr) {
        while self.by_age.front().is_some_and(AbortHandle::is_finished) {
            self.by_age.pop_front();
        }
        if self.under_way.len() >= AT_ONCE
            && let Some(oldest) = self.by_age.pop_front()
        {
            oldest.abort();
        }
        let handshake = async move { Some((timeout(PATIENCE, shake(tls, tcp)).await.ok()??, peer)) };
        self.by_age.push_back(self.under_way.spawn(handshake));
    }

    /// The next connection that is encrypted; `None` when there is no handshake under way. Cancel safe.
    pub async fn next(&mut self) -> Option<(Encrypted, SocketAddr)> {
        loop {
            if let Ok(Some(encrypted)) = self.under_way.join_next().await? {
                return Some(encrypted);
            }
        }
    }
}

async fn shake(tls: TlsAcceptor, mut tcp: TcpStream) -> Option<Encrypted> {
    let mut first = [0];
    tcp.peek(&mut first).await.ok()?;
    // A handshake begins with 22, a request of HTTP with its method.
    if first[0].is_ascii_uppercase() {
        refuse_plain(&mut tcp).await;
        return None;
    }
    match tls.accept(tcp).await {
        // An authority has seen the certificate that it has come for.
        Ok(encrypted) if encrypted.get_ref().1.alpn_protocol() == Some(LOOKING) => None,
        Ok(encrypted) => Some(Box::new(encrypted)),
        Err(error) => {
            tracing::debug!(%error, "A TLS handshake has failed");
            None
        }
    }
}

/// Reads on until the peer closes: to close on what nobody has read would take the answer back.
async fn refuse_plain(tcp: &mut TcpStream) {
    let mut unread = [0; 1024];
    let told = async {
        tcp.write_all(PLAIN.as_bytes()).await?;
        tcp.shutdown().await?;
        for _ in 0..PLAIN_BYTES / unread.len() {
            if tcp.read(&mut unread).await? == 0 {
                break;
            }
        }
        std::io::Result::Ok(())
    };
    drop(told.await);
}
