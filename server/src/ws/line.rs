use crate::hub::Connection;
use crate::listener::Stream;
use bytes::Bytes;
use std::io::{self, Cursor, Read, Write};
use std::sync::Arc;
use tokio::task::coop::consume_budget;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tokio_tungstenite::tungstenite::{Error, Message};

/// The largest frame and message that a client may send (promise S4).
pub const FRAME_BYTES: usize = 64 * 1024;

/// As much is read at once; what a client sends is short, and ten thousand of these stand idle.
const READ_BYTES: usize = 512;

/// The reading side of a socket. Writing is the [`Connection`]'s, also for what the protocol answers by itself.
pub struct Line {
    stream: Arc<Stream>,
    codec: WebSocketContext,
}

impl Line {
    /// A line after its handshake; `early` is what has been read of it already.
    pub fn new(stream: Stream, early: Bytes) -> Self {
        let config = WebSocketConfig::default()
            .max_message_size(Some(FRAME_BYTES))
            .max_frame_size(Some(FRAME_BYTES))
            .read_buffer_size(READ_BYTES)
            .write_buffer_size(0);
        // Copied: what was read belongs to a buffer of several KiB, which would stay as long as the line.
        let codec = WebSocketContext::from_partially_read(early.to_vec(), Role::Server, Some(config));
        Self { stream: Arc::new(stream), codec }
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
            match self.codec.read(&mut Wire { stream: &self.stream, connection }) {
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => self.stream.readable().await?,
                read => return read,
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

/// Reads from the line, and writes by the connection's queue.
struct Wire<'a> {
    stream: &'a Stream,
    connection: &'a Connection,
}

impl Read for Wire<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.try_read(buffer)
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
