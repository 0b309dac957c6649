//! The kinds of problems, each with a code that stays.

use axum::http::StatusCode;
use domain::Error;
use protocol::Code;

/// Why a request is refused; a program branches on its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    BadRequest,
    Invalid,
    Unauthenticated,
    LoginFailed,
    WrongPassword,
    Forbidden,
    RegistrationClosed,
    NotInvited,
    NotFound,
    MethodNotAllowed,
    Taken,
    Conflict,
    TooLarge,
    UnsupportedMediaType,
    TooMany,
    Internal,
    Unavailable,
}

impl Kind {
    pub const ALL: [Self; 17] = [
        Self::BadRequest,
        Self::Unauthenticated,
        Self::LoginFailed,
        Self::Forbidden,
        Self::WrongPassword,
        Self::RegistrationClosed,
        Self::NotInvited,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Taken,
        Self::Conflict,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Invalid,
        Self::TooMany,
        Self::Internal,
        Self::Unavailable,
    ];

    pub fn of(error: &Error) -> Self {
        match error {
            Error::Invalid(_) => Self::Invalid,
            Error::UsernameTaken | Error::EmailTaken => Self::Taken,
            Error::RegistrationClosed => Self::RegistrationClosed,
            Error::NotInvited => Self::NotInvited,
            Error::LoginFailed => Self::LoginFailed,
            Error::WrongPassword => Self::WrongPassword,
            Error::Unauthenticated => Self::Unauthenticated,
            Error::NotFound | Error::ResetSpent => Self::NotFound,
            Error::LogInOnly
            | Error::OutOfScope
            | Error::OwnerOnly
            | Error::PeopleOnly
            | Error::DirectRoom
            | Error::WithOneself => Self::Forbidden,
            Error::ClientIdReused
            | Error::Full(_)
            | Error::LastAdministrator
            | Error::AccountDisabled
            | Error::NotForBots
            | Error::BotWithoutOwner
            | Error::HookHasItsToken
            | Error::RegistrationFixed => Self::Conflict,
            Error::TooMany { .. } | Error::TooManyTries { .. } => Self::TooMany,
            Error::Overloaded { .. } | Error::Unavailable(_) => Self::Unavailable,
        }
    }

    /// Of an answer that something below the API has given.
    pub fn of_status(status: StatusCode) -> Self {
        match Self::ALL.into_iter().find(|kind| kind.status() == status) {
            Some(kind) => kind,
            None if status.is_client_error() => Self::BadRequest,
            None => Self::Internal,
        }
    }

    pub const fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unauthenticated | Self::LoginFailed => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::WrongPassword | Self::RegistrationClosed | Self::NotInvited => {
                StatusCode::FORBIDDEN
            }
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Taken | Self::Conflict => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Stable: as the socket calls it, where the socket knows it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::Invalid => "invalid",
            Self::Unauthenticated => "unauthenticated",
            Self::LoginFailed => "login_failed",
            Self::WrongPassword => "wrong_password",
            Self::Forbidden => "forbidden",
            Self::RegistrationClosed => "registration_closed",
            Self::NotInvited => "not_invited",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Taken => "taken",
            Self::Conflict => "conflict",
            Self::TooLarge => "too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::TooMany => "too_many",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::BadRequest => "The request is not understood",
            Self::Invalid => "A value breaks its rule",
            Self::Unauthenticated => "Nobody is logged in",
            Self::LoginFailed => "Name and password do not match",
            Self::WrongPassword => "The current password is another one",
            Self::Forbidden => "Not yours to do",
            Self::RegistrationClosed => "Registration is closed",
            Self::NotInvited => "Registration is by invitation",
            Self::NotFound => "Nothing here",
            Self::MethodNotAllowed => "Not with this method",
            Self::Taken => "Somebody has it already",
            Self::Conflict => "It contradicts what is there",
            Self::TooLarge => "The body is too large",
            Self::UnsupportedMediaType => "Send JSON",
            Self::TooMany => "Too many requests",
            Self::Internal => "The server has failed",
            Self::Unavailable => "Not just now",
        }
    }

    /// When it happens and what to do, for the reference; also what is told where nobody knows better.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::BadRequest => {
                "The request is not one that this address takes, or its body is no JSON. Mend the program."
            }
            Self::Invalid => {
                "The request is well formed, and a value in it is missing, unknown or against its rule. Each one at \
                 fault stands in errors, with what to change."
            }
            Self::Unauthenticated => {
                "The request brings no proof of who asks, or one that serves no more. Refresh the access token, or log \
                 in again."
            }
            Self::LoginFailed => "The name, the password or both are wrong; which of them is not told.",
            Self::WrongPassword => "The password that was to be replaced is not the one given.",
            Self::Forbidden => {
                "You are known, and may not do this: it is for the owner of the room, for somebody logged in by \
                 password, or for a token that reaches further."
            }
            Self::RegistrationClosed => "This server takes no new accounts. Ask its administrator for one.",
            Self::NotInvited => {
                "This server takes new accounts by invitation, and the one given is none, or has been used up, expired \
                 or been revoked. Ask whoever runs it for another one."
            }
            Self::NotFound => "It does not exist, or is not yours to see; which of the two is never told.",
            Self::MethodNotAllowed => "The address exists, and takes other methods: those in the header Allow.",
            Self::Taken => "The username or the e-mail address belongs to somebody. Choose another one.",
            Self::Conflict => {
                "The client_id stands on another message already; or there are as many of something as there may be."
            }
            Self::TooLarge => "A body holds 128 KiB at most, and 32 KiB where it has a password.",
            Self::UnsupportedMediaType => "Say Content-Type: application/json, and send that.",
            Self::TooMany => "Wait as many seconds as the header Retry-After says, then go on.",
            Self::Internal => "This is our fault. The log of the server says more.",
            Self::Unavailable => {
                "The server cannot store or read just now. Try again after as many seconds as the header Retry-After \
                 says; a message with the same client_id is stored once, however often it is sent."
            }
        }
    }
}

impl From<Code> for Kind {
    fn from(code: Code) -> Self {
        match code {
            Code::BadRequest | Code::UnknownCommand => Self::BadRequest,
            Code::Invalid => Self::Invalid,
            Code::Unauthenticated => Self::Unauthenticated,
            Code::LoginFailed => Self::LoginFailed,
            Code::Taken => Self::Taken,
            Code::RegistrationClosed => Self::RegistrationClosed,
            Code::Forbidden => Self::Forbidden,
            Code::NotFound => Self::NotFound,
            Code::Conflict => Self::Conflict,
            Code::TooMany => Self::TooMany,
            Code::Unavailable => Self::Unavailable,
        }
    }
}
