use super::frame::{self, Heard};
use crate::people::cookie_at;
use anyhow::{Context, Result, bail};
use protocol::{Frame, Request};
use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Poll, ready};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::TcpSocket;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;

/// What is read at once.
const CHUNK: usize = 64 * 1024;

/// What the system keeps of a narrow line, in bytes.
const NARROW: u32 = 4096;

/// As long as a connection may take to open.
const PATIENCE: Duration = Duration::from_secs(30);

/// The key of the example in RFC 6455, 1.3, and the answer to it.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

thread_local! {
    /// All lines read into one buffer, one after the other; a line of its own keeps only the beginning of a frame.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Where a socket is opened, and by whom.
pub struct Door<'a> {
    pub addr: SocketAddr,
    pub path: &'a str,
    /// A session cookie, or a personal token.
    pub cookie: Option<&'a str>,
}

/// An open socket. Dropping it resets the connection, as a network that breaks does.
pub struct Line {
    read: OwnedReadHalf,
    pen: Pen,
    /// The beginning of a frame whose end has not come yet.
    rest: Vec<u8>,
}

/// The server has closed the socket with this code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed(pub u16);

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a socket was closed with {}", self.0)
    }
}

impl std::error::Error for Closed {}

/// The half that writes.
pub struct Pen(OwnedWriteHalf);

impl Line {
    pub async fn open(door: &Door<'_>) -> Result<Self> {
        Self::over(TcpSocket::new_v4()?, door).await
    }

    /// The same, where the system keeps next to nothing for whoever does not read.
    pub async fn narrow(door: &Door<'_>) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(NARROW)?;
        Self::over(socket, door).await
    }

    async fn over(socket: TcpSocket, door: &Door<'_>) -> Result<Self> {
        timeout(PATIENCE, upgrade(socket, door)).await.context("the socket was not opened in time")?
    }

    pub fn ask(&self, request: &Request) -> Result<()> {
        self.pen.write(&frame::text(&serde_json::to_string(request)?))
    }

    /// The next event, for conversations with one at a time.
    pub async fn next(&mut self) -> Result<Frame> {
        loop {
            if let Some((heard, used)) = frame::first(&self.rest)? {
                let event = match heard {
                    Heard::Text(text) => Some(Frame::parse(std::str::from_utf8(text)?)?),
                    Heard::Ping(payload) => self.pen.write(&frame::pong(payload)).map(|()| None)?,
                    Heard::Pong => None,
                    Heard::Close(code) => return Err(Closed(code).into()),
                };
                self.rest.drain(..used);
                match event {
                    Some(event) => return Ok(event),
                    None => continue,
                }
            }
            let mut chunk = [0; 4096];
            match self.read.read(&mut chunk).await? {
                0 => bail!("the socket was closed without a word"),
                read => self.rest.extend(&chunk[..read]),
            }
        }
    }

    /// Splits into the half that listens, and the pen.
    pub fn split(self) -> (Ear, Pen) {
        (Ear { read: self.read, rest: self.rest }, self.pen)
    }
}

/// The half that listens.
pub struct Ear {
    read: OwnedReadHalf,
    rest: Vec<u8>,
}

impl Ear {
    /// Hands every frame to `hear`, with the moment at which it was read, until the line or `hear` fails.
    pub async fn listen(&mut self, mut hear: impl FnMut(Heard<'_>, Instant) -> Result<()>) -> Result<()> {
        poll_fn(|cx| {
            SCRATCH.with_borrow_mut(|scratch| {
                loop {
                    let kept = self.rest.len();
                    scratch.resize(scratch.len().max(kept + CHUNK), 0);
                    scratch[..kept].copy_from_slice(&self.rest);
                    let mut chunk = ReadBuf::new(&mut scratch[kept..]);
                    ready!(Pin::new(&mut self.read).poll_read(cx, &mut chunk))?;
                    let end = kept + chunk.filled().len();
                    if end == kept {
                        return Poll::Ready(Err(anyhow::anyhow!("the socket was closed without a word")));
                    }
                    let used = each(&scratch[..end], Instant::now(), &mut hear)?;
                    self.rest.clear();
                    self.rest.extend_from_slice(&scratch[used..end]);
                }
            })
        })
        .await
    }
}

impl Pen {
    /// Writes a frame at once.
    ///
    /// # Errors
    /// When the line is so full that the frame does not fit: no server that is alive lets that happen to a few frames.
    pub fn write(&self, frame: &[u8]) -> Result<()> {
        match self.0.try_write(frame)? {
            written if written == frame.len() => Ok(()),
            _ => bail!("the server does not read"),
        }
    }

    /// Writes what fits; the count of bytes.
    pub fn try_write(&self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.try_write(bytes)
    }
}

/// Hands the whole frames over; how many bytes they were.
fn each(bytes: &[u8], now: Instant, hear: &mut impl FnMut(Heard<'_>, Instant) -> Result<()>) -> Result<usize> {
    let mut used = 0;
    while let Some((heard, length)) = frame::first(&bytes[used..])? {
        used += length;
        hear(heard, now)?;
    }
    Ok(used)
}

async fn upgrade(socket: TcpSocket, Door { addr, path, cookie }: &Door<'_>) -> Result<Line> {
    let mut stream = socket.connect(*addr).await?;
    stream.set_nodelay(true)?;
    stream.set_zero_linger()?;
    let proof = |proof: &str| match proof.starts_with("natter_p_") {
        true => format!("Authorization: Bearer {proof}\r\n"),
        false => format!("Cookie: {}\r\n", cookie_at(*addr, proof)),
    };
    let cookie = cookie.map(proof).unwrap_or_default();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {addr}\r\nOrigin: http://{addr}\r\n{cookie}Connection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut head = Vec::with_capacity(1024);
    let end = loop {
        if stream.read_buf(&mut head).await? == 0 {
            bail!("the server closed before the upgrade");
        }
        if let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let answer = std::str::from_utf8(&head[..end])?;
    if !answer.starts_with("HTTP/1.1 101 ") || !answer.contains(ACCEPT) {
        bail!("the socket was refused: {}", answer.lines().next().unwrap_or_default());
    }
    let rest = head[end..].to_vec();
    let (read, write) = stream.into_split();
    Ok(Line { read, pen: Pen(write), rest })
}
