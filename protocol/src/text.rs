//! Validated text: parsed once at the edge, trusted inside.

mod look;
mod name;
mod unicode;

pub use look::look;
pub use name::is_unfit_for_a_line;
pub use unicode::nfc;

use crate::{Field, Invalid};
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $parse:path, $known:path) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks `raw` against the rule above.
            ///
            /// # Errors
            /// [`Invalid`] names the field and says what to change.
            pub fn parse(raw: &str) -> Result<Self, Invalid> {
                $parse(raw).map(Self)
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        /// Reads a text that was accepted before, perhaps by the wider rule of an earlier version.
        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(raw: String) -> Result<Self, Invalid> {
                $known(&raw).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text!(
    /// 2–32 of a–z, 0–9, `.`, `_`, `-`; capitals are taken as small letters. It begins with neither `-` nor `.`, does not
    /// end with `.`, and is not one of the [reserved](name::RESERVED).
    Username, name::username, name::known_username
);
text!(
    /// 1–64 characters on one line, trimmed and in NFC. At least one is visible, none is an invisible, control or
    /// bidirectional formatting character, and at most 8 combining marks follow each other.
    DisplayName, name::display_name, name::known_display_name
);
text!(
    /// An address of the form `local@host`, at most 254 bytes (RFC 5321, 4.5.3.1): in small letters, the host in ASCII
    /// (UTS 46).
    Email, email, known_email
);
text!(
    /// As a display name, of 1–80 characters.
    RoomName, name::room_name, name::known_room_name
);
text!(
    /// What a server is called: as a display name.
    InstanceName, name::instance_name, name::known_instance_name
);
text!(
    /// A remark for oneself: as a display name, of 1–80 characters.
    Note, name::note, name::known_note
);
text!(
    /// 1–8,000 characters after trimming, at least one of them visible: any Unicode but NUL; line breaks are kept, as `\n`,
    /// and so is the indentation of the first line.
    MessageText, message_text, known_message_text
);

/// 8–1,024 characters, in NFC. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Maximum length in characters, of a password that is chosen and of one that is tried.
    pub const MAX_CHARACTERS: usize = 1024;

    /// Checks the length of a password that somebody chooses; whether it is easy to guess is for the domain to say.
    ///
    /// # Errors
    /// [`Invalid`] when it is shorter than 8 or longer than 1,024 characters; `field` is the one given.
    pub fn parse(raw: &str, field: Field) -> Result<Self, Invalid> {
        // Keyboards disagree about how letters are composed (RFC 8265, 4.2.2).
        let password = nfc(raw);
        match password.chars().count() {
            0..8 => Err(Invalid::new(field, "Choose a password of at least 8 characters.")),
            8..=Self::MAX_CHARACTERS => Ok(Self(password)),
            _ => Err(Invalid::new(field, "Choose a password of at most 1,024 characters.")),
        }
    }

    /// The secret itself, for the hasher only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl MessageText {
    /// The text of the message with which a new account enters the first room. The invisible U+2060 marks it; a message that
    /// somebody writes never equals it, since [`Self::parse`] drops the mark.
    const ARRIVAL: &str = "\u{2060}joined";

    pub fn arrival() -> Self {
        Self(Self::ARRIVAL.to_owned())
    }

    pub fn is_arrival(text: &str) -> bool {
        text == Self::ARRIVAL
    }
}

fn email(raw: &str) -> Result<String, Invalid> {
    let address = raw.trim().rsplit_once('@').and_then(|(local, host)| {
        let local = nfc(&local.to_lowercase());
        Some(format!("{local}@{}", unicode::ascii_host(host)?))
    });
    address.ok_or_else(no_email).and_then(|address| known_email(&address))
}

fn known_email(raw: &str) -> Result<String, Invalid> {
    let unfit = |c: char| c.is_whitespace() || is_unfit_for_a_line(c) || name::is_blank(c);
    let plain = |part: &str| !part.is_empty() && !part.contains(unfit);
    let is_address = raw.len() <= 254
        && raw.split_once('@').is_some_and(|(local, host)| {
            plain(local) && plain(host) && !host.contains('@') && !host.starts_with('.') && !host.ends_with('.')
        });
    if is_address { Ok(raw.to_owned()) } else { Err(no_email()) }
}

fn no_email() -> Invalid {
    Invalid::new(Field::Email, "Enter an address like name@example.org.")
}

fn message_text(raw: &str) -> Result<String, Invalid> {
    known_message_text(raw).and_then(|text| match text.chars().all(name::is_blank) {
        true => Err(Invalid::new(Field::Text, "Write something first.")),
        false if MessageText::is_arrival(&text) => Ok(text.replace('\u{2060}', "")),
        false => Ok(text),
    })
}

fn known_message_text(raw: &str) -> Result<String, Invalid> {
    // CR LF and a lone CR end a line as LF does. Looking for letters only keeps the search for strings out of the client.
    let mut text = String::with_capacity(raw.len());
    for (at, part) in trimmed(raw).split('\r').enumerate() {
        if at > 0 && !part.starts_with('\n') {
            text.push('\n');
        }
        text.push_str(part);
    }
    if text.contains('\0') {
        return Err(Invalid::new(Field::Text, "A message cannot contain the NUL character."));
    }
    match text.chars().count() {
        0 => Err(Invalid::new(Field::Text, "Write something first.")),
        1..=8000 => Ok(text),
        long => Err(Invalid::new(
            Field::Text,
            format!("A message holds 8,000 characters; this one has {long}. Send it in parts."),
        )),
    }
}

/// Without the empty lines before and the blanks after it.
fn trimmed(raw: &str) -> &str {
    let text = raw.trim_end();
    let blank = text.len() - text.trim_start().len();
    let line = text[..blank].rfind(['\n', '\r']).map_or(0, |end| end + 1);
    &text[line..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_username_is_kept_in_small_letters() {
        assert_eq!(Username::parse(" Robin.West-2_ ").unwrap().as_str(), "robin.west-2_");
    }

    #[test]
    fn a_username_outside_the_rule_is_refused() {
        for bad in ["", "a", "josé", "a b", "a@b", "a/b", &"x".repeat(33)] {
            assert_eq!(Username::parse(bad).unwrap_err().field, Field::Username, "{bad:?}");
        }
        assert!(Username::parse(&"x".repeat(32)).is_ok());
    }

    #[test]
    fn names_cannot_hold_controls_or_reverse_their_reading() {
        for bad in ["a\0b", "a\nb", "a\u{202e}b", "a\u{2066}b", "", "   "] {
            assert!(DisplayName::parse(bad).is_err(), "{bad:?}");
            assert!(RoomName::parse(bad).is_err(), "{bad:?}");
            assert!(InstanceName::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(DisplayName::parse(" 明日 🎉 ").unwrap().as_str(), "明日 🎉");
    }

    #[test]
    fn what_is_too_long_is_called_what_it_is() {
        let long = "x".repeat(81);
        assert_eq!(Note::parse(&long).unwrap_err().problem, "Choose a note of at most 80 characters.");
        assert_eq!(RoomName::parse(&long).unwrap_err().problem, "Choose a name of at most 80 characters.");
    }

    #[test]
    fn an_email_is_compared_without_case() {
        assert_eq!(Email::parse("Robin@Example.ORG").unwrap(), Email::parse("robin@example.org").unwrap());
        for spelling in
            ["Jo@Müller.example", "jo@mu\u{308}ller.EXAMPLE", "jo@xn--mller-kva.example", "jo@ｍüller。example"]
        {
            assert_eq!(Email::parse(spelling).unwrap().as_str(), "jo@xn--mller-kva.example", "{spelling}");
        }
        assert_eq!(Email::parse("jose\u{301}@example.org").unwrap(), Email::parse("jos\u{e9}@example.org").unwrap());
        for bad in ["", "robin", "@b", "a@", "a@b@c", "a b@c", "a@.b", "a@b.", &format!("{}@b", "a".repeat(260))] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_password_counts_characters_and_is_never_printed() {
        assert!(Password::parse("1234567", Field::Password).is_err());
        assert!(Password::parse("pässwörd", Field::Password).is_ok());
        assert!(Password::parse(&"x".repeat(1025), Field::Password).is_err());
        assert_eq!(format!("{:?}", Password::parse("hunter22", Field::Password).unwrap()), "Password(…)");
    }

    #[test]
    fn a_message_keeps_its_line_breaks_and_loses_its_margins() {
        assert_eq!(MessageText::parse("\n \r\n a\r\nb\rc \n").unwrap().as_str(), " a\nb\nc");
        assert_eq!(MessageText::parse("    fn main() {}\n}").unwrap().as_str(), "    fn main() {}\n}");
        assert!(MessageText::parse(" \n ").is_err());
        assert!(MessageText::parse("a\0b").is_err());
        assert!(MessageText::parse(&"é".repeat(8000)).is_ok());
        assert!(MessageText::parse(&"é".repeat(8001)).is_err());
    }

    #[test]
    fn nobody_can_write_the_text_of_an_arrival() {
        let arrival = MessageText::arrival();
        assert_eq!(MessageText::parse(arrival.as_str()).unwrap().as_str(), "joined");
        assert_eq!(MessageText::try_from(arrival.to_string()).as_ref(), Ok(&arrival), "the wire carries it");
    }

    #[test]
    fn unpaired_surrogates_do_not_parse() {
        assert!(serde_json::from_str::<MessageText>(r#""a\ud800b""#).is_err());
        assert!(serde_json::from_str::<MessageText>(r#""\ud83c\udf89""#).is_ok());
    }

    proptest! {
        #[test]
        fn what_was_accepted_is_accepted_again_unchanged(raw in "\\PC{0,80}") {
            if let Ok(text) = MessageText::parse(&raw) {
                prop_assert_eq!(MessageText::parse(text.as_str()).unwrap(), text);
            }
            if let Ok(name) = DisplayName::parse(&raw) {
                prop_assert_eq!(DisplayName::parse(name.as_str()).unwrap(), name);
            }
        }
    }
}
