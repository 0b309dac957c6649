//! Frames from clients: what is read means one thing, and what is not read is explained.

use protocol::{Code, Command, MessageText, Request};

pub fn hold(text: &str) {
    match Request::parse(text) {
        Ok(request) => {
            let written = serde_json::to_string(&request).expect("a request can be written");
            assert_eq!(Request::parse(&written), Ok(request.clone()), "what was read is read again");
            if let Command::NewMessage { text, .. } = request.command {
                assert_eq!(MessageText::parse(text.as_str()), Ok(text), "the text keeps its rule");
            }
        }
        Err((id, error)) => {
            assert!(matches!(error.code, Code::BadRequest | Code::UnknownCommand | Code::Invalid), "{error:?}");
            assert!(!error.message.is_empty());
            let told = serde_json::from_str::<serde_json::Value>(text).ok();
            assert_eq!(id, told.and_then(|told| told.get("id")?.as_u64()), "the answer finds its request");
        }
    }
}
