use crate::ports::Unavailable;
use protocol::{ApiError, Code, Field, Invalid};

/// Why the product refuses something.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There are as many of something as there may be.
    #[error("{0}")]
    Full(Invalid),
    #[error("Somebody has that username already. Choose another one.")]
    UsernameTaken,
    #[error("There is an account with that e-mail address already. Log in instead?")]
    EmailTaken,
    #[error("Registration is closed on this server. Ask its administrator for an account.")]
    RegistrationClosed,
    #[error("That name and password do not match.")]
    LoginFailed,
    #[error("That is not your current password.")]
    WrongPassword,
    #[error("Log in first.")]
    Unauthenticated,
    /// It does not exist, or is not the asker's to see; which of the two is never told.
    #[error("There is nothing here, or it is not yours to see.")]
    NotFound,
    #[error("A token cannot do that. Log in with your password.")]
    LogInOnly,
    #[error("This token does not reach that far. Make one that may do it, on the page of settings.")]
    OutOfScope,
    #[error("Only the owner of the room can do that.")]
    OwnerOnly,
    #[error("A direct conversation stays between two people. Create a room for more.")]
    DirectRoom,
    #[error("You cannot do that with yourself. Choose another person.")]
    WithOneself,
    #[error("That client_id has been used for another message. Make a new one for each draft.")]
    ClientIdReused,
    #[error("The server cannot store or read just now. Try again in a moment.")]
    Unavailable(#[from] Unavailable),
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let (code, field) = match error {
            Error::Invalid(invalid) => return invalid.into(),
            Error::Full(Invalid { field, .. }) => (Code::Conflict, Some(field)),
            Error::UsernameTaken => (Code::Taken, Some(Field::Username)),
            Error::EmailTaken => (Code::Taken, Some(Field::Email)),
            Error::RegistrationClosed => (Code::RegistrationClosed, None),
            Error::LoginFailed => (Code::LoginFailed, Some(Field::Password)),
            Error::WrongPassword => (Code::Invalid, Some(Field::Password)),
            Error::Unauthenticated => (Code::Unauthenticated, None),
            Error::NotFound => (Code::NotFound, None),
            Error::OwnerOnly | Error::DirectRoom | Error::LogInOnly | Error::OutOfScope => (Code::Forbidden, None),
            Error::WithOneself => (Code::Invalid, Some(Field::Members)),
            Error::ClientIdReused => (Code::Conflict, None),
            Error::Unavailable(unavailable) => {
                tracing::error!(error = %unavailable, "The store failed a request");
                (Code::Unavailable, None)
            }
        };
        Self { field, ..Self::new(code, message) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_driver_s_words_never_reach_a_person() {
        let error = Error::Unavailable(Unavailable::new("SQLITE_BUSY at /var/lib/natter/natter.db"));
        let told = ApiError::from(error);
        assert_eq!(told.code, Code::Unavailable);
        assert!(!told.message.contains("SQLITE"));
    }

    #[test]
    fn what_is_taken_is_told_at_its_field() {
        assert_eq!(ApiError::from(Error::UsernameTaken).field, Some(Field::Username));
        assert_eq!(ApiError::from(Error::EmailTaken).field, Some(Field::Email));
    }
}
