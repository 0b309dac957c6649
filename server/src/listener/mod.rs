//! Where connections come in: by TCP, plain or encrypted, speaking HTTP/1.1 or HTTP/2.

mod activity;
mod connections;
mod handshake;
mod http;
mod monitored;
mod redirect;
mod stream;

pub use connections::Connections;
pub use redirect::to_https;
pub use stream::Stream;

use axum::Router;
use connections::Place;
use hyper_util::rt::TokioIo;
use monitored::Monitored;
use nix::errno::Errno;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

/// Delay of the next connection when the system has no room for one more, usually because of too many open files.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// Delay of the next connection when another one was closed for it.
const CLOSE_DELAY: Duration = Duration::from_millis(1);

/// As many connections may wait to be let in; the system may allow less (net.core.somaxconn). Whoever finds no place tries
/// again after a second: with the 128 of tokio's own listener up to 250 of 10,000 who come 256 at a time.
const WAITING: u32 = 4096;

/// What requests come by.
type Io = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// The same, as HTTP has it.
type HttpIo = TokioIo<Monitored<Io>>;

/// An address that is listened on.
pub struct Listener {
    tcp: TcpListener,
    tls: Option<TlsAcceptor>,
    connections: Connections,
}

impl Listener {
    /// Listens on an address; `connections` are those of all listeners together.
    ///
    /// # Errors
    /// Says that it cannot be listened on.
    pub fn bind(addr: SocketAddr, connections: Connections) -> anyhow::Result<Self> {
        let tcp = listen(addr).map_err(|error| {
            let hint = match error.kind() {
                ErrorKind::AddrInUse => "; is another server running there?",
                ErrorKind::PermissionDenied => "; ports below 1024 need CAP_NET_BIND_SERVICE",
                ErrorKind::AddrNotAvailable => "; this machine has no such address",
                _ => "",
            };
            anyhow::Error::new(error).context(format!("{addr} cannot be listened on{hint}"))
        })?;
        Ok(Self { tcp, tls: None, connections })
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

    /// Answers until `stop`, and then finishes what is under way. Dropping the future ends all connections.
    pub async fn serve(self, router: Router, mut stop: watch::Receiver<bool>) {
        let mut tasks = JoinSet::new();
        loop {
            let (tcp, peer) = tokio::select! {
                () = stopped(&mut stop) => break,
                arrival = self.arrival() => arrival,
                Some(_) = tasks.join_next() => continue,
            };
            match self.connections.admit(peer.ip()) {
                Some(place) => {
                    tasks.spawn(serve(tcp, peer, place, self.tls.clone(), router.clone(), stop.clone()));
                }
                None => tracing::debug!(%peer, "A connection was refused: there are too many"),
            }
        }
        // The system refuses connections from now on.
        drop(self);
        while tasks.join_next().await.is_some() {}
    }

    async fn arrival(&self) -> (TcpStream, SocketAddr) {
        loop {
            match self.tcp.accept().await {
                Ok((stream, peer)) => {
                    // Frames are small and should leave at once.
                    if let Err(error) = stream.set_nodelay(true) {
                        tracing::debug!(%error, "A connection keeps Nagle's algorithm");
                    }
                    return (stream, peer);
                }
                Err(error) if is_the_peers(&error) => {}
                Err(error) if is_out_of_room(&error) && self.connections.free_one() => time::sleep(CLOSE_DELAY).await,
                Err(error) => {
                    tracing::error!(%error, "Nobody can be let in at the moment");
                    time::sleep(RETRY_DELAY).await;
                }
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
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // The sender lives as long as the server does.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Whether closing another connection may help.
fn is_out_of_room(error: &io::Error) -> bool {
    let errno = error.raw_os_error().map(Errno::from_raw);
    matches!(errno, Some(Errno::EMFILE | Errno::ENFILE | Errno::ENOBUFS | Errno::ENOMEM))
}

/// It was gone before it was let in.
fn is_the_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Serves one connection until it ends, or until another one needs its place.
async fn serve(
    tcp: TcpStream,
    peer: SocketAddr,
    place: Place,
    tls: Option<TlsAcceptor>,
    router: Router,
    mut stop: watch::Receiver<bool>,
) {
    let served = async {
        let io = match tls {
            None => Either::Left(tcp),
            Some(tls) => tokio::select! {
                encrypted = handshake::encrypt(tls, tcp) => match encrypted {
                    Some(encrypted) => Either::Right(encrypted),
                    None => return,
                },
                () = stopped(&mut stop) => return,
            },
        };
        http::serve(io, peer, &place, router, stop).await;
    };
    tokio::select! {
        () = place.activity().evicted() => {}
        () = served => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::try_join_all;

    #[test]
    fn connections_are_closed_for_a_new_one_only_when_the_system_is_out_of_room() {
        let closes = |errno| is_out_of_room(&io::Error::from_raw_os_error(errno as i32));
        for full in [Errno::EMFILE, Errno::ENFILE, Errno::ENOBUFS, Errno::ENOMEM] {
            assert!(closes(full), "{full}");
        }
        for other in [Errno::ENETDOWN, Errno::EPROTO, Errno::EHOSTUNREACH, Errno::EPERM, Errno::ECONNABORTED] {
            assert!(!closes(other), "{other}");
        }
        assert!(!is_out_of_room(&io::Error::other("no errno")));
    }

    #[tokio::test]
    async fn hundreds_wait_to_be_let_in_and_nobody_has_to_try_again() {
        let listener = Listener::bind(([127, 0, 0, 1], 0).into(), Connections::new(Vec::new())).unwrap();
        let addr = listener.addr().unwrap();
        let arrivals = try_join_all((0..300).map(|_| TcpStream::connect(addr)));
        // Whoever finds no place would try for two minutes.
        time::timeout(Duration::from_secs(10), arrivals).await.expect("a place for each").unwrap();
    }
}
