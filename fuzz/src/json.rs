//! The reader of JSON that browsers have, against serde's, for everything that crosses the wire.

use protocol::{ApiError, CatchUp, Change, Member, Message, RoomView, Slice, Workspace, json};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

pub fn hold(text: &str) {
    agree::<Message>(text);
    agree::<Member>(text);
    agree::<RoomView>(text);
    agree::<Slice>(text);
    agree::<Change>(text);
    agree::<CatchUp>(text);
    agree::<ApiError>(text);
    agree::<Workspace>(text);
    agree::<String>(text);
    agree::<Vec<i64>>(text);
    agree::<Option<bool>>(text);
}

fn agree<T: DeserializeOwned + Serialize + PartialEq + Debug>(text: &str) {
    let (small, large) = (json::read::<T>(text).ok(), serde_json::from_str::<T>(text).ok());
    for value in [&small, &large].into_iter().flatten() {
        let written = serde_json::to_string(value).expect("it can be written");
        assert_eq!(json::read::<T>(&written).as_ref(), Ok(value), "{written}");
        assert_eq!(serde_json::from_str::<T>(&written).ok().as_ref(), Some(value), "{written}");
    }
    if let (Some(small), Some(large)) = (small, large) {
        assert_eq!(small, large, "both read the same");
    }
}
