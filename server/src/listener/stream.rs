use super::HttpIo;
use bytes::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::server::conn::auto::upgrade::{Parts, downcast};
use rustls::ServerConnection;
use std::future::poll_fn;
use std::io::{self, IoSlice, Read, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

/// As much of what is encrypted waits for a slow line; the rest waits in the socket's own queue.
const ENCRYPTED_BYTES: usize = 16 * 1024;

/// A line after its handshake, which anybody may write to without waiting.
pub enum Stream {
    Plain(TcpStream),
    Tls(Box<Tls>),
}

/// A line whose both ends encrypt.
pub struct Tls {
    tcp: TcpStream,
    session: Mutex<ServerConnection>,
}

impl Stream {
    /// What an upgraded request came by, and what has been read of it already.
    /// `None` when that is no line of its own, as in HTTP/2.
    pub fn of(upgraded: Upgraded) -> Option<(Self, Bytes)> {
        let Parts { io, read_buf, .. } = downcast::<HttpIo>(upgraded).ok()?;
        let stream = match io.into_inner().into_inner() {
            Either::Left(tcp) => tcp.into(),
            Either::Right(tls) => (*tls).into(),
        };
        Some((stream, read_buf))
    }

    /// Until there may be something to read; of several tasks only the last one is woken. Cancel safe.
    ///
    /// It takes the place of the task that has read the handshake, and whose memory the line would keep as long as it
    /// is to wake it: 2 KB a socket.
    ///
    /// # Errors
    /// The line is dead.
    pub async fn readable(&self) -> io::Result<()> {
        poll_fn(|cx| self.tcp().poll_read_ready(cx)).await
    }

    /// Until the line may take something; of several tasks only the last one is woken. Cancel safe.
    ///
    /// # Errors
    /// The line is dead.
    pub async fn writable(&self) -> io::Result<()> {
        poll_fn(|cx| self.tcp().poll_write_ready(cx)).await
    }

    /// Reads what is there; 0 at the end.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] when nothing is there at the moment; anything else ends the line.
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.try_read(buffer),
            Self::Tls(tls) => tls.read(buffer),
        }
    }

    /// Writes what the line takes at once; 0 when it takes nothing at the moment.
    ///
    /// # Errors
    /// The line is dead.
    pub fn try_write(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        let sent = match (self, pieces) {
            // The usual case, and the shorter way through the system.
            (Self::Plain(tcp), [one]) => tcp.try_write(one),
            (Self::Plain(tcp), many) => tcp.try_write_vectored(many),
            (Self::Tls(tls), pieces) => tls.write(pieces),
        };
        match sent {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            sent => sent,
        }
    }

    /// Sends on what the line has taken and encrypted; whether all of that is out.
    ///
    /// # Errors
    /// The line is dead.
    pub fn try_flush(&self) -> io::Result<bool> {
        match self {
            Self::Plain(_) => Ok(true),
            Self::Tls(tls) => tls.flush(&mut tls.session()),
        }
    }

    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(tcp) => tcp,
            Self::Tls(tls) => &tls.tcp,
        }
    }
}

impl From<TcpStream> for Stream {
    fn from(tcp: TcpStream) -> Self {
        Self::Plain(tcp)
    }
}

impl From<TlsStream<TcpStream>> for Stream {
    fn from(tls: TlsStream<TcpStream>) -> Self {
        let (tcp, mut session) = tls.into_inner();
        session.set_buffer_limit(Some(ENCRYPTED_BYTES));
        Self::Tls(Box::new(Tls { tcp, session: Mutex::new(session) }))
    }
}

impl Tls {
    /// Takes one piece off the wire at most, so that nobody is kept here by records that say nothing.
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut session = self.session();
        match session.reader().read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            read => return read,
        }
        session.read_tls(&mut Wire(&self.tcp))?;
        let understood = session.process_new_packets();
        // An alert that says what was wrong, or the peer's wish for new keys.
        self.flush(&mut session)?;
        understood.map_err(|broken| io::Error::new(io::ErrorKind::InvalidData, broken))?;
        session.reader().read(buffer)
    }

    /// Encrypts only what can follow at once: what is encrypted cannot be taken back.
    fn write(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut session = self.session();
        if !self.flush(&mut session)? {
            return Ok(0);
        }
        let taken = session.writer().write_vectored(pieces)?;
        self.flush(&mut session)?;
        Ok(taken)
    }

    fn flush(&self, session: &mut ServerConnection) -> io::Result<bool> {
        while session.wants_write() {
            match session.write_tls(&mut Wire(&self.tcp)) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    fn session(&self) -> MutexGuard<'_, ServerConnection> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says that nothing is missing at the end, as far as the line takes that.
impl Drop for Tls {
    fn drop(&mut self) {
        let mut session = self.session();
        session.send_close_notify();
        // Whoever is gone needs no farewell.
        let _ = self.flush(&mut session);
    }
}

/// What is encrypted, to and from the line.
struct Wire<'a>(&'a TcpStream);

impl Read for Wire<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(buffer)
    }
}

impl Write for Wire<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write_vectored(pieces)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
