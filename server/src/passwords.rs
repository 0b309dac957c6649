use crate::background::{Background, abandoned};
use crate::random::OsRandom;
use argon2::password_hash::{self, PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use domain::ports::{NotHashed, Passwords, Unavailable};
use protocol::Password;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// How many hashes are computed at once: on half of the cores, so that the others are left to those who talk.
/// Each takes 19 MiB and some 20 ms of a core.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1))
}

/// Maximum of the time that a password waits for its turn (promise S16).
const MAX_WAIT: Duration = Duration::from_secs(2);

/// Passwords that may wait on any machine, however slow.
const MIN_QUEUE: u32 = 32;

/// Assumed duration of a hash before one was measured.
const USUAL_DURATION: Duration = Duration::from_millis(25);

/// The weight of the newest measurement in the average is one of so many parts.
const SMOOTHING: u32 = 8;

/// Verified in place of the hash that a stranger does not have, so that both take as long.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$X7857I/0nHnQLaJPM0K2nw$qsr7ArevC8+SbBulq54dCOafbxKUuXlj2WNazrv4BOQ";

/// argon2id with 19 MiB, t = 2, p = 1 (OWASP Password Storage Cheat Sheet), in threads of its own. A bounded number of
/// passwords waits for them.
pub struct Argon2Passwords {
    threads: Background,
    workers: u32,
    free_workers: Arc<Semaphore>,
    /// Passwords that wait or are being hashed.
    queued: AtomicU32,
    /// The average duration of a hash, in microseconds.
    duration_us: Arc<AtomicU32>,
}

impl Argon2Passwords {
    pub fn new() -> Self {
        Self::with_workers(workers())
    }

    fn with_workers(workers: usize) -> Self {
        Self {
            threads: Background::of_computing("passwords", workers),
            workers: u32::try_from(workers).unwrap_or(u32::MAX),
            free_workers: Arc::new(Semaphore::new(workers)),
            queued: AtomicU32::new(0),
            duration_us: Arc::new(AtomicU32::new(micros(USUAL_DURATION))),
        }
    }

    /// Waits for a worker, for as long as somebody waits for the result.
    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> password_hash::Result<T> + Send + 'static,
    ) -> Result<T, NotHashed> {
        let _queued = self.queue()?;
        let worker = tokio::select! {
            worker = self.free_workers.clone().acquire_owned() => worker.map_err(Unavailable::new)?,
            // Nobody reads this.
            () = abandoned() => return Err(NotHashed::Overloaded { wait: MAX_WAIT }),
        };
        let duration_us = self.duration_us.clone();
        let work = self.threads.compute(move || timed(work, &duration_us, worker)).await;
        Ok(work.map_err(Unavailable::new)?.map_err(|error| Unavailable::new(error.to_string()))?)
    }

    /// Takes a place in the queue, if its end would be reached in time.
    fn queue(&self) -> Result<Queued<'_>, NotHashed> {
        let before = self.queued.fetch_add(1, Ordering::Relaxed);
        let queued = Queued(&self.queued);
        let wait = Duration::from_micros(self.duration_us.load(Ordering::Relaxed).into()) * before / self.workers;
        if before >= MIN_QUEUE && wait > MAX_WAIT {
            return Err(NotHashed::Overloaded { wait });
        }
        Ok(queued)
    }
}

/// A place in the queue.
struct Queued<'a>(&'a AtomicU32);

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Does the work and takes its duration into the average. The worker is taken until the end, also when nobody waits.
fn timed<T>(work: impl FnOnce() -> T, duration_us: &AtomicU32, _worker: OwnedSemaphorePermit) -> T {
    let begun = Instant::now();
    let done = work();
    let average = duration_us.load(Ordering::Relaxed);
    let newest = micros(begun.elapsed()) / SMOOTHING;
    duration_us.store((average - average / SMOOTHING).saturating_add(newest), Ordering::Relaxed);
    done
}

fn micros(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)
}

impl Default for Argon2Passwords {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Passwords for Argon2Passwords {
    async fn hash(&self, password: Password) -> Result<String, NotHashed> {
        self.compute(move || hash(password.expose())).await
    }

    async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, NotHashed> {
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
    use futures::future::FutureExt;
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
    async fn a_corrupt_hash_is_a_fault_and_not_a_wrong_password() {
        assert!(Argon2Passwords::new().verify("anything", Some("corrupt".into())).await.is_err());
    }

    /// Passwords whose only worker is busy, until the permit is dropped.
    async fn busy() -> (Arc<Argon2Passwords>, OwnedSemaphorePermit) {
        let passwords = Argon2Passwords::with_workers(1);
        let worker = passwords.free_workers.clone().acquire_owned().await.unwrap();
        (Arc::new(passwords), worker)
    }

    #[tokio::test]
    async fn beyond_two_seconds_of_hashing_the_answer_is_to_come_again() {
        let (passwords, worker) = busy().await;
        passwords.duration_us.store(50_000, Ordering::Relaxed);
        let mut waiting: Vec<_> = (0..41).map(|_| passwords.verify("correct horse", None)).collect();
        assert!(waiting.iter_mut().all(|one| one.as_mut().now_or_never().is_none()), "40 × 50 ms are before the last");
        let refused = passwords.verify("correct horse", None).now_or_never().expect("an immediate answer");
        assert!(matches!(refused, Err(NotHashed::Overloaded { wait }) if wait == Duration::from_millis(2050)));
        waiting.truncate(3);
        drop(worker);
        for one in waiting {
            assert!(!one.await.unwrap());
        }
        assert_eq!(passwords.queued.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_slow_machine_lets_some_wait_all_the_same() {
        let (passwords, _worker) = busy().await;
        passwords.duration_us.store(10_000_000, Ordering::Relaxed);
        let mut waiting: Vec<_> = (0..MIN_QUEUE).map(|_| passwords.verify("correct horse", None)).collect();
        assert!(waiting.iter_mut().all(|one| one.as_mut().now_or_never().is_none()));
        assert!(passwords.verify("correct horse", None).await.is_err());
    }

    #[tokio::test]
    async fn a_password_of_a_request_that_is_gone_is_not_hashed() {
        let (passwords, _worker) = busy().await;
        let requests = Background::of_requests("requests");
        let (done, outcome) = tokio::sync::oneshot::channel();
        let request = {
            let passwords = passwords.clone();
            async move { done.send(passwords.verify("correct horse", None).await) }
        };
        let mut answer = Box::pin(requests.carry_through(request));
        assert!(answer.as_mut().now_or_never().is_none());
        drop(answer);
        // The worker is still busy.
        assert!(outcome.await.unwrap().is_err());
        assert_eq!(passwords.queued.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn the_duration_of_a_hash_is_measured() {
        let passwords = Argon2Passwords::with_workers(1);
        passwords.duration_us.store(80_000_000, Ordering::Relaxed);
        passwords.verify("correct horse", None).await.unwrap();
        let average = passwords.duration_us.load(Ordering::Relaxed);
        assert!((70_000_000..80_000_000).contains(&average), "{average}");
    }
}
