//! Validated text: what was accepted keeps its rule, in every form in which it travels.

use protocol::{
    At, ClientId, DisplayName, Email, Field, Message, MessageText, Password, Person, Preview, RoomName, Username,
};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::{Debug, Display};

pub fn hold(raw: &str) {
    if let Some(name) = kept(raw, Username::parse) {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_".contains(c);
        assert!((2..=32).contains(&name.len()) && name.chars().all(is_plain), "{name:?}");
    }
    if let Some(name) = kept(raw, DisplayName::parse) {
        is_a_line(&name, 64);
    }
    if let Some(name) = kept(raw, RoomName::parse) {
        is_a_line(&name, 80);
    }
    if let Some(address) = kept(raw, Email::parse) {
        assert!(address.len() <= 254 && address.matches('@').count() == 1, "{address:?}");
        assert!(!address.contains(|c: char| c.is_whitespace() || c.is_control()), "{address:?}");
    }
    if let Some(text) = kept(raw, MessageText::parse) {
        assert!((1..=8000).contains(&text.chars().count()) && text.trim_end() == text, "{text:?}");
        assert!(text.lines().next().is_some_and(|line| !line.trim().is_empty()), "{text:?}");
        assert!(!text.contains(['\0', '\r']), "{text:?}");
        has_a_short_preview(&text);
    }
    if let Ok(password) = Password::parse(raw, Field::Password) {
        assert_eq!(password.expose(), protocol::nfc(raw), "a password is only composed");
        let chars = password.expose().chars().count();
        assert!((8..=1024).contains(&chars) && format!("{password:?}") == "Password(…)");
    }
}

/// What a rule accepts, once it has been seen to be accepted again unchanged, and to cross the wire.
fn kept<T, E: Debug>(raw: &str, parse: fn(&str) -> Result<T, E>) -> Option<String>
where
    T: Display + Debug + PartialEq + Serialize + DeserializeOwned,
{
    let value = parse(raw).ok()?;
    let text = value.to_string();
    assert_eq!(parse(&text).expect("it is accepted again"), value);
    let written = serde_json::to_string(&value).expect("it can be written");
    assert_eq!(serde_json::from_str::<T>(&written).expect("it can be read"), value);
    assert_eq!(protocol::json::read::<String>(&written).as_ref(), Ok(&text));
    Some(text)
}

fn is_a_line(name: &str, max: usize) {
    assert!((1..=max).contains(&name.chars().count()) && name.trim() == name, "{name:?}");
    let is_reversing =
        |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    assert!(!name.contains(|c: char| c.is_control() || is_reversing(c)), "{name:?}");
}

fn has_a_short_preview(text: &str) {
    let author =
        Person { id: 1.try_into().expect("an id"), username: "ines".into(), name: "Ines".into(), is_bot: false };
    let client_id: ClientId = "6f1f9c5e-3c1b-4c50-9a52-0d5b2c1f7a10".parse().expect("a UUID");
    let (no, at) = (1.try_into().expect("a number"), At::try_from(0).expect("a moment"));
    let message = Message { no, author, client_id, text: MessageText::parse(text).expect("accepted before"), at };
    let preview = Preview::of(&message).text;
    assert!(preview.chars().count() <= Preview::CHARS && !preview.contains('\n'), "{preview:?}");
    assert!(text.replace('\n', " ").starts_with(&preview), "{preview:?}");
}
