use protocol::close;
use tokio_tungstenite::tungstenite::{self, error::CapacityError, error::ProtocolError};

/// The code with which to close after a read that failed; `None` when the line is dead anyway.
pub fn of(error: &tungstenite::Error) -> Option<u16> {
    match error {
        tungstenite::Error::Capacity(CapacityError::MessageTooLong { .. }) => Some(close::TOO_LARGE),
        tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        tungstenite::Error::Capacity(_) | tungstenite::Error::Protocol(_) => Some(close::PROTOCOL),
        tungstenite::Error::Utf8(_) => Some(close::BAD_UTF8),
        _ => None,
    }
}

/// What a close frame tells besides its code.
pub fn reason(code: u16) -> &'static str {
    match code {
        close::LOGGED_OUT => "the session has ended; log in again",
        close::ROOM_GONE => "this room is no longer yours",
        close::TOO_FAST => "too many commands; wait, then resume",
        close::TOO_SLOW => "too slow; reconnect and resume",
        close::TOO_MANY => "too many sockets; close one",
        close::SILENT => "nothing was heard; reconnect and resume",
        close::TOO_LARGE => "a frame holds 64 KiB at most",
        close::UNSUPPORTED => "send text frames",
        _ => "",
    }
}
