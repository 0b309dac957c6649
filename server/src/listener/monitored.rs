use super::activity::Activity;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The whole preface of a connection of HTTP/2 (RFC 9113, 3.4); until it has arrived, the deadline of a head applies.
const HTTP2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A connection that notes what is read from it and written to it.
pub struct Monitored<T> {
    io: T,
    activity: Arc<Activity>,
    /// Bytes that are equal to the beginning of HTTP/2; `None` once the version is known.
    matched: Option<usize>,
}

impl<T> Monitored<T> {
    pub fn new(io: T, activity: Arc<Activity>) -> Self {
        Self { io, activity, matched: Some(0) }
    }

    pub fn into_inner(self) -> T {
        self.io
    }

    fn note_read(&mut self, bytes: &[u8]) {
        if let Some(matched) = self.matched {
            let rest = &HTTP2[matched..];
            let common = rest.len().min(bytes.len());
            let is_http2 = rest[..common] == bytes[..common];
            self.matched = (is_http2 && common < rest.len()).then_some(matched + common);
            if is_http2 && common == rest.len() {
                self.activity.note_http2();
            }
        }
        self.activity.note_read();
    }

    fn note_write(&self, outcome: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &outcome {
            Poll::Pending => self.activity.note_blocked(),
            Poll::Ready(Ok(bytes)) => self.activity.note_written(*bytes),
            Poll::Ready(Err(_)) => {}
        }
        outcome
    }

    fn note_flush(&self, outcome: Poll<io::Result<()>>) -> Poll<io::Result<()>> {
        match &outcome {
            Poll::Pending => self.activity.note_blocked(),
            Poll::Ready(_) => self.activity.note_flushed(),
        }
        outcome
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Monitored<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            self.note_read(&buffer.filled()[before..]);
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Monitored<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.note_write(outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.io).poll_write_vectored(cx, pieces);
        self.note_write(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.io).poll_flush(cx);
        self.note_flush(outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.io).poll_shutdown(cx);
        self.note_flush(outcome)
    }
}
