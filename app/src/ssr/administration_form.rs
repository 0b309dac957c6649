//! What the forms of administration say, and what they are answered.

use crate::form::{Made, Trial};
use domain::invitations::{DAYS, Offer, USES};
use domain::{Error, Registration};
use protocol::{ApiError, At, Code, Field, Invalid, Note, UserId};
use std::ops::RangeInclusive;

/// Who may register: as the form says it, and as it reads.
pub const REGISTRATION: [(&str, &str); 3] = [
    (Registration::Open.name(), "Everybody"),
    (Registration::Invitation.name(), "Whoever is invited"),
    (Registration::Closed.name(), "Nobody"),
];

/// For how many days an invitation serves.
pub const EXPIRY: [(&str, &str); 4] = [("1", "A day"), ("7", "A week"), ("30", "30 days"), ("365", "A year")];

/// Where an account stands, with what was done to it.
pub fn person_page(user: UserId, done: &str) -> String {
    format!("/administration/people/{user}?done={done}")
}

/// Why a page refuses what is done to somebody. Only administrators see it, so the last one that it speaks of is the reader.
pub fn refusal(error: Error) -> ApiError {
    match error {
        Error::LastAdministrator => {
            ApiError::new(Code::Conflict, "You are the last administrator. Make somebody else one first.")
        }
        other => other.into(),
    }
}

/// Who may register, as the form says it.
///
/// # Errors
/// [`Code::BadRequest`] for what no page of ours sends.
pub fn registration_named(name: &str) -> Result<Registration, ApiError> {
    let message = "The form did not arrive whole. Load the page again and repeat it.";
    Registration::parse(name).ok_or_else(|| ApiError::new(Code::BadRequest, message))
}

/// What a form invites with.
///
/// # Errors
/// Names every field that breaks its rule.
pub fn offer(note: &str, uses: &str, days: &str) -> Result<Offer, ApiError> {
    let note = Some(note).filter(|note| !note.trim().is_empty()).map(Note::parse).transpose();
    match (note, number(uses, Field::Uses, &USES), number(days, Field::Days, &DAYS)) {
        (Ok(note), Ok(uses), Ok(days)) => Ok(Offer { uses, days, note }),
        (note, uses, days) => {
            Err(ApiError::of_all([note.err(), uses.err(), days.err()]).expect("one of the three is at fault"))
        }
    }
}

fn number(text: &str, field: Field, bounds: &RangeInclusive<u32>) -> Result<u32, Invalid> {
    let number = text.trim().parse().ok().filter(|number| bounds.contains(number));
    number.ok_or_else(|| Invalid::new(field, format!("Enter a number from {} to {}.", bounds.start(), bounds.end())))
}

impl Made {
    /// A link, to be told.
    pub fn link(name: &str, path: String, expires: At) -> Self {
        Self { name: name.to_owned(), secret: path, trial: Trial::Link(expires) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_needs_no_note() {
        let offer = offer(" ", "5", "7").unwrap();
        assert_eq!((offer.uses, offer.days, offer.note), (5, 7, None));
    }

    #[test]
    fn every_field_at_fault_is_told_at_once() {
        let error = offer(&"x".repeat(81), "none", "0").unwrap_err();
        for field in [Field::Note, Field::Uses, Field::Days] {
            assert!(error.at(field).is_some(), "{field:?}");
        }
        assert_eq!(error.at(Field::Uses), Some("Enter a number from 1 to 1000."));
    }
}
