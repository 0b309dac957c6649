//! WebSocket frames as they go over the wire, made once for all sockets that take them.

use bytes::Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame};

/// Asks for a sign of life.
pub const PING: Bytes = Bytes::from_static(&[0x89, 0]);

/// A text frame.
pub fn text(text: impl Into<Bytes>) -> Bytes {
    encode(Frame::message(text, OpCode::Data(Data::Text), true))
}

/// A close frame with its code and, for people who look, the reason.
pub fn close(code: u16, reason: &str) -> Bytes {
    encode(Frame::close(Some(CloseFrame { code: code.into(), reason: reason.into() })))
}

fn encode(frame: Frame) -> Bytes {
    let mut bytes = Vec::with_capacity(frame.len());
    frame.format(&mut bytes).expect("a vector takes everything");
    bytes.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_those_of_the_standard() {
        assert_eq!(PING, encode(Frame::ping(Vec::new())));
        // RFC 6455, 5.7: a single-frame unmasked text message.
        assert_eq!(text("Hello")[..], [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]);
        assert_eq!(close(1012, "soon")[..], [0x88, 0x06, 0x03, 0xf4, b's', b'o', b'o', b'n']);
        assert_eq!(text("x".repeat(300))[..4], [0x81, 126, 1, 44]);
    }
}
