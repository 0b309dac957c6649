use domain::ports::Random;
use rand::TryRngCore;
use rand::rngs::OsRng;
use uuid::{Builder, Uuid};

/// The random numbers of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsRandom;

impl OsRandom {
    /// As many unpredictable bytes as asked for.
    pub fn bytes<const N: usize>(self) -> [u8; N] {
        let mut bytes = [0; N];
        OsRng.try_fill_bytes(&mut bytes).expect("an operating system that gives random numbers");
        bytes
    }
}

impl Random for OsRandom {
    fn uuid(&self) -> Uuid {
        Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        self.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_are_of_version_4_and_differ() {
        let (one, other) = (OsRandom.uuid(), OsRandom.uuid());
        assert_eq!(one.get_version_num(), 4);
        assert_ne!(one, other);
    }
}
