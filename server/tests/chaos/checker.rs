//! Holds what clients saw against what is stored (the invariants I1–I7 of docs/chaos.md).

mod judge;
mod truth;

pub use judge::judge;
pub use truth::{Stored, Truth, read_file, read_shared};

use std::collections::BTreeMap;
use std::fmt;

/// What holds after any run with any fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// Whatever was acknowledged is stored once, and every member sees it.
    Kept,
    /// Nothing is stored twice, and no client takes a message twice.
    Once,
    /// Every client has a room's messages without holes, in the order of the database.
    Ordered,
    /// Nothing is seen that was not said, or is not stored.
    True,
    /// A message without an acknowledgement is stored once or not at all.
    Settled,
    /// All clients agree soon after the last fault.
    Agreed,
    /// Nobody hears of a room that is not theirs.
    Private,
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "I{} ({self:?})", *self as usize + 1)
    }
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Verdict {
    pub broken: BTreeMap<Invariant, Vec<String>>,
    pub acknowledged: usize,
    pub stored: usize,
    /// How many messages clients took from live changes and catch-ups.
    pub applied: usize,
}

impl Verdict {
    pub fn breaks(&mut self, invariant: Invariant, how: impl Into<String>) {
        self.broken.entry(invariant).or_default().push(how.into());
    }

    pub fn count(&self, invariant: Invariant) -> usize {
        self.broken.get(&invariant).map_or(0, Vec::len)
    }

    /// What was broken, with the first cases of each.
    pub fn tells(&self) -> String {
        let mut lines = Vec::new();
        for (invariant, cases) in &self.broken {
            lines.push(format!("{invariant}: {} cases", cases.len()));
            lines.extend(cases.iter().take(5).map(|case| format!("  {case}")));
        }
        lines.join("\n")
    }
}
