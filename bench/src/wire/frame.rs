//! WebSocket frames (RFC 6455, 5.2), as far as our servers make them: whole messages, not masked.

use anyhow::{Result, bail};

/// What a server has sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard<'a> {
    Text(&'a [u8]),
    Ping(&'a [u8]),
    Pong,
    /// With the code, 1005 when there is none.
    Close(u16),
}

/// The first frame in `bytes` and how long it is; `None` while more has to come.
pub fn first(bytes: &[u8]) -> Result<Option<(Heard<'_>, usize)>> {
    let [kind, short, rest @ ..] = bytes else { return Ok(None) };
    let (length, head) = match (short, rest) {
        (0..=125, _) => (usize::from(*short), 2),
        (126, [a, b, ..]) => (usize::from(u16::from_be_bytes([*a, *b])), 4),
        (127, [0, 0, 0, 0, a, b, c, d, ..]) => (u32::from_be_bytes([*a, *b, *c, *d]) as usize, 10),
        (126 | 127, _) if rest.len() < 8 => return Ok(None),
        _ => bail!("a server's frame is masked or too long"),
    };
    let Some(payload) = bytes.get(head..head + length) else { return Ok(None) };
    let heard = match kind {
        0x81 => Heard::Text(payload),
        0x89 => Heard::Ping(payload),
        0x8a => Heard::Pong,
        0x88 => Heard::Close(payload.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code))),
        _ => bail!("a frame of the kind {kind:#x} was not expected"),
    };
    Ok(Some((heard, head + length)))
}

/// A text frame for the server.
pub fn text(payload: &str) -> Vec<u8> {
    masked(0x81, payload.as_bytes())
}

/// The answer to a ping.
pub fn pong(payload: &[u8]) -> Vec<u8> {
    masked(0x8a, payload)
}

/// The mask is zero, which spares us the work and the server none.
fn masked(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(payload.len() + 14);
    frame.push(kind);
    match payload.len() {
        short @ 0..=125 => frame.push(0x80 | short as u8),
        long @ 126..=0xffff => {
            frame.push(0x80 | 126);
            frame.extend((long as u16).to_be_bytes());
        }
        huge => {
            frame.push(0x80 | 127);
            frame.extend((huge as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server_frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = masked(kind, payload);
        frame[1] &= 0x7f;
        let head = frame.len() - payload.len();
        frame.drain(head - 4..head);
        frame
    }

    #[test]
    fn frames_of_every_length_are_read_back() {
        for length in [0, 1, 125, 126, 1000, 0xffff, 0x10000] {
            let payload = vec![b'x'; length];
            let mut bytes = server_frame(0x81, &payload);
            let whole = bytes.len();
            bytes.extend(b"more");
            assert_eq!(first(&bytes).unwrap(), Some((Heard::Text(&payload), whole)), "{length}");
        }
    }

    #[test]
    fn a_frame_that_is_cut_anywhere_waits_for_the_rest() {
        for length in [3, 300, 70_000] {
            let bytes = server_frame(0x81, &vec![b'x'; length]);
            for cut in (0..20.min(bytes.len())).chain([bytes.len() - 1]) {
                assert_eq!(first(&bytes[..cut]).unwrap(), None, "{length} cut at {cut}");
            }
        }
    }

    #[test]
    fn a_farewell_brings_its_code() {
        assert_eq!(first(&server_frame(0x88, &4009u16.to_be_bytes())).unwrap(), Some((Heard::Close(4009), 4)));
        assert_eq!(first(&server_frame(0x88, b"")).unwrap(), Some((Heard::Close(1005), 2)));
    }

    #[test]
    fn what_a_server_may_not_send_is_noticed() {
        assert!(first(&text("masked")).is_err());
        assert!(first(&[0x01, 0x00]).is_err());
    }
}
