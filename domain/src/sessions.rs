//! Log-ins: of browsers, of programs, and how each ends.

use crate::access::{Caller, Scope};
use crate::moments::{DAY_MS, later};
use crate::ports::{Charge, Device, Key, Limit, NewSession, Proof, Renewed, SessionId, SessionView};
use crate::secrets::{self, Secret};
use crate::{Env, Error, events};
use protocol::{At, UserId};

/// How long a program's log-in lasts after its last renewal, in milliseconds: 90 days.
pub const LIFETIME_MS: i64 = 90 * DAY_MS;

/// How long a ticket waits for its socket, in milliseconds.
pub const TICKET_MS: i64 = 30_000;

/// A program's log-in.
#[derive(Clone, Debug)]
pub struct Grant {
    pub caller: Caller,
    /// Renews the log-in, once.
    pub refresh: Secret,
}

/// Logs a program in for somebody who has proved who they are.
///
/// # Errors
/// [`Error::Unauthenticated`] when the account is gone or shut.
pub async fn open(env: &Env, user: UserId, device: Device) -> Result<Grant, Error> {
    let now = env.clock.now();
    let (id, refresh) = (secrets::session_id(env), Secret::refresh(env));
    let new = NewSession {
        id: id.clone(),
        user,
        proof: Proof::LogIn,
        scope: Scope::Person,
        device,
        refresh: Some(refresh.digest()),
        created: now,
        expires: later(now, LIFETIME_MS),
    };
    if !env.store.open_session(&new).await? {
        return Err(Error::Unauthenticated);
    }
    Ok(Grant { caller: Caller { user, session: id, scope: Scope::Person }, refresh })
}

/// Renews a program's log-in. A secret that was used before is in two hands: the log-in ends (RFC 9700, 4.14.2).
///
/// # Errors
/// [`Error::Unauthenticated`]; [`Error::TooMany`] of this person.
pub async fn renew(env: &Env, refresh: &str) -> Result<Grant, Error> {
    let (next, now) = (Secret::refresh(env), env.clock.now());
    let (old, expires) = (secrets::digest(refresh), later(now, LIFETIME_MS));
    // Each renewal leaves a secret behind, so it takes from a budget. One that was used goes on without: a thief who uses
    // the budget up would else keep the theft from being noticed.
    if let Some(user) = env.store.user_of_refresh(old).await? {
        env.limits.take(&[Charge::one(Limit::Token, Key::Account(user))]).await?;
    }
    match env.store.renew_session(old, next.digest(), now, expires).await? {
        Renewed::Session(caller) => Ok(Grant { caller, refresh: next }),
        Renewed::Stolen { user, session } => {
            tracing::warn!(%user, "A refresh token was used twice; its log-in has ended");
            events::session_ended(env, user, &session);
            Err(Error::Unauthenticated)
        }
        Renewed::Unknown => Err(Error::Unauthenticated),
    }
}

/// Who is asking in the name of a session that lives. Its last use is kept, to some minutes.
///
/// # Errors
/// [`Error::Unauthenticated`].
pub async fn caller(env: &Env, session: &SessionId) -> Result<Caller, Error> {
    let living = env.store.living(session, env.clock.now()).await?.ok_or(Error::Unauthenticated)?;
    // The first use is kept however soon it comes: a token without it is shown as unused.
    if living.seen == living.created {
        env.uses.note(session);
    } else {
        used(env, session, living.seen);
    }
    Ok(living.caller)
}

/// Notes that a session is in use, when what is kept of it is some minutes old. Nobody waits for that.
pub fn used(env: &Env, session: &SessionId, seen: At) {
    if env.clock.now().get() - seen.get() > TOUCH_MS {
        env.uses.note(session);
    }
}

/// Writes down what [`used`] has noted.
pub async fn keep_uses(env: &Env) -> Result<(), Error> {
    let used = env.uses.take();
    if !used.is_empty() {
        env.store.touch_sessions(&used, env.clock.now()).await?;
    }
    Ok(())
}

/// As often at most the last use of a session is kept, in milliseconds.
const TOUCH_MS: i64 = 5 * 60 * 1000;

/// A ticket that opens one socket in the caller's name, within [`TICKET_MS`].
///
/// # Errors
/// [`Error::TooMany`].
pub async fn ticket(env: &Env, caller: &Caller) -> Result<Secret, Error> {
    env.limits.take(&[Charge::one(Limit::Token, Key::Account(caller.user))]).await?;
    let ticket = Secret::ticket(env);
    env.store.insert_ticket(ticket.digest(), &caller.session, later(env.clock.now(), TICKET_MS)).await?;
    Ok(ticket)
}

/// Takes a ticket in.
///
/// # Errors
/// [`Error::Unauthenticated`] when it was used before, is too old, or its session has ended.
pub async fn redeem(env: &Env, ticket: &str) -> Result<Caller, Error> {
    let living = env.store.take_ticket(secrets::digest(ticket), env.clock.now()).await?;
    Ok(living.ok_or(Error::Unauthenticated)?.caller)
}

/// A person's log-ins and tokens, the last used first.
pub async fn list(env: &Env, caller: &Caller) -> Result<Vec<SessionView>, Error> {
    let user = caller.account()?;
    keep_uses(env).await?;
    Ok(env.store.sessions_of(user, env.clock.now()).await?)
}

/// Ends a log-in or a token of the person, with its sockets on every node.
///
/// # Errors
/// [`Error::NotFound`] when it is not theirs.
pub async fn end(env: &Env, caller: &Caller, session: &SessionId) -> Result<(), Error> {
    let user = caller.account()?;
    if !env.store.end_session(user, session).await? {
        return Err(Error::NotFound);
    }
    events::session_ended(env, user, session);
    Ok(())
}

/// Deletes expired sessions, tickets and links, a few at a time.
pub async fn sweep(env: &Env) -> Result<(), Error> {
    while !env.store.delete_expired_sessions(env.clock.now(), SWEPT_AT_ONCE).await? {}
    Ok(())
}

/// Maximum rows of each kind that one transaction sweeps, since other writes wait for it.
const SWEPT_AT_ONCE: u32 = 500;

/// Ends the session that asks.
pub async fn leave(env: &Env, caller: &Caller) -> Result<(), Error> {
    env.store.end_session(caller.user, &caller.session).await?;
    events::session_ended(env, caller.user, &caller.session);
    Ok(())
}

/// Ends all log-ins of the person but the one that asks; tokens stay.
pub async fn end_others(env: &Env, caller: &Caller) -> Result<(), Error> {
    let user = caller.account()?;
    env.store.end_other_sessions(user, &caller.session).await?;
    events::other_sessions_ended(env, user, &caller.session);
    Ok(())
}
