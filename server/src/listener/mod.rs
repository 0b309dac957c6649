//! Where connections come in: by TCP, plain or encrypted, speaking HTTP/1.1 or HTTP/2.

mod handshakes;
mod redirect;
mod stream;

pub use redirect::to_https;
pub use stream::Stream;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, header};
use handshakes::Handshakes;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;
use tower::ServiceExt;

/// How long nobody is let in when the system has no room for one more, usually because of too many open files.
const BREATH: Duration = Duration::from_secs(1);

/// As many connections may wait to be let in; the system may allow less (net.core.somaxconn). Whoever finds no place tries
/// again after a second: with the 128 of tokio's own listener up to 250 of 10,000 who come 256 at a time.
const WAITING: u32 = 4096;

/// What requests come by.
type Io = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// An address that is listened on.
pub struct Listener {
    tcp: TcpListener,
    tls: Option<TlsAcceptor>,
    handshakes: Handshakes,
}

impl Listener {
    /// Listens on an address.
    ///
    /// # Errors
    /// Says that it cannot be listened on.
    pub fn bind(addr: SocketAddr) -> anyhow::Result<Self> {
        let tcp = listen(addr).map_err(|error| {
            let hint = match error.kind() {
                ErrorKind::AddrInUse => "; is another server running there?",
                ErrorKind::PermissionDenied => "; ports below 1024 need CAP_NET_BIND_SERVICE",
                ErrorKind::AddrNotAvailable => "; this machine has no such address",
                _ => "",
            };
            anyhow::Error::new(error).context(format!("{addr} cannot be listened on{hint}"))
        })?;
        Ok(Self { tcp, tls: None, handshakes: Handshakes::default() })
    }

    /// Lets in those only who speak TLS.
    pub fn encrypted(self, tls: TlsAcceptor) -> Self {
        Self { tls: Some(tls), ..self }
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system does not say.
    pub fn addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }

    /// Answers until `stopped`, and then finishes what is under way. Whoever drops this ends all connections.
    pub async fn serve(mut self, router: Router, mut stopped: watch::Receiver<bool>) {
        let mut connections = JoinSet::new();
        loop {
            let (io, peer) = tokio::select! {
                () = until(&mut stopped) => break,
                arrival = self.accept() => arrival,
                Some(_) = connections.join_next() => continue,
            };
            connections.spawn(serve(io, peer, router.clone(), stopped.clone()));
        }
        // Whoever comes now is refused by the system.
        drop(self);
        while connections.join_next().await.is_some() {}
    }

    /// The next connection, encrypted where that is wanted. Cancel safe.
    async fn accept(&mut self) -> (Io, SocketAddr) {
        loop {
            tokio::select! {
                (tcp, peer) = arrival(&self.tcp) => match &self.tls {
                    Some(tls) => self.handshakes.begin(tls.clone(), tcp, peer),
                    None => return (Either::Left(tcp), peer),
                },
                Some((tls, peer)) = self.handshakes.next() => return (Either::Right(tls), peer),
            }
        }
    }
}

fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A port whose former connections still wait for their end can be listened on at once.
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(WAITING)
}

/// Turns ready when the server is to stop.
async fn until(stopped: &mut watch::Receiver<bool>) {
    // The sender lives as long as the server does.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

async fn arrival(tcp: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match tcp.accept().await {
            Ok((stream, peer)) => {
                // Frames are small and should leave at once.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "A connection keeps Nagle's algorithm");
                }
                return (stream, peer);
            }
            Err(error) if is_the_peers(&error) => {}
            Err(error) => {
                tracing::error!(%error, "Nobody can be let in at the moment");
                time::sleep(BREATH).await;
            }
        }
    }
}

/// It was gone before it was let in.
fn is_the_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Answers the requests of one connection.
///
/// HTTP/2 is not told that it may carry sockets (RFC 8441): browsers then open a line of their own for each, and the
/// frames are written to that, where they arise.
async fn serve(io: Io, peer: SocketAddr, router: Router, mut stopped: watch::Receiver<bool>) {
    let service = TowerToHyperService::new(router.map_request(move |request| arrived(request, peer)));
    let builder = Builder::new(TokioExecutor::new());
    let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(io), service));
    tokio::select! {
        ended = connection.as_mut() => return drop(ended),
        () = until(&mut stopped) => connection.as_mut().graceful_shutdown(),
    }
    drop(connection.await);
}

/// Notes who asks; and where HTTP/2 names the host, in the address, the others of the house need not look.
fn arrived(request: Request<Incoming>, peer: SocketAddr) -> Request<Body> {
    let mut request = request.map(Body::new);
    let named = request.uri().authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok());
    if let Some(host) = named {
        request.headers_mut().insert(header::HOST, host);
    }
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::try_join_all;

    #[tokio::test]
    async fn hundreds_wait_to_be_let_in_and_nobody_has_to_try_again() {
        let listener = Listener::bind(([127, 0, 0, 1], 0).into()).unwrap();
        let addr = listener.addr().unwrap();
        let arrivals = try_join_all((0..300).map(|_| TcpStream::connect(addr)));
        // Whoever finds no place would try for two minutes.
        time::timeout(Duration::from_secs(10), arrivals).await.expect("a place for each").unwrap();
    }
}
