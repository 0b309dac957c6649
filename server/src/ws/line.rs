use crate::hub::Connection;
use crate::listener::Stream;
use bytes::Bytes;
use std::io::{self, Cursor, Read, Write};
use std::ops::ControlFlow;
use std::sync::Arc;
use tokio::task::coop::consume_budget;
use tokio::task::yield_now;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tokio_tungstenite::tungstenite::{Error, Message};

/// The largest frame and message that a client may send (promise S4).
pub const FRAME_BYTES: usize = 64 * 1024;

/// As much is read at once; what a client sends is short, and ten thousand of these stand idle.
const READ_BYTES: usize = 512;

/// A longer message leaves no buffer behind.
const LONG_BYTES: usize = 2 * 1024;

/// After so much others have their turn, however much there is to read.
const TURN_BYTES: usize = 16 * 1024;

/// A message may come in pieces, and each of these has a head; pieces of one byte each take seven times their text.
const PIECES_BYTES: usize = 8 * FRAME_BYTES;

/// The reading side of a socket. Writing is the [`Connection`]'s, also for what the protocol answers by itself.
pub struct Line {
    stream: Arc<Stream>,
    codec: WebSocketContext,
    /// So many bytes have been read since the last whole message.
    gathered: usize,
    /// At most so many bytes in the codec belong to no message yet.
    unparsed: usize,
    /// A fault has been read: the codec knows no longer where a frame begins.
    is_spoilt: bool,
}

impl Line {
    /// A line after its handshake; `early` is what has been read of it already.
    pub fn new(stream: Stream, early: Bytes) -> Self {
        // Copied: what was read belongs to a buffer of several KiB, which would stay as long as the line.
        let codec = WebSocketContext::from_partially_read(early.to_vec(), Role::Server, Some(config()));
        Self { stream: Arc::new(stream), codec, gathered: 0, unparsed: early.len(), is_spoilt: false }
    }

    pub fn stream(&self) -> Arc<Stream> {
        self.stream.clone()
    }

    /// The next message. Cancel safe.
    ///
    /// # Errors
    /// The peer has broken the protocol or a limit, or the line has ended.
    pub async fn next(&mut self, connection: &Connection) -> Result<Message, Error> {
        loop {
            consume_budget().await;
            let is_turn_over = match self.read(connection) {
                ControlFlow::Break(message) => return message,
                ControlFlow::Continue(read) => read >= TURN_BYTES,
            };
            if is_turn_over {
                yield_now().await;
            } else {
                self.stream.readable().await?;
            }
        }
    }

    /// The next message where all of it is there, or else how much has been read.
    fn read(&mut self, connection: &Connection) -> ControlFlow<Result<Message, Error>, usize> {
        let mut wire = Wire { stream: &self.stream, connection, read: 0 };
        let message = self.codec.read(&mut wire);
        let read = wire.read;
        self.gathered += read;
        self.unparsed += read;
        let message = match message {
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock && self.gathered <= PIECES_BYTES => {
                return ControlFlow::Continue(read);
            }
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                Err(CapacityError::MessageTooLong { size: self.gathered, max_size: PIECES_BYTES }.into())
            }
            message => message,
        };
        if let Ok(message) = &message {
            self.release(message.len());
        }
        self.gathered = 0;
        self.is_spoilt = message.is_err();
        ControlFlow::Break(message)
    }

    /// Gives back the buffer that a long message has filled, such as the `hello` of many rooms: it would stay as long as
    /// the line. Only where nothing else is in it: of the next message a part may have been read already.
    fn release(&mut self, payload: usize) {
        // RFC 6455, 5.2: two bytes, the length where it is longer, and the mask. A message in several frames has more of
        // these, so `unparsed` may be too large after it, and is never too small.
        let head = 2
            + 4
            + if payload > 65_535 {
                8
            } else if payload > 125 {
                2
            } else {
                0
            };
        self.unparsed = self.unparsed.saturating_sub(head + payload);
        if payload > LONG_BYTES && self.unparsed == 0 {
            self.codec = WebSocketContext::new(Role::Server, Some(config()));
        }
    }

    /// Reads on until the peer has closed as well, so that nothing unread cuts our last frames off.
    ///
    /// # Errors
    /// The line is dead.
    pub async fn end(&mut self, connection: &Connection) -> Result<(), Error> {
        while !self.is_spoilt {
            match self.next(connection).await {
                Ok(Message::Close(_)) => return Ok(()),
                Err(error @ Error::Io(_)) => return Err(error),
                _ => {}
            }
        }
        let mut scratch = [0; READ_BYTES];
        loop {
            consume_budget().await;
            match self.stream.try_read(&mut scratch) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.stream.readable().await?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The answer to a close frame that was read.
    pub fn answer(&mut self) -> Bytes {
        let mut answer = Cursor::new(Vec::new());
        // It says by an error that the exchange is complete.
        let _ = self.codec.flush(&mut answer);
        answer.into_inner().into()
    }
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(FRAME_BYTES))
        .max_frame_size(Some(FRAME_BYTES))
        .read_buffer_size(READ_BYTES)
        .write_buffer_size(0)
}

/// Reads from the line, and writes by the connection's queue.
struct Wire<'a> {
    stream: &'a Stream,
    connection: &'a Connection,
    /// So many bytes have been read in this turn.
    read: usize,
}

impl Read for Wire<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read >= TURN_BYTES {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let read = self.stream.try_read(buffer)?;
        self.read += read;
        Ok(read)
    }
}

impl Write for Wire<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.connection.write(Bytes::copy_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
