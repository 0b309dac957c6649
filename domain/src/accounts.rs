//! Accounts: who somebody is, and how they prove it.

use crate::attempts::{self, Attempt};
use crate::passwords::{self, About};
use crate::ports::{
    Account, Admission, Charge, Credentials, Key, Limit, LogInOutcome, Login, NewAccount, Registered, SessionId, Tokens,
};
use crate::registration::Asking;
use crate::{Env, Error, Registration, arrivals, events, invitations, registration, secrets};
use protocol::{DisplayName, Email, Field, Invalid, Password, UserId, Username};

/// What somebody enters to create an account.
#[derive(Debug)]
pub struct Applicant {
    pub username: Username,
    pub display_name: DisplayName,
    pub email: Email,
    pub password: Password,
}

/// Creates an account; the first of all is the administrator's: it is made whatever the registration, by somebody who
/// [sets the server up](Asking). An invitation is used up only where it is needed.
///
/// # Errors
/// [`Error::UsernameTaken`], [`Error::EmailTaken`], [`Error::RegistrationClosed`], [`Error::NotInvited`];
/// [`Error::Invalid`] for a password that is easy to guess, or without the setup code; [`Error::TooMany`] from this address.
pub async fn register(env: &Env, asking: Asking<'_>, applicant: Applicant) -> Result<UserId, Error> {
    let (admission, refusal) = match (registration::mode(env).await?, asking.invitation) {
        (Registration::Open, _) => (Admission::Open, Error::RegistrationClosed),
        (Registration::Invitation, Some(secret)) => (Admission::Invited(secrets::digest(secret)), Error::NotInvited),
        (Registration::Invitation, None) => (Admission::First, Error::NotInvited),
        (Registration::Closed, _) => (Admission::First, Error::RegistrationClosed),
    };
    if !env.store.has_accounts().await? {
        asking.sets_up(env).await?;
    } else if !is_admitted(env, admission).await? {
        // Asked here too, so that nobody who is not let in has a password hashed, nor uses up a try.
        return Err(refusal);
    }
    applicant.check_password(env).await?;
    // A class behind one address registers at once by its invitation, also where registration is open.
    let is_invited = match asking.invitation {
        Some(secret) => is_admitted(env, Admission::Invited(secrets::digest(secret))).await?,
        None => false,
    };
    let limit = if is_invited { Limit::RegisterInvited } else { Limit::Register };
    env.limits.take(&[Charge::one(limit, Key::Address(asking.from))]).await?;
    let host = match asking.invitation {
        Some(secret) => invitations::host(env, secret).await?,
        None => None,
    };
    let user = create(env, applicant, admission).await?.ok_or(refusal)?;
    arrivals::introduce(env, user, host).await;
    Ok(user)
}

impl Applicant {
    /// # Errors
    /// [`Error::Invalid`] for a password that is easy to guess.
    pub(crate) async fn check_password(&self, env: &Env) -> Result<(), Error> {
        let Self { username, display_name, email, password } = self;
        let about = About { username: username.as_str(), display_name: display_name.as_str(), email: email.as_str() };
        passwords::check(env, password, Field::Password, about).await
    }
}

async fn is_admitted(env: &Env, admission: Admission) -> Result<bool, Error> {
    match admission {
        Admission::Open | Admission::By(_) => Ok(true),
        Admission::Invited(invitation) => Ok(env.store.is_invited(invitation, env.clock.now()).await?),
        Admission::First => Ok(false),
    }
}

/// Makes the account, with a password that has been checked; `None` when the admission is not worth it.
pub(crate) async fn create(env: &Env, applicant: Applicant, admission: Admission) -> Result<Option<UserId>, Error> {
    let Applicant { username, display_name, email, password } = applicant;
    let password_hash = env.passwords.hash(password).await?;
    let (fixed, at) = (env.registration, env.clock.now());
    let new = NewAccount { username, display_name, email, password_hash, admission, fixed, at };
    let is_new_server = !env.store.has_accounts().await?;
    match env.store.insert_account(new).await? {
        Registered::Account(user) => {
            // Of several at once, the store makes one the administrator's: that is the first.
            let is_first = is_new_server && env.store.account(user).await?.is_some_and(|account| account.is_admin);
            arrivals::welcome(env, user, is_first).await;
            Ok(Some(user))
        }
        Registered::NotAdmitted | Registered::TooManyBots => Ok(None),
        Registered::UsernameTaken => Err(Error::UsernameTaken),
        Registered::EmailTaken => Err(Error::EmailTaken),
    }
}

/// Somebody who has entered the right password.
#[derive(Debug)]
pub struct Entrant {
    pub user: UserId,
    login: String,
    /// Of the password that was right.
    hash: String,
}

impl Entrant {
    /// To be asked once the log-in is stored. Another password ends the log-ins that are stored by then; one that is stored
    /// later finds out here, and has to end.
    ///
    /// # Errors
    /// [`Error::LoginFailed`].
    pub async fn confirm(&self, env: &Env) -> Result<(), Error> {
        let found = env.store.credentials(&self.login).await?;
        found.filter(|found| found.password_hash == self.hash).map(drop).ok_or(Error::LoginFailed)
    }
}

