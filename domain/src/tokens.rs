//! Tokens and bots: how programs take part without anybody's password.

use crate::access::{Access, Caller, Scope};
use crate::accounts::{self, Entered, Entrant};
use crate::messages::{self, Draft, Sent};
use crate::moments::{DAY_MS, later};
use crate::ports::{
    Charge, Device, Hooked, Key, Limit, NewBot, NewHook, NewSession, Proof, Registered, SessionId, SessionView,
};
use crate::secrets::{self, Secret};
use crate::{Env, Error, Seat, events, rooms, sessions};
use protocol::{At, ClientId, DisplayName, Field, Invalid, MessageText, Person, RoomId, UserId, Username};
use std::collections::BTreeSet;

/// As many rooms as one token names.
pub const ROOMS_OF_A_TOKEN: usize = 100;

/// As many bots as one person has.
pub const BOTS: u32 = 50;

/// For how long a token serves that was made without an end, in milliseconds: a hundred years.
pub const FOR_GOOD_MS: i64 = 100 * 365 * DAY_MS;

/// What somebody asks a token for.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// For its person to recognise it by.
    pub name: DisplayName,
    /// `None`: all rooms of the one who bears it.
    pub rooms: Option<BTreeSet<RoomId>>,
    pub access: Access,
    /// From now; `None`: until it is revoked.
    pub lifetime_ms: Option<i64>,
}

/// Makes a token for oneself or for a bot of one's own; the secret is shown once. It takes the caller's password:
/// a token outlives the session that asks for it.
///
/// # Errors
/// [`Error::WrongPassword`];
/// [`Error::NotFound`] when the bot is not the caller's, or its bearer has no seat in one of the rooms;
/// [`Error::HookHasItsToken`] for a webhook's bot; [`Error::TooMany`].
pub async fn create(
    env: &Env,
    caller: &Caller,
    bearer: UserId,
    entered: Entered<'_>,
    new: NewToken,
) -> Result<Secret, Error> {
    require_own(env, caller, bearer).await?;
    if env.store.account(bearer).await?.is_some_and(|account| account.is_hook) {
        return Err(Error::HookHasItsToken);
    }
    let entrant = accounts::confirm_password(env, caller.user, entered).await?;
    env.limits.take(&[Charge::one(Limit::Token, Key::Account(caller.user))]).await?;
    let secret = issue(env, bearer, new).await?;
    // Rights that ended meanwhile did not reach this token: check again now that it is stored.
    if let Err(error) = still_allowed(env, caller, &entrant).await {
        let token = secrets::session_of(secret.as_str());
        env.store.end_session(bearer, &token).await?;
        events::session_ended(env, bearer, &token);
        return Err(error);
    }
    Ok(secret)
}

/// Whether the password is the one that was entered, and the session lives in which it was.
async fn still_allowed(env: &Env, caller: &Caller, entrant: &Entrant) -> Result<(), Error> {
    entrant.confirm(env).await.map_err(|error| match error {
        Error::LoginFailed => Error::WrongPassword,
        other => other,
    })?;
    sessions::caller(env, &caller.session).await.map(drop)
}

async fn issue(env: &Env, user: UserId, new: NewToken) -> Result<Secret, Error> {
    if new.rooms.as_ref().is_some_and(|rooms| rooms.is_empty() || rooms.len() > ROOMS_OF_A_TOKEN) {
        let problem = format!("Choose 1 to {ROOMS_OF_A_TOKEN} rooms, or all of them.");
        return Err(Invalid::new(Field::Rooms, problem).into());
    }
    let (secret, now) = (Secret::token(env), env.clock.now());
    let session = NewSession {
        id: secrets::session_of(secret.as_str()),
        user,
        proof: Proof::Token,
        scope: Scope::Token { rooms: new.rooms, access: new.access },
        device: Device { name: new.name.as_str().to_owned(), address: String::new() },
        refresh: None,
        created: now,
        expires: later(now, new.lifetime_ms.unwrap_or(FOR_GOOD_MS)),
    };
    if env.store.open_session(&session).await? { Ok(secret) } else { Err(Error::NotFound) }
}

/// The tokens of oneself or of a bot of one's own, the last used first.
///
/// # Errors
/// [`Error::NotFound`] when the bot is not the caller's.
pub async fn list(env: &Env, caller: &Caller, bearer: UserId) -> Result<Vec<SessionView>, Error> {
    require_own(env, caller, bearer).await?;
    sessions::keep_uses(env).await?;
    let mut sessions = env.store.sessions_of(bearer, env.clock.now()).await?;
    sessions.retain(|session| session.proof == Proof::Token);
    Ok(sessions)
}

/// Ends a token, with its sockets on every node.
///
/// # Errors
/// [`Error::NotFound`] when it is not the caller's, nor of a bot of theirs.
pub async fn revoke(env: &Env, caller: &Caller, bearer: UserId, token: &SessionId) -> Result<(), Error> {
    if !list(env, caller, bearer).await?.iter().any(|session| session.id == *token) {
        return Err(Error::NotFound);
    }
    env.store.end_session(bearer, token).await?;
    events::session_ended(env, bearer, token);
    Ok(())
}

/// When a token was last used, to some minutes; `None` for one that never was.
pub fn last_used(token: &SessionView) -> Option<At> {
    (token.seen > token.created).then_some(token.seen)
}

/// When a token ends by itself; `None` for one that serves until it is revoked.
pub fn ends(token: &SessionView) -> Option<At> {
    (token.expires.get() - token.created.get() < FOR_GOOD_MS).then_some(token.expires)
}

