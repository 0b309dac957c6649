//! A way back in for who has lost their password: a link that sets another one, once.

use crate::administration::order;
use crate::moments::{DAY_MS, later};
use crate::passwords::{self, About};
use crate::ports::{NewReset, ResetRecord};
use crate::secrets::{self, Secret};
use crate::{Administrator, Env, Error, accounts, events};
use protocol::{At, Field, Password, Person, UserId};

/// How long a link serves, in milliseconds: a day.
pub const LIFETIME_MS: i64 = DAY_MS;

/// A link that was made just now.
#[derive(Clone, Debug)]
pub struct Reset {
    /// Told this one time.
    pub secret: Secret,
    pub expires: At,
}

impl Reset {
    /// What stands in the link after the server's address.
    pub fn path(&self) -> String {
        format!("/reset-password?secret={}", self.secret.as_str())
    }
}

/// Makes a link for somebody, to be given to them by other means; a former one serves no more.
///
/// # Errors
/// [`Error::NotFound`], [`Error::NotForBots`], [`Error::AccountDisabled`].
pub async fn make(env: &Env, by: &Administrator, user: UserId) -> Result<Reset, Error> {
    let (secret, order) = (Secret::reset(env), order(env, by));
    let expires = later(order.at, LIFETIME_MS);
    env.store.insert_reset(order, NewReset { user, digest: secret.digest(), expires }).await??;
    Ok(Reset { secret, expires })
}

/// Maximum of links that are listed.
pub const LISTED: u32 = 500;

/// Those that serve, the newest first, at most [`LISTED`].
pub async fn list(env: &Env, _: &Administrator) -> Result<Vec<ResetRecord>, Error> {
    Ok(env.store.resets(env.clock.now(), LISTED).await?)
}

/// Ends somebody's link; their password stays.
///
/// # Errors
/// [`Error::NotFound`] when there is no such person.
pub async fn revoke(env: &Env, by: &Administrator, user: UserId) -> Result<(), Error> {
    Ok(env.store.revoke_reset(order(env, by), user).await??)
}

/// Whose password the link sets, for the page that it leads to. Nobody guesses a secret of 256 bits, so wrong ones do not
/// count.
///
/// # Errors
/// [`Error::ResetSpent`].
pub async fn person(env: &Env, secret: &str) -> Result<Person, Error> {
    let person = env.store.person_of_reset(secrets::digest(secret), env.clock.now()).await?;
    person.ok_or(Error::ResetSpent)
}

/// Sets a new password, once. All log-ins and tokens of the person end, with their sockets on every node.
///
/// # Errors
/// As for [`person`]; [`Error::Invalid`] for a password that is easy to guess, after which the link still serves.
pub async fn redeem(env: &Env, secret: &str, new: Password) -> Result<UserId, Error> {
    let digest = secrets::digest(secret);
    let person = person(env, secret).await?;
    let account = accounts::account(env, person.id).await?;
    passwords::check(env, &new, Field::NewPassword, About::from(&account)).await?;
    let hash = env.passwords.hash(new).await?;
    let user = env.store.take_reset(digest, &hash, env.clock.now()).await?.ok_or(Error::ResetSpent)?;
    events::all_sessions_ended(env, user);
    Ok(user)
}
