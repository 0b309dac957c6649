use crate::ports::{NotHashed, NotSeated, Refusal, Unavailable, Wait};
use protocol::{ApiError, Code, Field, Invalid};
use std::time::Duration;

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
    /// Without an invitation, or with one that serves no more.
    #[error(
        "Making an account here takes an invitation that has not been used up, expired or been revoked. \
         Ask whoever runs this server for one."
    )]
    NotInvited,
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
    #[error("A bot cannot do that. Log in as a person.")]
    PeopleOnly,
    #[error("Add the bot’s owner to this room first.")]
    BotWithoutOwner,
    #[error("A webhook cannot have more tokens. Create a bot instead.")]
    HookHasItsToken,
    #[error("Only the owner of the room can do that.")]
    OwnerOnly,
    #[error("A direct conversation stays between two people. Create a room for more.")]
    DirectRoom,
    #[error("You cannot do that with yourself. Choose another person.")]
    WithOneself,
    #[error("They are the last administrator. Make somebody else one first.")]
    LastAdministrator,
    #[error("That account is disabled, or its owner’s is. Enable it first.")]
    AccountDisabled,
    #[error("A bot has no password and looks after nothing. Choose a person.")]
    NotForBots,
    #[error("The server’s configuration says who may register; NATTER_REGISTRATION has to be unset first.")]
    RegistrationFixed,
    #[error("This link has been used, replaced, or is too old. Ask whoever sent it for another one.")]
    ResetSpent,
    #[error("That client_id has been used for another message. Make a new one for each draft.")]
    ClientIdReused,
    #[error("That was too often in a short time. Try again in {}.", in_words(*wait))]
    TooMany { wait: Duration },
    #[error("Too many wrong passwords. Try again in {}.", in_words(*wait))]
    TooManyTries { wait: Duration },
    #[error("The server is busy. Try again in {}.", in_words(*wait))]
    Overloaded { wait: Duration },
    #[error("{}", .0.sentence())]
    Unavailable(#[from] Unavailable),
}

impl From<Wait> for Error {
    fn from(Wait(wait): Wait) -> Self {
        Self::TooMany { wait }
    }
}

impl From<NotHashed> for Error {
    fn from(error: NotHashed) -> Self {
        match error {
            NotHashed::Overloaded { wait } => Self::Overloaded { wait },
            NotHashed::Unavailable(unavailable) => Self::Unavailable(unavailable),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotAdministrator | Refusal::NotThere => Self::NotFound,
            Refusal::LastAdministrator => Self::LastAdministrator,
            Refusal::Disabled => Self::AccountDisabled,
            Refusal::Bot => Self::NotForBots,
        }
    }
}

impl From<NotSeated> for Error {
    fn from(why: NotSeated) -> Self {
        match why {
            NotSeated::NotThere => Self::NotFound,
            NotSeated::WithoutOwner => Self::BotWithoutOwner,
            NotSeated::AskedByBot => Self::PeopleOnly,
        }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let (code, field) = match error {
            Error::Invalid(invalid) => return invalid.into(),
            Error::Full(Invalid { field, .. }) => (Code::Conflict, Some(field)),
            Error::UsernameTaken => (Code::Taken, Some(Field::Username)),
            Error::EmailTaken => (Code::Taken, Some(Field::Email)),
            Error::RegistrationClosed | Error::NotInvited => (Code::RegistrationClosed, None),
            Error::LoginFailed => (Code::LoginFailed, Some(Field::Password)),
            Error::WrongPassword => (Code::Invalid, Some(Field::Password)),
            Error::Unauthenticated => (Code::Unauthenticated, None),
            Error::NotFound | Error::ResetSpent => (Code::NotFound, None),
            Error::OwnerOnly | Error::PeopleOnly | Error::DirectRoom | Error::LogInOnly | Error::OutOfScope => {
                (Code::Forbidden, None)
            }
            Error::BotWithoutOwner => (Code::Conflict, Some(Field::Members)),
            Error::WithOneself => (Code::Invalid, Some(Field::Members)),
            Error::ClientIdReused
            | Error::LastAdministrator
            | Error::AccountDisabled
            | Error::NotForBots
            | Error::HookHasItsToken
            | Error::RegistrationFixed => (Code::Conflict, None),
            Error::TooMany { wait } | Error::TooManyTries { wait } => {
                return Self { retry_after: Some(seconds(wait)), ..Self::new(Code::TooMany, message) };
            }
            Error::Overloaded { wait } => {
                return Self { retry_after: Some(seconds(wait)), ..Self::new(Code::Unavailable, message) };
            }
            Error::Unavailable(unavailable) => {
                tracing::error!(error = %unavailable, "The store failed a request");
                (Code::Unavailable, None)
            }
        };
        Self { field, ..Self::new(code, message) }
    }
}

/// Whole seconds, and at least one: who comes back after them does not come too early.
fn seconds(wait: Duration) -> u32 {
    wait.as_millis().div_ceil(1000).clamp(1, u32::MAX.into()).try_into().unwrap_or(u32::MAX)
}

fn in_words(wait: Duration) -> String {
    match seconds(wait) {
        1 => "a second".to_owned(),
        seconds @ 2..=90 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds.div_ceil(60)),
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
    fn who_has_to_wait_is_told_how_long() {
        let told = |millis| ApiError::from(Error::TooMany { wait: Duration::from_millis(millis) });
        for (millis, seconds, words) in [
            (1, 1, "in a second."),
            (1_000, 1, "in a second."),
            (1_001, 2, "in 2 seconds."),
            (17_400, 18, "in 18 seconds."),
            (90_001, 91, "in 2 minutes."),
            (180_000, 180, "in 3 minutes."),
        ] {
            assert_eq!(told(millis).retry_after, Some(seconds));
            assert!(told(millis).message.ends_with(words), "{}", told(millis).message);
        }
        assert_eq!(told(1).code, Code::TooMany);
    }

    #[test]
    fn what_is_taken_is_told_at_its_field() {
        assert_eq!(ApiError::from(Error::UsernameTaken).field, Some(Field::Username));
        assert_eq!(ApiError::from(Error::EmailTaken).field, Some(Field::Email));
    }
}
