//! What the forms for tokens and webhooks say, and what they are answered.

use crate::form::{Made, Trial};
use domain::access::{Access, Caller};
use domain::ports::SessionId;
use domain::secrets::Secret;
use domain::tokens::NewToken;
use domain::{DAY_MS, Error};
use protocol::{ApiError, Code, DisplayName, Field, Invalid, RoomId, UserId};
use std::collections::BTreeSet;

/// What a token may do: as the form says it, and as it reads.
pub const ACCESS: [(&str, &str); 3] = [("both", "Read and write"), ("read", "Only read"), ("write", "Only write")];

/// In which rooms.
pub const REACH: [(&str, &str); 2] = [("all", "All rooms, new ones too"), ("some", "Only these")];

/// For how many days.
pub const LIFETIMES: [(&str, &str); 5] =
    [("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("", "Until revoked")];

/// A form for a token, as it came.
#[derive(Debug)]
pub struct TokenForm {
    pub name: String,
    pub access: String,
    pub reach: String,
    pub rooms: Vec<RoomId>,
    pub lifetime: String,
}

impl TokenForm {
    /// What it asks for.
    ///
    /// # Errors
    /// Names every field that breaks its rule.
    pub fn read(self) -> Result<NewToken, ApiError> {
        let access = match self.access.as_str() {
            "both" => Access::ReadAndWrite,
            "read" => Access::Read,
            "write" => Access::Write,
            _ => return Err(unknown()),
        };
        let is_known = LIFETIMES.iter().any(|(days, _)| *days == self.lifetime);
        let days: Option<i64> = is_known.then(|| self.lifetime.parse().ok()).ok_or_else(unknown)?;
        let lifetime_ms = days.map(|days| days * DAY_MS);
        match (hook_name(&self.name), rooms(&self.reach, self.rooms)) {
            (Ok(name), Ok(rooms)) => Ok(NewToken { name, rooms, access, lifetime_ms }),
            (name, rooms) => Err(ApiError::of_all([name.err(), rooms.err()]).expect("one of the two is at fault")),
        }
    }
}

/// `None` for all of them.
fn rooms(reach: &str, chosen: Vec<RoomId>) -> Result<Option<BTreeSet<RoomId>>, Invalid> {
    match reach {
        "all" => Ok(None),
        _ if chosen.is_empty() => Err(Invalid::new(Field::Rooms, "Choose at least one room, or all of them.")),
        _ => Ok(Some(chosen.into_iter().collect())),
    }
}

/// The name of a token or of a webhook.
///
/// # Errors
/// [`Invalid`] at the field `name`.
pub fn hook_name(name: &str) -> Result<DisplayName, Invalid> {
    DisplayName::parse(name).map_err(|invalid| Invalid { field: Field::Name, ..invalid })
}

/// The session that a button names.
///
/// # Errors
/// [`Error::NotFound`] for what no session is called.
pub fn session_named(name: &str) -> Result<SessionId, Error> {
    SessionId::parse(name).ok_or(Error::NotFound)
}

/// Where the tokens of the caller or of their bot stand.
pub fn token_page(me: &Caller, bearer: UserId, done: &str) -> String {
    if bearer == me.user {
        format!("/settings/tokens?done={done}")
    } else {
        format!("/settings/bots/{bearer}?done={done}")
    }
}

impl Made {
    /// A token, to be told.
    pub fn token(new: &NewToken, secret: &Secret) -> Self {
        let room = new.rooms.as_ref().and_then(|rooms| rooms.first().copied());
        let trial = match new.access {
            Access::Write => Trial::Write(room),
            Access::Read | Access::ReadAndWrite => Trial::Read(room),
        };
        Self { name: new.name.as_str().to_owned(), secret: secret.as_str().to_owned(), trial }
    }

    /// A webhook, to be told.
    pub fn hook(name: &DisplayName, secret: &Secret) -> Self {
        Self { name: name.as_str().to_owned(), secret: secret.as_str().to_owned(), trial: Trial::Hook }
    }
}

/// What no page of ours sends.
fn unknown() -> ApiError {
    ApiError::new(Code::BadRequest, "The form did not arrive whole. Load the page again and repeat it.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> TokenForm {
        let [name, access, reach, lifetime] = ["Backup", "read", "some", "30"].map(str::to_owned);
        TokenForm { name, access, reach, rooms: vec![2.try_into().unwrap()], lifetime }
    }

    #[test]
    fn a_form_says_what_the_token_is_to_reach() {
        let new = form().read().unwrap();
        assert_eq!(new.rooms, Some(BTreeSet::from([2.try_into().unwrap()])));
        assert_eq!((new.access, new.lifetime_ms), (Access::Read, Some(30 * DAY_MS)));
        let new = TokenForm { reach: "all".into(), lifetime: String::new(), ..form() }.read().unwrap();
        assert_eq!((new.rooms, new.lifetime_ms), (None, None), "rooms ticked before do not count");
    }

    #[test]
    fn every_field_at_fault_is_told_at_once() {
        let error = TokenForm { name: " ".into(), rooms: Vec::new(), ..form() }.read().unwrap_err();
        assert_eq!(error.at(Field::Name), Some("Enter a name."));
        assert_eq!(error.at(Field::Rooms), Some("Choose at least one room, or all of them."));
    }

    #[test]
    fn what_no_page_offers_is_refused() {
        for form in [TokenForm { access: "admin".into(), ..form() }, TokenForm { lifetime: "36500".into(), ..form() }] {
            assert_eq!(form.read().unwrap_err().code, Code::BadRequest);
        }
    }
}
