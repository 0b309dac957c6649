use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::{Builder, Uuid};

/// The largest integer that a JavaScript number holds exactly (2^53 − 1); no id or counter on the wire is larger.
const MAX_EXACT: i64 = (1 << 53) - 1;

macro_rules! integer {
    ($(#[$doc:meta])* $name:ident from $min:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "i64")]
        pub struct $name(i64);

        impl $name {
            /// The value as the store keeps it.
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl TryFrom<i64> for $name {
            type Error = &'static str;

            fn try_from(value: i64) -> Result<Self, Self::Error> {
                if ($min..=MAX_EXACT).contains(&value) {
                    Ok(Self(value))
                } else {
                    Err(concat!("a ", stringify!($name), " is an integer from ", $min, " to 2^53 - 1"))
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = &'static str;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse::<i64>().map_err(|_| "not an integer").and_then(Self::try_from)
            }
        }
    };
}

integer!(
    /// A person's id, from 1.
    UserId from 1
);
integer!(
    /// A room's id, from 1.
    RoomId from 1
);
integer!(
    /// A message's number in its room: 1, 2, 3… in the order of the room; 0 stands before the first.
    No from 0
);
integer!(
    /// A room's revision: +1 for every change that a member can see; 0 stands before the first.
    Rev from 0
);
integer!(
    /// A moment, in milliseconds since 1970-01-01T00:00:00Z. Shown to people; never used to order or to resume.
    At from 0
);

integer!(
    /// Counts how often the person marked messages as unread. A marker of a higher generation wins.
    Generation from 0
);

impl UserId {
    /// The largest there can be, which nobody has.
    pub const LAST: Self = Self(MAX_EXACT);
}

impl No {
    pub const ZERO: Self = Self(0);

    /// The number after this one.
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The number before this one; `None` before the first.
    pub const fn previous(self) -> Option<Self> {
        if self.0 == 0 { None } else { Some(Self(self.0 - 1)) }
    }
}

impl Default for No {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Generation {
    pub const ZERO: Self = Self(0);
}

impl Default for Generation {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Default for Rev {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Rev {
    pub const ZERO: Self = Self(0);

    /// The largest there can be.
    pub const LAST: Self = Self(MAX_EXACT);

    /// The revision after this one.
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The name that a sender gives to a draft, so that a retry is recognised: unique for its author.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClientId(pub Uuid);

impl ClientId {
    /// A new name, a UUID of version 7 (RFC 9562, section 5.7): those of one time stand side by side in an index.
    /// All of `random` but the version is taken, from its seventh byte on.
    pub fn new(at: At, random: Uuid) -> Self {
        let [_, _, _, _, _, _, random @ ..] = random.as_bytes();
        Self(Builder::from_unix_timestamp_millis(at.get().unsigned_abs(), random).into_uuid())
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ClientId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// The life of a database: a restore begins another one, and revisions of different epochs are not comparable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Epoch(pub Uuid);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn new_names_are_of_version_7_and_stand_in_the_order_of_time(
            at in 1..MAX_EXACT >> 6, later in 1..1000i64, one: u128, other: u128,
        ) {
            let named = |at, random| ClientId::new(At::try_from(at).unwrap(), Uuid::from_u128(random));
            let (first, second) = (named(at, one), named(at + later, other));
            prop_assert_eq!(first.0.get_version_num(), 7);
            prop_assert_eq!(first.0.get_variant(), uuid::Variant::RFC4122);
            prop_assert!(first < second);
            prop_assert_eq!(first == named(at, other), first.0.as_bytes()[6..] == second.0.as_bytes()[6..]);
        }
    }
}
