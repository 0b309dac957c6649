//! People, and those whom a person keeps at hand.

use crate::administration::PageOf;
use crate::ports::{Charge, Found, Key, Limit};
use crate::{Env, Error};
use protocol::{Person, UserId};

/// As many people as one answer holds; whoever wants more narrows the search.
pub const SEARCH_LIMIT: u32 = 50;

/// The people whose username or display name contains `words`, by name; all of them when it is empty.
/// At most [`SEARCH_LIMIT`], and whether there are more; never the asker.
///
/// # Errors
/// [`Error::TooMany`] of this person, when there are words.
pub async fn search(env: &Env, me: UserId, words: &str) -> Result<PageOf<Found>, Error> {
    // No name contains a NUL, and PostgreSQL takes none.
    let words: String = words.trim().chars().filter(|letter| *letter != '\0').take(64).collect();
    // Opening a page that lists people is no search.
    if !words.is_empty() {
        env.limits.take(&[Charge::one(Limit::Search, Key::Account(me))]).await?;
    }
    let found = env.store.search_people(me, &words, SEARCH_LIMIT + 1).await?;
    Ok(PageOf::of(found, SEARCH_LIMIT))
}

/// Those of these people whom a search can find, by name; of the others nothing is told.
pub async fn findable(env: &Env, me: UserId, people: &[UserId]) -> Result<Vec<Person>, Error> {
    Ok(env.store.findable(me, people).await?)
}

/// A person's contacts, by name.
pub async fn list(env: &Env, me: UserId) -> Result<Vec<Person>, Error> {
    Ok(env.store.contacts(me).await?)
}

/// Keeps somebody at hand; doing it twice is no mistake.
///
/// # Errors
/// [`Error::NotFound`] when there is no such person, [`Error::WithOneself`]; [`Error::TooMany`] of this person.
pub async fn add(env: &Env, me: UserId, other: UserId) -> Result<(), Error> {
    if me == other {
        return Err(Error::WithOneself);
    }
    env.limits.take(&[Charge::one(Limit::Contact, Key::Account(me))]).await?;
    let is_known = env.store.add_contact(me, other).await?;
    if is_known { Ok(()) } else { Err(Error::NotFound) }
}

/// Keeps somebody at hand no longer; doing it twice is no mistake.
pub async fn remove(env: &Env, me: UserId, other: UserId) -> Result<(), Error> {
    Ok(env.store.remove_contact(me, other).await?)
}
