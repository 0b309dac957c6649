use crate::{ApiError, ClientId, Code, Epoch, Generation, MessageText, No, Rev, RoomId};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// A number chosen by the client; the answer brings it back.
pub type RequestId = u64;

/// A frame from a client: a [`Command`] and the id that its answer shall carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<RequestId>,
    #[serde(flatten)]
    pub command: Command,
}

/// What a client can ask over the socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// Resume: "this is what I have, send what I missed". Answered by `ready`, after all that was missed.
    Hello {
        /// The epoch that the revisions belong to, from `welcome`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        epoch: Option<Epoch>,
        /// The rooms that the client has state of; every other one is sent whole.
        #[serde(default)]
        rooms: Vec<Known>,
    },
    /// Some of the rooms that the client has state of, in front of a `hello` that they do not all fit into.
    /// Answered by `ok`.
    HelloPart { rooms: Vec<Known> },
    /// The same for one room, after a gap: "this is what I have, send what I missed". Answered by `ok`, after that.
    ResumeRoom { room: RoomId, rev: Rev },
    /// A page of a room's messages: the newest, those next to `before` or `after`, or those on both sides of `around`.
    FetchMessages {
        room: RoomId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<No>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<No>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        around: Option<No>,
        /// 1–100; 15 by default.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<u32>,
    },
    /// Store a message; acknowledged by `ack` after its commit. Safe to repeat with the same `client_id`.
    NewMessage {
        room: RoomId,
        client_id: ClientId,
        #[serde(deserialize_with = "entered")]
        text: MessageText,
    },
    /// Everything up to `no` has been seen. Answered by `ok`, and without effect in an older generation.
    Seen {
        room: RoomId,
        no: No,
        /// The generation of the read marker that the client knows; the current one when it is absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        generation: Option<Generation>,
    },
    /// The message `no` and all later ones are unread again. Answered by `ok`.
    MarkUnread { room: RoomId, no: No },
    /// Answered by `pong`.
    Ping,
}

/// A room and how far a client knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    pub room: RoomId,
    pub rev: Rev,
}

/// A text that somebody enters is held to today's rule; one that is stored may have been accepted by an earlier one.
fn entered<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MessageText, D::Error> {
    let raw = String::deserialize(deserializer)?;
    MessageText::parse(&raw).map_err(D::Error::custom)
}

impl Request {
    /// How many messages a page holds when the client does not say.
    pub const PAGE: u32 = 15;
    /// The largest page.
    pub const PAGE_MAX: u32 = 100;
    /// Maximum of rooms that a client names in one `hello` or `hello_part`: about half of the 64 KiB of a frame.
    pub const HELLO_ROOMS: usize = 1000;

    /// Reads a text frame.
    ///
    /// # Errors
    /// `bad_request` for what is not such a frame, `unknown_command`, or `invalid` for a text that breaks its rule;
    /// beside it the request id, when that much could be read.
    pub fn parse(frame: &str) -> Result<Self, (Option<RequestId>, ApiError)> {
        serde_json::from_str(frame).map_err(|error| explain(frame, &error))
    }
}

/// Finds out what is wrong with a frame; only done for bad ones.
fn explain(frame: &str, error: &serde_json::Error) -> (Option<RequestId>, ApiError) {
    const COMMANDS: [&str; 8] =
        ["hello", "hello_part", "resume_room", "fetch_messages", "new_message", "seen", "mark_unread", "ping"];
    let refuse = |code, message: String| ApiError::new(code, message);

    let Ok(serde_json::Value::Object(object)) = serde_json::from_str(frame) else {
        return (None, refuse(Code::BadRequest, "Send one JSON object in each text frame.".into()));
    };
    let id = object.get("id").and_then(serde_json::Value::as_u64);
    let name = object.get("type").and_then(serde_json::Value::as_str);
    match name {
        None => (id, refuse(Code::BadRequest, "The frame has no \"type\" that names a command.".into())),
        Some(name) if !COMMANDS.contains(&name) => {
            (id, refuse(Code::UnknownCommand, format!("There is no such command; use one of {}.", COMMANDS.join(", "))))
        }
        Some("new_message") => {
            let text = object.get("text").and_then(serde_json::Value::as_str);
            match text.map(MessageText::parse) {
                Some(Err(invalid)) => (id, invalid.into()),
                _ => (id, refuse(Code::BadRequest, error.to_string())),
            }
        }
        Some(_) => (id, refuse(Code::BadRequest, error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(frame: &str) -> (Option<RequestId>, Code) {
        let (id, error) = Request::parse(frame).unwrap_err();
        (id, error.code)
    }

    #[test]
    fn a_bad_frame_is_explained_and_keeps_its_request_id() {
        assert_eq!(refused("nonsense"), (None, Code::BadRequest));
        assert_eq!(refused("[1]"), (None, Code::BadRequest));
        assert_eq!(refused(r#"{"id":4}"#), (Some(4), Code::BadRequest));
        assert_eq!(refused(r#"{"id":4,"type":"sing"}"#), (Some(4), Code::UnknownCommand));
        assert_eq!(refused(r#"{"id":4,"type":"seen","room":3}"#), (Some(4), Code::BadRequest));
        assert_eq!(refused(r#"{"id":4,"type":"seen","room":1e300,"no":1}"#), (Some(4), Code::BadRequest));
        assert_eq!(refused(r#"{"type":"seen","room":9007199254740993,"no":1}"#), (None, Code::BadRequest));
        let empty =
            r#"{"id":5,"type":"new_message","room":3,"client_id":"6f1f9c5e-3c1b-4c50-9a52-0d5b2c1f7a10","text":" "}"#;
        assert_eq!(refused(empty), (Some(5), Code::Invalid));
        let invisible = empty.replace("\" \"", "\"\u{200b}\u{3164}\"");
        assert_eq!(refused(&invisible), (Some(5), Code::Invalid));
        let nul = r#"{"id":5,"type":"new_message","room":3,"client_id":"6f1f9c5e-3c1b-4c50-9a52-0d5b2c1f7a10","text":"\u0000"}"#;
        assert_eq!(refused(nul), (Some(5), Code::Invalid));
    }

    #[test]
    fn deep_nesting_is_refused_without_harm() {
        let deep = format!("{{\"type\":\"ping\",\"x\":{}{}}}", "[".repeat(20_000), "]".repeat(20_000));
        assert_eq!(refused(&deep), (None, Code::BadRequest));
    }
}
