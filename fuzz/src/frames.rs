//! Frames from the server: the small reader of browsers and serde's agree on what this version knows.

use protocol::{Change, Event, Frame, What};
use std::mem::discriminant;

pub fn hold(text: &str) {
    let (small, large) = (Frame::parse(text), serde_json::from_str::<Frame>(text));
    if let Ok(frame) = &small
        && is_known(&frame.event)
    {
        is_read_as_written(frame);
    }
    // Larger ids are answered as they came, to clients that can read them.
    if let Ok(frame) = &large
        && frame.id.is_none_or(|id| i64::try_from(id).is_ok())
    {
        is_read_as_written(frame);
    }
    // What browsers cannot read becomes something else, such as a room as it stands.
    if let (Ok(small), Ok(large)) = (small, large)
        && is_known(&small.event)
        && discriminant(&small.event) == discriminant(&large.event)
    {
        assert_eq!(small, large, "both read the same");
    }
}

/// Whether this version can write it, too.
fn is_known(event: &Event) -> bool {
    !matches!(event, Event::Unknown | Event::Change(Change { what: What::Unknown, .. }))
}

fn is_read_as_written(frame: &Frame) {
    let written = frame.encode();
    assert_eq!(Frame::parse(&written).as_ref(), Ok(frame), "{written}");
    assert_eq!(serde_json::from_str::<Frame>(&written).ok().as_ref(), Some(frame), "{written}");
}
