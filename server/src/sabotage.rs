//! Ways to break the server on purpose, so that the tests can show that they notice.
//!
//! Only a build with the feature `sabotage` can be broken, and only as `NATTER_SABOTAGE` says. In every other build each
//! question below is a constant `false`, and the compiler removes what would follow from a `true`.

#[cfg(all(feature = "sabotage", not(debug_assertions)))]
compile_error!("the feature `sabotage` is for tests; a release must not have it");

/// A way to break a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// Senders are told that a message is stored, and then it is.
    AckBeforeCommit,
    /// Everybody is told a message, and then it is stored and acknowledged.
    PublishBeforeCommit,
    /// A message that is sent again is stored again.
    NoUniqueIndex,
    /// What finds a full queue is skipped, and the slow socket stays open.
    SkipOnFullQueue,
    /// Every third notice of the bus is lost.
    DropNotices,
    /// What the bus lost is never read from the database.
    NoHeadRepair,
    /// A commit returns before its fsync.
    SynchronousNormal,
    /// A message "panic" brings its handler down.
    Panic,
}

#[cfg(not(feature = "sabotage"))]
mod switch {
    use super::Sabotage;

    impl Sabotage {
        pub const fn is_on(self) -> bool {
            false
        }
    }

    /// Whether a setting is the one that breaks the server.
    pub const fn is_setting(_: &str) -> bool {
        false
    }
}

#[cfg(feature = "sabotage")]
mod switch {
    use super::Sabotage;
    use std::sync::OnceLock;

    const SETTING: &str = "NATTER_SABOTAGE";

    const NAMES: [(&str, Sabotage); 8] = [
        ("ack-before-commit", Sabotage::AckBeforeCommit),
        ("publish-before-commit", Sabotage::PublishBeforeCommit),
        ("no-unique-index", Sabotage::NoUniqueIndex),
        ("skip-on-full-queue", Sabotage::SkipOnFullQueue),
        ("drop-notices", Sabotage::DropNotices),
        ("no-head-repair", Sabotage::NoHeadRepair),
        ("synchronous-normal", Sabotage::SynchronousNormal),
        ("panic", Sabotage::Panic),
    ];

    impl Sabotage {
        pub fn is_on(self) -> bool {
            static ON: OnceLock<Vec<Sabotage>> = OnceLock::new();
            ON.get_or_init(read).contains(&self)
        }
    }

    /// Whether a setting is the one that breaks the server.
    pub fn is_setting(name: &str) -> bool {
        name == SETTING
    }

    fn read() -> Vec<Sabotage> {
        let named = |word: &str| NAMES.iter().find(|(name, _)| *name == word).map(|(_, sabotage)| *sabotage);
        let words = std::env::var(SETTING).unwrap_or_default();
        let words = words.split(',').filter(|word| !word.is_empty());
        words.map(|word| named(word).unwrap_or_else(|| panic!("{SETTING} does not know {word}"))).collect()
    }
}

pub use switch::is_setting;

impl Sabotage {
    /// Whether answers come before their commit.
    pub fn is_early() -> bool {
        Self::AckBeforeCommit.is_on() || Self::PublishBeforeCommit.is_on()
    }
}

/// Panics when it is to, at a message with this text.
pub fn trip(text: &str) {
    assert!(!Sabotage::Panic.is_on() || text != "panic", "a handler was asked to panic");
}
