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
