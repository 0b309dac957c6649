use crate::background::Background;
use crate::random::OsRandom;
use argon2::password_hash::{self, PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use domain::ports::{Passwords, Unavailable};
use protocol::Password;

/// As many hashes are computed at once: on half of the cores, so that the others are left to those who talk.
/// Each takes 19 MiB and some 20 ms of a core.
fn at_once() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1))
}

/// Verified in place of the hash that a stranger does not have, so that both take as long.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$X7857I/0nHnQLaJPM0K2nw$qsr7ArevC8+SbBulq54dCOafbxKUuXlj2WNazrv4BOQ";

/// argon2id with 19 MiB, t = 2, p = 1 (OWASP Password Storage Cheat Sheet), in threads of its own.
pub struct Argon2Passwords {
    threads: Background,
}

impl Argon2Passwords {
    pub fn new() -> Self {
        Self { threads: Background::of_computing("passwords", at_once()) }
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> password_hash::Result<T> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let work = self.threads.compute(work).await;
        work.map_err(Unavailable::new)?.map_err(|error| Unavailable::new(error.to_string()))
    }
}

impl Default for Argon2Passwords {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Passwords for Argon2Passwords {
    async fn hash(&self, password: Password) -> Result<String, Unavailable> {
        self.compute(move || hash(password.expose())).await
    }

    async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, Unavailable> {
        let password = password.to_owned();
        let is_somebodys = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODYS.to_owned());
        let is_right = self.compute(move || is_right_as_typed_or_composed(&password, &hash)).await?;
        Ok(is_right && is_somebodys)
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("valid parameters");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &str) -> password_hash::Result<String> {
    let salt = SaltString::encode_b64(&OsRandom.bytes::<16>())?;
    Ok(argon2().hash_password(password.as_bytes(), &salt)?.to_string())
}

/// A password that was chosen before passwords were kept in NFC is compared as it is typed.
fn is_right_as_typed_or_composed(password: &str, hash: &str) -> password_hash::Result<bool> {
    let composed = protocol::nfc(password);
    Ok(is_right(&composed, hash)? || (composed != password && is_right(password, hash)?))
}

fn is_right(password: &str, hash: &str) -> password_hash::Result<bool> {
    match argon2().verify_password(password.as_bytes(), &PasswordHash::new(hash)?) {
        Ok(()) => Ok(true),
        Err(password_hash::Error::Password) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Field;

    /// What a hash says of the work that it takes.
    const COST: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let passwords = Argon2Passwords::new();
        let hash = passwords.hash(Password::parse("correct horse", Field::Password).unwrap()).await.unwrap();
        assert!(hash.starts_with(COST), "{hash}");
        assert!(passwords.verify("correct horse", Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("correct horsf", Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn a_password_is_right_however_its_letters_are_composed() {
        let passwords = Argon2Passwords::new();
        let (nfc, nfd) = ("sm\u{f6}rg\u{e5}sbord", "smo\u{308}rga\u{30a}sbord");
        for chosen in [nfc, nfd] {
            let hash = passwords.hash(Password::parse(chosen, Field::Password).unwrap()).await.unwrap();
            assert!(passwords.verify(nfc, Some(hash.clone())).await.unwrap(), "{chosen:?}");
            assert!(passwords.verify(nfd, Some(hash)).await.unwrap(), "{chosen:?}");
        }
        let earlier = hash(nfd).unwrap();
        assert!(passwords.verify(nfd, Some(earlier)).await.unwrap(), "chosen before passwords were composed");
    }

    #[tokio::test]
    async fn without_a_hash_no_password_is_right() {
        let passwords = Argon2Passwords::new();
        assert!(NOBODYS.starts_with(COST), "it takes as long as somebody's");
        assert!(passwords.verify("nobody has this password", Some(NOBODYS.to_owned())).await.unwrap());
        assert!(!passwords.verify("nobody has this password", None).await.unwrap());
    }

    #[tokio::test]
    async fn a_spoilt_hash_is_a_fault_and_not_a_wrong_password() {
        assert!(Argon2Passwords::new().verify("anything", Some("spoilt".into())).await.is_err());
    }
}
