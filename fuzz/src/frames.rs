//! Frames from the server: the small reader of browsers and serde's agree.

use protocol::Frame;

pub fn hold(text: &str) {
    let (small, large) = (Frame::parse(text), serde_json::from_str::<Frame>(text));
    if let Ok(frame) = &small {
        is_read_as_written(frame);
    }
    // Larger ids are answered as they came, to clients that can read them.
    if let Ok(frame) = &large
        && frame.id.is_none_or(|id| i64::try_from(id).is_ok())
    {
        is_read_as_written(frame);
    }
    if let (Ok(small), Ok(large)) = (small, large) {
        assert_eq!(small, large, "both read the same");
    }
}

fn is_read_as_written(frame: &Frame) {
    let written = frame.encode();
    assert_eq!(Frame::parse(&written).as_ref(), Ok(frame), "{written}");
    assert_eq!(serde_json::from_str::<Frame>(&written).ok().as_ref(), Some(frame), "{written}");
}
