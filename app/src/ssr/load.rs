//! What the plain pages show.

use super::{caller, env};
use domain::ports::{Account, Found};
use domain::{Error, accounts, contacts};
use protocol::Person;

/// The account of whoever is logged in.
pub async fn account() -> Result<Account, Error> {
    accounts::account(&env(), caller().await?).await
}

/// Whether there is anybody to log in yet.
pub async fn has_accounts() -> Result<bool, Error> {
    Ok(env().store.has_accounts().await?)
}

/// The people that a search finds.
pub struct People {
    pub contacts: Vec<Person>,
    /// Those who are not contacts; no more than one search holds.
    pub others: Vec<Person>,
}

impl People {
    /// Contacts first.
    pub fn all(self) -> Vec<Person> {
        self.contacts.into_iter().chain(self.others).collect()
    }
}

/// The people whose names contain `words`; without words all contacts, and some of the others.
pub async fn people(words: &str) -> Result<People, Error> {
    let me = caller().await?;
    let found = contacts::search(&env(), me, words).await?;
    let (kept, others): (Vec<Found>, Vec<Found>) = found.into_iter().partition(|found| found.is_contact);
    let person = |found: Found| found.person;
    let contacts = match words {
        "" => contacts::list(&env(), me).await?,
        _ => kept.into_iter().map(person).collect(),
    };
    Ok(People { contacts, others: others.into_iter().map(person).collect() })
}