/// Finds the account of a username or e-mail address and checks its password. Every try is recorded.
///
/// # Errors
/// [`Error::LoginFailed`] and, after too many wrong passwords, [`Error::TooManyTries`]: equal in words and in time whether or
/// not the account exists, and the second whether or not the password is right.
pub async fn log_in(env: &Env, attempt: &Attempt, login: &str, password: &str) -> Result<Entrant, Error> {
    // Nobody is called so, and PostgreSQL takes no NUL; the password is checked all the same, for equal times.
    let (typed, name) = (if login.contains('\0') { "" } else { login.trim() }, Login::folded(login));
    let mut known = if typed.is_empty() { "" } else { name.as_str() };
    let mut found = env.store.credentials(known).await?;
    if found.is_none() && !typed.is_ascii() {
        // An earlier version kept the host of an address as it was typed.
        known = typed;
        found = env.store.credentials(known).await?;
    }
    let user = found.as_ref().map(|credentials| credentials.user);
    let taken = match attempt.take(env, login, user).await {
        Err(Error::TooMany { wait }) => {
            attempt.record(env, user, LogInOutcome::Limited);
            return Err(Error::TooManyTries { wait });
        }
        taken => taken?,
    };
    let Some(taken) = taken else {
        // Hash anyway, so that the refusal takes as long as a wrong password.
        verify(env, password, None).await?;
        attempt.record(env, user, LogInOutcome::Limited);
        return Err(Error::LoginFailed);
    };
    let hash = found.as_ref().map(|credentials| credentials.password_hash.clone());
    let verified = verify(env, password, hash).await;
    if !matches!(verified, Ok(false)) {
        taken.give_back(env).await;
    }
    let is_right = verified?;
    let Some(Credentials { user, password_hash: hash }) = found.filter(|_| is_right) else {
        attempt.record(env, user, LogInOutcome::Failed);
        return Err(Error::LoginFailed);
    };
    let success = env.limits.take(&[Charge::one(Limit::LogInSuccess, Key::Account(user))]).await;
    let outcome = if success.is_ok() { LogInOutcome::Succeeded } else { LogInOutcome::Limited };
    attempt.record(env, Some(user), outcome);
    success?;
    Ok(Entrant { user, login: known.to_owned(), hash })
}

/// Nothing entered is no try.
pub fn no_password() -> Error {
    Invalid::new(Field::Password, "Enter your password.").into()
}

async fn verify(env: &Env, password: &str, hash: Option<String>) -> Result<bool, Error> {
    // Nobody has so long a password, whether or not there is an account.
    if password.chars().nth(Password::MAX_CHARACTERS).is_some() {
        return Ok(false);
    }
    Ok(env.passwords.verify(password, hash).await?)
}

/// Checks the password of somebody who is logged in. That draws on a budget of their own, which no stranger uses up.
///
/// # Errors
/// [`Error::WrongPassword`]; [`Error::TooManyTries`] of this person; [`Error::Invalid`] without a password.
pub async fn confirm_password(
    env: &Env,
    user: UserId,
    Entered { password, attempt }: Entered<'_>,
) -> Result<Entrant, Error> {
    if password.is_empty() {
        return Err(no_password());
    }
    let login = account(env, user).await?.person.username;
    let taken = match attempts::take_own(env, user).await {
        Err(Error::TooMany { wait }) => {
            attempt.record(env, Some(user), LogInOutcome::Limited);
            return Err(Error::TooManyTries { wait });
        }
        taken => taken?,
    };
    let found = env.store.credentials(&login).await?.filter(|found| found.user == user);
    let hash = found.map(|found| found.password_hash);
    let verified = verify(env, password, hash.clone()).await;
    // A server that could not check the password has learnt nothing.
    if !matches!(verified, Ok(false)) {
        taken.give_back(env).await;
    }
    if !verified? {
        attempt.record(env, Some(user), LogInOutcome::Failed);
        return Err(Error::WrongPassword);
    }
    let hash = hash.ok_or(Error::WrongPassword)?;
    Ok(Entrant { user, login: login.to_string(), hash })
}

/// A person's own account.
///
/// # Errors
/// [`Error::Unauthenticated`] when there is no such account any more.
pub async fn account(env: &Env, user: UserId) -> Result<Account, Error> {
    env.store.account(user).await?.ok_or(Error::Unauthenticated)
}

/// Gives a person another display name; everybody who shares a room with them sees it.
///
/// # Errors
/// [`Error::TooMany`] of this person.
pub async fn rename(env: &Env, user: UserId, name: DisplayName) -> Result<(), Error> {
    env.limits.take(&[Charge::one(Limit::Profile, Key::Account(user))]).await?;
    let changes = env.store.set_display_name(user, &name).await?;
    events::changed(env, &changes);
    Ok(())
}

/// What somebody enters to have another password.
#[derive(Debug)]
pub struct NewPassword<'a> {
    pub current: Entered<'a>,
    pub new: Password,
    pub tokens: Tokens,
}

/// A person's own password, entered once more for what a stolen session alone must not do.
#[derive(Clone, Copy, Debug)]
pub struct Entered<'a> {
    pub password: &'a str,
    /// Where it is entered.
    pub attempt: &'a Attempt,
}

/// Sets another password and ends every session of the person but this one; a link for a new one serves no more.
///
/// # Errors
/// [`Error::Invalid`] for a new one that is easy to guess; [`Error::WrongPassword`] when the current one does not match;
/// [`Error::TooMany`] of this person.
pub async fn change_password(
    env: &Env,
    user: UserId,
    session: &SessionId,
    NewPassword { current, new, tokens }: NewPassword<'_>,
) -> Result<(), Error> {
    let own = account(env, user).await?;
    passwords::check(env, &new, Field::NewPassword, About::from(&own)).await?;
    let entrant = confirm_password(env, user, current).await?;
    let hash = env.passwords.hash(new).await?;
    // Somebody may have redeemed a link for a new one meanwhile: theirs stays.
    if !env.store.set_password(user, &entrant.hash, &hash, session, tokens).await? {
        return Err(Error::WrongPassword);
    }
    events::other_sessions_ended(env, user, session);
    Ok(())
}
