//! People and bots, and what may be done to their accounts.

use super::{PageOf, order};
use crate::accounts::{self, Applicant};
use crate::ports::{Admission, Login, PeopleSearch, PersonRecord};
use crate::{Administrator, Env, Error, events, sessions};
use protocol::UserId;

/// As many people as one page lists.
pub const PAGE: u32 = 50;

/// By username, [`PAGE`] of them.
pub async fn list(env: &Env, _: &Administrator, search: &PeopleSearch) -> Result<PageOf<PersonRecord>, Error> {
    // No name contains a NUL, and PostgreSQL takes none.
    let words = search.words.trim().chars().filter(|letter| *letter != '\0').take(254).collect();
    let search = PeopleSearch { words, ..search.clone() };
    sessions::keep_uses(env).await?;
    let found = env.store.people(&search, PAGE + 1).await?;
    Ok(PageOf::of(found, PAGE))
}

/// # Errors
/// [`Error::NotFound`] when there is no such person.
pub async fn find(env: &Env, _: &Administrator, user: UserId) -> Result<PersonRecord, Error> {
    sessions::keep_uses(env).await?;
    env.store.person_record(user).await?.ok_or(Error::NotFound)
}

/// By username or e-mail address.
///
/// # Errors
/// [`Error::NotFound`] when there is no such person.
pub async fn called(env: &Env, _: &Administrator, login: &str) -> Result<PersonRecord, Error> {
    if login.contains('\0') {
        return Err(Error::NotFound);
    }
    env.store.person_called(Login::folded(login).as_str()).await?.ok_or(Error::NotFound)
}

/// Makes an account for somebody, whatever the registration.
///
/// # Errors
/// [`Error::UsernameTaken`], [`Error::EmailTaken`]; [`Error::Invalid`] for a password that is easy to guess.
pub async fn add(env: &Env, by: &Administrator, applicant: Applicant) -> Result<UserId, Error> {
    applicant.check_password(env).await?;
    accounts::create(env, applicant, Admission::By(*by)).await?.ok_or(Error::NotFound)
}

/// Shuts an account: whoever it is of is out everywhere at once, with their bots, which leave their groups. Their tokens
/// end for good, and those of their bots too.
///
/// # Errors
/// [`Error::NotFound`], [`Error::LastAdministrator`].
pub async fn disable(env: &Env, by: &Administrator, user: UserId) -> Result<(), Error> {
    let shut = env.store.disable(order(env, by), user).await??;
    for user in shut.accounts {
        events::all_sessions_ended(env, user);
    }
    events::changed(env, &shut.changes);
    Ok(())
}

/// Opens an account again, and those of the bots that were shut with it: new tokens and seats let the bots in.
/// A bot that was retired before stays retired.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::AccountDisabled`] for a bot whose owner's account is shut.
pub async fn enable(env: &Env, by: &Administrator, user: UserId) -> Result<(), Error> {
    let changes = env.store.enable(order(env, by), user).await??;
    events::changed(env, &changes);
    Ok(())
}

/// Lets somebody look after the server as well.
///
/// # Errors
/// [`Error::NotFound`], [`Error::NotForBots`], [`Error::AccountDisabled`].
pub async fn make_administrator(env: &Env, by: &Administrator, user: UserId) -> Result<(), Error> {
    Ok(env.store.make_administrator(order(env, by), user).await??)
}

/// Makes an administrator a person like others.
///
/// # Errors
/// [`Error::NotFound`], [`Error::LastAdministrator`].
pub async fn remove_administrator(env: &Env, by: &Administrator, user: UserId) -> Result<(), Error> {
    Ok(env.store.remove_administrator(order(env, by), user).await??)
}

/// Ends all log-ins of a person, with their sockets on every node; tokens stay, as for a log-out everywhere.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn end_log_ins(env: &Env, by: &Administrator, user: UserId) -> Result<(), Error> {
    env.store.end_log_ins(order(env, by), user).await??;
    events::all_sessions_ended(env, user);
    Ok(())
}

/// Ends all log-ins and tokens of a person and of their bots, with their sockets on every node, and the links that they
/// have made: for an account that was in wrong hands.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn end_access(env: &Env, by: &Administrator, user: UserId) -> Result<(), Error> {
    for user in env.store.end_access(order(env, by), user).await?? {
        events::all_sessions_ended(env, user);
    }
    Ok(())
}
