//! What the plain pages show.

use super::{caller, clock, env, me};
use crate::workspace::Zone;
use domain::access::Caller;
use domain::ports::{Account, Found, Proof, SessionView};
use domain::{Error, accounts, contacts, rooms, sessions, tokens};
use protocol::{Kind, Person, RoomView, UserId};

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
    /// The bots among those found, with their owners.
    pub owners: Vec<(UserId, Person)>,
    /// The words fit more people than one search holds.
    pub is_cut: bool,
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
    let is_cut = found.goes_on_after().is_some();
    let owner = |found: &Found| Some((found.person.id, found.bot_of.clone()?));
    let owners = found.entries.iter().filter_map(owner).collect();
    let (kept, others): (Vec<Found>, Vec<Found>) = found.entries.into_iter().partition(|found| found.is_contact);
    let person = |found: Found| found.person;
    let contacts = match words {
        "" => contacts::list(&env(), me).await?,
        _ => kept.into_iter().map(person).collect(),
    };
    Ok(People { contacts, others: others.into_iter().map(person).collect(), owners, is_cut })
}

/// Of the people ticked in a form those whom a search can find.
pub async fn ticked(people: &[UserId]) -> Result<Vec<Person>, Error> {
    contacts::findable(&env(), caller().await?, people).await
}

/// Where somebody is logged in.
pub struct Devices {
    /// The browser that asks.
    pub here: SessionView,
    /// The last used first.
    pub others: Vec<SessionView>,
}

/// # Errors
/// [`Error::Unauthenticated`], also when the session has ended just now.
pub async fn devices() -> Result<Devices, Error> {
    let me = me().await?;
    let mut others = sessions::list(&env(), &me).await?;
    others.retain(|session| session.proof != Proof::Token);
    let at = others.iter().position(|session| session.id == me.session).ok_or(Error::Unauthenticated)?;
    Ok(Devices { here: others.remove(at), others })
}

/// The tokens of a person or a bot.
pub struct Tokens {
    pub bearer: UserId,
    /// The last used first.
    pub tokens: Vec<SessionView>,
    /// The rooms of the one who bears them.
    pub rooms: Vec<RoomView>,
}

/// One's own tokens.
pub async fn tokens() -> Result<Tokens, Error> {
    let me = me().await?;
    tokens_of(&me, me.user).await
}

async fn tokens_of(me: &Caller, bearer: UserId) -> Result<Tokens, Error> {
    let tokens = tokens::list(&env(), me, bearer).await?;
    Ok(Tokens { bearer, tokens, rooms: rooms::list(&env(), bearer).await? })
}

/// One's bots, and the rooms that a webhook could post to.
pub struct Bots {
    /// Each with its tokens.
    pub bots: Vec<(Person, Tokens)>,
    /// Those of several people.
    pub rooms: Vec<RoomView>,
}

pub async fn bots() -> Result<Bots, Error> {
    let (env, me) = (env(), me().await?);
    let mut bots = Vec::new();
    for bot in tokens::bots(&env, &me).await? {
        let tokens = tokens_of(&me, bot.id).await?;
        bots.push((bot, tokens));
    }
    let mut rooms = rooms::list(&env, me.user).await?;
    rooms.retain(|room| room.kind == Kind::Group);
    Ok(Bots { bots, rooms })
}

/// A bot of one's own.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn bot(bot: Option<UserId>) -> Result<(Person, Tokens), Error> {
    let me = me().await?;
    let bots = tokens::bots(&env(), &me).await?;
    let bot = bots.into_iter().find(|person| Some(person.id) == bot).ok_or(Error::NotFound)?;
    let tokens = tokens_of(&me, bot.id).await?;
    Ok((bot, tokens))
}

/// Whether somebody or a bot can get another token: a webhook's bot has that of its address only.
pub async fn takes_tokens(bearer: UserId) -> Result<bool, Error> {
    Ok(!accounts::account(&env(), bearer).await?.is_hook)
}

/// The zone of the browser that asks, and the time of day.
pub fn zone() -> Zone {
    Zone { name: clock::zone(), now: env().clock.now() }
}
