//! Who may create an account.

use crate::administration::order;
use crate::ports::{Charge, Key, Limit};
use crate::{Address, Administrator, Env, Error, Registration, secrets};
use protocol::{Epoch, Field, Invalid};
use sha2::{Digest, Sha256};
use std::fmt;

/// How somebody asks for an account over the web.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    pub from: Address,
    /// From this machine, and through no proxy.
    pub is_local: bool,
    pub invitation: Option<&'a str>,
    pub setup_code: Option<&'a str>,
}

impl Asking<'_> {
    /// Whether somebody may make the first account, which administers the server.
    ///
    /// # Errors
    /// [`Error::Invalid`] without the right code; [`Error::TooMany`], since codes are tried as new accounts are.
    pub(crate) async fn sets_up(&self, env: &Env) -> Result<(), Error> {
        if self.is_local {
            return Ok(());
        }
        let typed = self.setup_code.ok_or_else(|| refused(NO_CODE))?;
        let charge = [Charge::one(Limit::Register, Key::Address(self.from))];
        env.limits.take(&charge).await?;
        if !env.setup_code.as_ref().is_some_and(|code| code.is(typed)) {
            return Err(refused(WRONG_CODE));
        }
        // Only wrong codes count: the account itself takes one too.
        env.limits.give_back(&charge).await;
        Ok(())
    }
}

const NO_CODE: &str = "Enter the setup code to create the first account, the administrator’s. \
                       The server prints it when it starts.";
const WRONG_CODE: &str = "Wrong setup code. Copy it from the server’s output.";

fn refused(problem: &str) -> Error {
    Invalid::new(Field::SetupCode, problem).into()
}

/// Lets somebody who reads what the server prints make the first account. It serves until there is one.
#[derive(Clone, PartialEq, Eq)]
pub struct SetupCode(String);

impl SetupCode {
    /// From the secret that all nodes share: each prints and takes the same code, also after a restart, and none stores it.
    pub fn new(secret: &[u8], epoch: Epoch) -> Self {
        let digest = Sha256::new()
            .chain_update(b"natter setup code")
            .chain_update(epoch.0.as_bytes())
            .chain_update(secret)
            .finalize();
        // 80 bits, for a code that is tried ten times and then once in three minutes.
        let groups = digest[..10].chunks(2).map(hex::encode).collect::<Vec<_>>();
        Self(groups.join("-"))
    }

    /// What stands in the link after the server's address.
    pub fn path(&self) -> String {
        format!("/register?setup_code={}", self.0)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compared by digests, whose time tells nothing.
    fn is(&self, typed: &str) -> bool {
        secrets::digest(&typed.trim().to_lowercase()) == secrets::digest(&self.0)
    }
}

/// It is not told by chance, in a log.
impl fmt::Debug for SetupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetupCode")
    }
}

/// The code to print: as long as there is no account.
pub async fn setup_code(env: &Env) -> Result<Option<&SetupCode>, Error> {
    Ok(if env.store.has_accounts().await? { None } else { env.setup_code.as_ref() })
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn every_node_makes_the_same_code_and_another_installation_another() {
        let code = SetupCode::new(&[7; 64], Epoch(Uuid::from_u128(1)));
        assert_eq!(code, SetupCode::new(&[7; 64], Epoch(Uuid::from_u128(1))));
        assert_ne!(code, SetupCode::new(&[8; 64], Epoch(Uuid::from_u128(1))));
        assert_ne!(code, SetupCode::new(&[7; 64], Epoch(Uuid::from_u128(2))));
        assert_eq!((code.as_str().len(), format!("{code:?}").as_str()), (24, "SetupCode"));
        assert!(
            code.is(&format!(" {} ", code.as_str().to_uppercase())) && !code.is("") && !code.is(&code.as_str()[1..])
        );
    }
}
