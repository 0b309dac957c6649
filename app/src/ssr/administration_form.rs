//! What the forms of administration say, and what they are answered.

use crate::form::{Made, Trial};
use protocol::{At, UserId};

/// Where an account stands, with what was done to it.
pub fn person_page(user: UserId, done: &str) -> String {
    format!("/administration/people/{user}?done={done}")
}

impl Made {
    /// A link, to be told.
    pub fn link(name: &str, path: String, expires: At) -> Self {
        Self { name: name.to_owned(), secret: path, trial: Trial::Link(expires) }
    }
}
