//! Who may create an account.

use crate::administration::order;
use crate::{Administrator, Env, Error, Registration};

/// Who may, now.
pub async fn mode(env: &Env) -> Result<Registration, Error> {
    match env.registration {
        Some(fixed) => Ok(fixed),
        None => Ok(env.store.instance().await?.registration.unwrap_or(Registration::Open)),
    }
}

/// Whether the configuration says so, and administrators cannot choose.
pub fn is_fixed(env: &Env) -> bool {
    env.registration.is_some()
}

/// Chooses it, from now on and on every node.
///
/// # Errors
/// [`Error::RegistrationFixed`] where the configuration says it.
pub async fn choose(env: &Env, by: &Administrator, registration: Registration) -> Result<(), Error> {
    if is_fixed(env) {
        return Err(Error::RegistrationFixed);
    }
    Ok(env.store.set_registration(order(env, by), registration).await??)
}
