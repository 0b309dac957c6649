//! Validated text: parsed once at the edge, trusted inside.

use crate::{Field, Invalid};
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $parse:path) => {
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

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(raw: String) -> Result<Self, Invalid> {
                Self::parse(&raw)
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
    /// 2–32 of a–z, 0–9, `.`, `_`, `-`; capitals are taken as small letters.
    Username, username
);
text!(
    /// 1–64 characters on one line, trimmed; no control and no bidirectional formatting characters.
    DisplayName, display_name
);
text!(
    /// An address of the form `local@host`, at most 254 bytes (RFC 5321, 4.5.3.1), kept in small letters.
    Email, email
);
text!(
    /// 1–80 characters on one line, trimmed; no control and no bidirectional formatting characters.
    RoomName, room_name
);
text!(
    /// What a server is called: as a room's name, of 1–64 characters.
    InstanceName, instance_name
);
text!(
    /// A remark for oneself: as a room's name, of 1–80 characters.
    Note, note
);
text!(
    /// 1–8,000 characters after trimming: any Unicode but NUL; line breaks are kept, as `\n`.
    MessageText, message_text
);

/// 8–1,024 characters, taken as they are. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Maximum length in characters, of a password that is chosen and of one that is tried.
    pub const MAX_CHARACTERS: usize = 1024;

    /// Checks the length of a password that somebody chooses.
    ///
    /// # Errors
    /// [`Invalid`] when it is shorter than 8 or longer than 1,024 characters; `field` is the one given.
    pub fn parse(raw: &str, field: Field) -> Result<Self, Invalid> {
        match raw.chars().count() {
            0..8 => Err(Invalid::new(field, "Choose a password of at least 8 characters.")),
            8..=Self::MAX_CHARACTERS => Ok(Self(raw.to_owned())),
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

fn username(raw: &str) -> Result<String, Invalid> {
    let name = raw.trim().to_ascii_lowercase();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    if !name.chars().all(allowed) {
        return Err(Invalid::new(Field::Username, "Use only letters a to z, digits, dot, underscore and hyphen."));
    }
    if !(2..=32).contains(&name.len()) {
        return Err(Invalid::new(Field::Username, "Choose a username of 2 to 32 characters."));
    }
    Ok(name)
}

fn display_name(raw: &str) -> Result<String, Invalid> {
    one_line(raw, Field::DisplayName, 64)
}

fn room_name(raw: &str) -> Result<String, Invalid> {
    one_line(raw, Field::RoomName, 80)
}

fn instance_name(raw: &str) -> Result<String, Invalid> {
    one_line(raw, Field::Name, 64)
}

fn note(raw: &str) -> Result<String, Invalid> {
    one_line(raw, Field::Note, 80)
}

fn email(raw: &str) -> Result<String, Invalid> {
    let address = raw.trim().to_lowercase();
    let plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || is_unfit_for_a_line(c));
    let is_address = address.len() <= 254
        && address.split_once('@').is_some_and(|(local, host)| {
            plain(local) && plain(host) && !host.contains('@') && !host.starts_with('.') && !host.ends_with('.')
        });
    if is_address { Ok(address) } else { Err(Invalid::new(Field::Email, "Enter an address like name@example.org.")) }
}

fn message_text(raw: &str) -> Result<String, Invalid> {
    // CR LF and a lone CR end a line as LF does. Looking for letters only keeps the search for strings out of the client.
    let mut text = String::with_capacity(raw.len());
    for (at, part) in raw.trim().split('\r').enumerate() {
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

fn one_line(raw: &str, field: Field, max: usize) -> Result<String, Invalid> {
    let line = raw.trim();
    if line.contains(is_unfit_for_a_line) {
        return Err(Invalid::new(field, "Use letters, digits and signs on one line."));
    }
    let what = if field == Field::Note { "note" } else { "name" };
    match line.chars().count() {
        0 => Err(Invalid::new(field, format!("Enter a {what}."))),
        n if n <= max => Ok(line.to_owned()),
        _ => Err(Invalid::new(field, format!("Choose a {what} of at most {max} characters."))),
    }
}

/// Control characters, and the bidirectional formatting characters (Unicode TR #9, section 2) that make a name read as another.
pub fn is_unfit_for_a_line(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}')
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
        assert_eq!(MessageText::parse("\n a\r\nb\rc \n").unwrap().as_str(), "a\nb\nc");
        assert!(MessageText::parse(" \n ").is_err());
        assert!(MessageText::parse("a\0b").is_err());
        assert!(MessageText::parse(&"é".repeat(8000)).is_ok());
        assert!(MessageText::parse(&"é".repeat(8001)).is_err());
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
