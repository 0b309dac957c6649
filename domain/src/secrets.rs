//! Secrets that somebody carries, and of which the store keeps the SHA-256 only: they hold 256 random bits, so nothing
//! slower is needed.

use crate::Env;
use crate::ports::{Digest, SessionId};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// A secret to hand out, once.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// What renews a program's log-in.
    pub fn refresh(env: &Env) -> Self {
        Self::of("natter_r_", env)
    }

    /// A token that its person made; scanners of leaked secrets know it by its beginning.
    pub fn token(env: &Env) -> Self {
        Self::of(TOKEN, env)
    }

    pub fn ticket(env: &Env) -> Self {
        Self::of("natter_t_", env)
    }

    /// Lets somebody make an account.
    pub fn invitation(env: &Env) -> Self {
        Self::of("natter_i_", env)
    }

    /// Lets somebody set a new password.
    pub fn reset(env: &Env) -> Self {
        Self::of("natter_x_", env)
    }

    /// As it is carried: letters, digits and `_`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn digest(&self) -> Digest {
        digest(&self.0)
    }

    fn of(kind: &str, env: &Env) -> Self {
        Self(kind.to_owned() + &hex::encode(env.random.secret()))
    }
}

/// The beginning of every token that a person made.
const TOKEN: &str = "natter_p_";

/// It is not told by chance, in a log.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Whether a bearer carries a token that a person made.
pub fn is_token(bearer: &str) -> bool {
    bearer.starts_with(TOKEN)
}

pub fn digest(secret: &str) -> Digest {
    Digest(Sha256::digest(secret).into())
}

/// The session that a secret is the whole proof of: a cookie's or a token's.
pub fn session_of(secret: &str) -> SessionId {
    SessionId(hex::encode(digest(secret).0))
}

/// A session that no secret leads to.
pub(crate) fn session_id(env: &Env) -> SessionId {
    SessionId(hex::encode(env.random.secret()))
}
