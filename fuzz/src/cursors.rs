//! Numbers and ids out of addresses, forms and frames: in their range, and one way to write each.

use protocol::{At, ClientId, Command, No, Request, Rev, RoomId, UserId};
use serde::de::DeserializeOwned;
use std::fmt::{Debug, Display};
use std::str::FromStr;

/// What a JavaScript number holds exactly.
const MAX: i64 = (1 << 53) - 1;

pub fn hold(text: &str) {
    number(text, 1, RoomId::get);
    number(text, 1, UserId::get);
    number(text, 0, No::get);
    number(text, 0, Rev::get);
    number(text, 0, At::get);
    if let Ok(id) = text.parse::<ClientId>() {
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().len(), 36);
    }
    page(text);
}

fn number<T>(text: &str, min: i64, get: fn(T) -> i64)
where
    T: FromStr + DeserializeOwned + Display + Copy + PartialEq + Debug,
{
    let (plain, json) = (text.parse::<T>().ok(), serde_json::from_str::<T>(text).ok());
    for value in [plain, json].into_iter().flatten() {
        assert!((min..=MAX).contains(&get(value)), "{value:?}");
        let written = value.to_string();
        assert_eq!(written.parse::<T>().ok(), Some(value));
        assert_eq!(serde_json::from_str::<T>(&written).ok(), Some(value));
        assert_eq!(protocol::json::read::<T>(&written).ok(), Some(value));
    }
}

/// A cursor that no page starts at is refused, not taken for another.
fn page(text: &str) {
    let frame = format!(r#"{{"id":1,"type":"fetch_messages","room":3,"before":{text}}}"#);
    if let Ok(Request { command: Command::FetchMessages { room, before: Some(before), .. }, .. }) =
        Request::parse(&frame)
    {
        assert!(room.get() >= 1 && (0..=MAX).contains(&before.get()), "{frame}");
    }
}
