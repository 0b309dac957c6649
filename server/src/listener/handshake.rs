use crate::tls::LOOKING;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Deadline of a TLS handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// The answer to plain HTTP, and how much of the request is read before the connection is closed.
const PLAIN: &str = "HTTP/1.1 400 Bad Request\r\n\
    content-type: text/plain\r\n\
    content-length: 24\r\n\
    connection: close\r\n\r\n\
    This port speaks https.\n";
const PLAIN_BYTES: usize = 64 * 1024;

type Encrypted = Box<TlsStream<TcpStream>>;

/// Encrypts a connection; `None` when the peer does not speak TLS, or not in time.
pub async fn encrypt(tls: TlsAcceptor, tcp: TcpStream) -> Option<Encrypted> {
    timeout(HANDSHAKE_TIMEOUT, shake(tls, tcp)).await.ok()?
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

/// Reads on until the peer closes: closing with unread bytes would discard the answer.
async fn refuse_plain(tcp: &mut TcpStream) {
    let mut unread = [0; 1024];
    let answer = async {
        tcp.write_all(PLAIN.as_bytes()).await?;
        tcp.shutdown().await?;
        for _ in 0..PLAIN_BYTES / unread.len() {
            if tcp.read(&mut unread).await? == 0 {
                break;
            }
        }
        std::io::Result::Ok(())
    };
    drop(answer.await);
}