/// Makes a bot: an account that speaks by tokens only.
///
/// # Errors
/// [`Error::UsernameTaken`]; [`Error::Full`] for more than [`BOTS`]; [`Error::TooMany`].
pub async fn create_bot(env: &Env, caller: &Caller, username: Username, name: DisplayName) -> Result<UserId, Error> {
    match env.store.insert_bot(new_bot(env, caller, username, name).await?).await? {
        Registered::Account(bot) => Ok(bot),
        Registered::TooManyBots => Err(too_many_bots()),
        _ => Err(Error::UsernameTaken),
    }
}

async fn new_bot(env: &Env, caller: &Caller, username: Username, name: DisplayName) -> Result<NewBot, Error> {
    let owner = caller.account()?;
    env.limits.take(&[Charge::one(Limit::Token, Key::Account(owner))]).await?;
    Ok(NewBot { owner, username, display_name: name, limit: BOTS, at: env.clock.now() })
}

fn too_many_bots() -> Error {
    let problem = format!("You have {BOTS} bots, which is the most. Retire one first.");
    Error::Full(Invalid::new(Field::Username, problem))
}

/// One's own bots that are at work.
pub async fn bots(env: &Env, caller: &Caller) -> Result<Vec<Person>, Error> {
    Ok(env.store.bots(caller.account()?).await?)
}

/// Ends a bot for good: it leaves its groups, its tokens and sockets end, what it wrote stays.
///
/// # Errors
/// [`Error::NotFound`] when it is not the caller's.
pub async fn retire_bot(env: &Env, caller: &Caller, bot: UserId) -> Result<(), Error> {
    if bot == caller.account()? {
        return Err(Error::NotFound);
    }
    require_own(env, caller, bot).await?;
    let changes = env.store.set_disabled(bot, Some(env.clock.now())).await?.ok_or(Error::NotFound)?;
    events::changed(env, &changes);
    events::all_sessions_ended(env, bot);
    Ok(())
}

/// Opens a room's door for messages from elsewhere: a bot with a seat there, and a token that may write there and
/// nothing else. Returns the token, which the door's address carries.
///
/// # Errors
/// As for [`create_bot`]; [`Error::DirectRoom`]; [`Error::NotFound`] when the asker is no longer in the room.
pub async fn create_hook(
    env: &Env,
    caller: &Caller,
    room: RoomId,
    username: Username,
    name: DisplayName,
) -> Result<Secret, Error> {
    let seat = caller.seat(env, room).await?;
    rooms::require_group(env, &seat).await?;
    let (secret, bot) = (Secret::token(env), new_bot(env, caller, username, name).await?);
    let (token, expires) = (secrets::session_of(secret.as_str()), later(bot.at, FOR_GOOD_MS));
    match env.store.insert_hook(&seat, NewHook { bot, token, expires }).await? {
        Hooked::Made(changes) => events::changed(env, &changes),
        Hooked::UsernameTaken => return Err(Error::UsernameTaken),
        Hooked::TooManyBots => return Err(too_many_bots()),
        Hooked::NotInRoom => return Err(Error::NotFound),
    }
    Ok(secret)
}

/// The same under a username that follows from the name.
///
/// # Errors
/// As for [`create_hook`].
pub async fn create_hook_named(env: &Env, caller: &Caller, room: RoomId, name: DisplayName) -> Result<Secret, Error> {
    match create_hook(env, caller, room, username(&name, ""), name.clone()).await {
        Err(Error::UsernameTaken) => {
            let number = env.random.uuid().simple().to_string();
            create_hook(env, caller, room, username(&name, &number[..6]), name).await
        }
        made => made,
    }
}

/// A name's letters and digits with hyphens between, and the suffix.
fn username(name: &DisplayName, suffix: &str) -> Username {
    let letters: String = name.as_str().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    let mut words: String = letters.split_whitespace().collect::<Vec<_>>().join("-").chars().take(24).collect();
    if words.len() < 2 {
        words.insert_str(0, "hook-");
    }
    let username = format!("{}-{suffix}", words.trim_matches('-'));
    Username::parse(username.trim_matches('-')).expect("a few letters, digits and hyphens")
}

/// Posts what came through a room's door.
///
/// # Errors
/// [`Error::NotFound`] when the token opens no door, or not for writing; as for [`messages::submit`].
pub async fn post_by_hook(env: &Env, token: &str, client_id: ClientId, text: MessageText) -> Result<Sent, Error> {
    let seat = hook(env, token).await.map_err(|error| match error {
        Error::Unauthenticated => Error::NotFound,
        other => other,
    })?;
    messages::submit(env, &seat, Draft { client_id, text }).await
}

async fn hook(env: &Env, token: &str) -> Result<Seat, Error> {
    let caller = sessions::caller(env, &secrets::session_of(token)).await?;
    match &caller.scope {
        Scope::Token { rooms: Some(rooms), access: Access::Write } if rooms.len() == 1 => {
            let room = rooms.first().copied().ok_or(Error::NotFound)?;
            caller.seat(env, room).await
        }
        _ => Err(Error::NotFound),
    }
}

async fn require_own(env: &Env, caller: &Caller, bearer: UserId) -> Result<(), Error> {
    let me = caller.account()?;
    if bearer == me || env.store.bots(me).await?.iter().any(|bot| bot.id == bearer) {
        return Ok(());
    }
    Err(Error::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_follows_from_a_name() {
        let cases = [
            ("Build server", "", "build-server"),
            ("  CI / nightly (eu) ", "3f9a2c", "ci-nightly-eu-3f9a2c"),
            ("明日", "", "hook"),
            ("X", "3f9a2c", "hook-x-3f9a2c"),
            ("An exceptionally long name of a thing", "3f9a2c", "an-exceptionally-long-na-3f9a2c"),
        ];
        for (name, suffix, expected) in cases {
            assert_eq!(username(&DisplayName::parse(name).unwrap(), suffix).as_str(), expected);
        }
    }
}
