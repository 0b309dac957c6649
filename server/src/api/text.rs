//! Texts, held to the limits that the document tells: margins count, and nothing is mended silently that it forbids.

use protocol::{ClientId, DisplayName, Email, Field, Invalid, MessageText, RoomName, Username};

pub fn username(raw: &str) -> Result<Username, Invalid> {
    // It would be trimmed otherwise.
    if raw.contains(char::is_whitespace) { Username::parse("") } else { Username::parse(raw) }
}

pub fn email(raw: &str) -> Result<Email, Invalid> {
    // Addresses in other letters are written in their ASCII form.
    if raw.bytes().all(|byte| byte.is_ascii_graphic()) { Email::parse(raw) } else { Email::parse("") }
}

pub fn display_name(raw: &str) -> Result<DisplayName, Invalid> {
    within(raw, 64, Field::DisplayName).and_then(DisplayName::parse)
}

/// The name of a token.
pub fn name(raw: &str) -> Result<DisplayName, Invalid> {
    let parsed = within(raw, 64, Field::Name).and_then(DisplayName::parse);
    parsed.map_err(|invalid| Invalid { field: Field::Name, ..invalid })
}

pub fn room_name(raw: &str) -> Result<RoomName, Invalid> {
    within(raw, 80, Field::RoomName).and_then(RoomName::parse)
}

pub fn message(raw: &str) -> Result<MessageText, Invalid> {
    // A longer one may be short enough without its margins.
    let long = raw.chars().count();
    if long <= 8000 {
        return MessageText::parse(raw);
    }
    let problem = format!("A message holds 8,000 characters; this one has {long}. Send it in parts.");
    Err(Invalid::new(Field::Text, problem))
}

/// A UUID with its hyphens, and in no other form.
pub fn client_id(raw: &str) -> Option<ClientId> {
    raw.parse().ok().filter(|_| raw.len() == 36)
}

fn within(raw: &str, max: usize, field: Field) -> Result<&str, Invalid> {
    match raw.chars().count() {
        long if long > max => Err(Invalid::new(field, format!("Choose a name of at most {max} characters."))),
        _ => Ok(raw),
    }
}

/// A password that somebody has.
pub fn known(raw: &str) -> Result<&str, Invalid> {
    if raw.chars().count() <= 1024 {
        return Ok(raw);
    }
    Err(Invalid::new(Field::Password, "A password has at most 1,024 characters."))
}

/// A username or an e-mail address.
pub fn login(raw: &str) -> Result<&str, Invalid> {
    if raw.chars().count() <= 254 {
        return Ok(raw);
    }
    Err(Invalid::new(Field::Login, "A name or address has at most 254 characters."))
}

/// What somebody searches for.
pub fn words(raw: &str) -> Result<&str, Invalid> {
    if raw.chars().count() <= 64 && !raw.contains('\0') {
        return Ok(raw);
    }
    Err(Invalid::new(Field::Name, "Search by at most 64 characters, none of them NUL."))
}
