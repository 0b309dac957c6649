use serde::{Deserialize, Serialize};

/// What went wrong, in a form that a program can branch on and a person can read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// Stable; a program branches on it.
    pub code: Code,
    /// A sentence for a person: what is wrong and what to do next.
    pub message: String,
    /// The input at fault, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// The other inputs at fault, when a form has several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Fault>,
    /// Whole seconds to wait, with [`Code::TooMany`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

/// A further input at fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub field: Field,
    /// A sentence for a person.
    pub message: String,
}

impl ApiError {
    /// An error of the whole, at no field.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None, also: Vec::new(), retry_after: None }
    }

    /// What is wrong with several inputs at once; `None` when all of them are well.
    pub fn of_all(faults: impl IntoIterator<Item = Option<Invalid>>) -> Option<Self> {
        let mut faults = faults.into_iter().flatten();
        let mut error = Self::from(faults.next()?);
        error.also = faults.map(|Invalid { field, problem }| Fault { field, message: problem }).collect();
        Some(error)
    }

    /// What is wrong with a field.
    pub fn at(&self, field: Field) -> Option<&str> {
        if self.field == Some(field) {
            return Some(&self.message);
        }
        self.also.iter().find(|fault| fault.field == field).map(|fault| fault.message.as_str())
    }
}

/// The stable codes of [`ApiError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The frame is not a JSON object of the documented form.
    BadRequest,
    /// The `type` of the frame names no command.
    UnknownCommand,
    /// A field breaks its rule; `field` names it.
    Invalid,
    /// Nobody is logged in, or the session has ended.
    Unauthenticated,
    /// Name and password do not match.
    LoginFailed,
    /// Somebody has that username or that e-mail already; `field` names it.
    Taken,
    /// Registration is closed on this server.
    RegistrationClosed,
    /// Only the room's owner may do this, or only somebody who has logged in, or a token with a wider scope.
    Forbidden,
    /// It does not exist, or is not yours to see.
    NotFound,
    /// The `client_id` has been used for another message.
    Conflict,
    /// That was too often in a short time; `retry_after` says how long to wait.
    TooMany,
    /// The server cannot store or read just now; trying again is safe.
    Unavailable,
}

/// An input that an error can point at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Username,
    DisplayName,
    Email,
    Password,
    NewPassword,
    Login,
    RoomName,
    Members,
    Text,
    Rooms,
    Name,
    Note,
    Uses,
    Days,
    SetupCode,
}

impl Field {
    /// The name that the field bears in forms and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::DisplayName => "display_name",
            Self::Email => "email",
            Self::Password => "password",
            Self::NewPassword => "new_password",
            Self::Login => "login",
            Self::RoomName => "room_name",
            Self::Members => "members",
            Self::Text => "text",
            Self::Rooms => "rooms",
            Self::Name => "name",
            Self::Note => "note",
            Self::Uses => "uses",
            Self::Days => "days",
            Self::SetupCode => "setup_code",
        }
    }
}

/// A text that breaks the rule of its field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct Invalid {
    pub field: Field,
    /// A sentence for a person.
    pub problem: String,
}

impl Invalid {
    pub fn new(field: Field, problem: impl Into<String>) -> Self {
        Self { field, problem: problem.into() }
    }
}

impl From<Invalid> for ApiError {
    fn from(invalid: Invalid) -> Self {
        Self { field: Some(invalid.field), ..Self::new(Code::Invalid, invalid.problem) }
    }
}
