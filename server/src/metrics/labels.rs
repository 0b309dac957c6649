//! What is told apart.

use protocol::Event;

/// How a room was brought up to date for a client that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// From memory, without the database.
    Memory,
    /// The database had nothing that the client did not know.
    Unchanged,
    /// The database told what has changed.
    Changes,
    /// So much has changed that the client was told the room as it stands.
    Room,
    /// The database did not answer; the client was asked to come back.
    Failed,
}

/// Why a room was read from the database for sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// For a client that does not know the room.
    Open,
    /// For a client that came back, where memory did not reach.
    Resume,
    /// To find what the bus has lost.
    Mend,
}

/// What became of a charge to a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BudgetOutcome {
    Taken,
    Refused,
}

impl BudgetOutcome {
    pub(super) const ALL: [Self; 2] = [Self::Taken, Self::Refused];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Refused => "refused",
        }
    }
}

impl Outcome {
    pub(super) const ALL: [Self; 5] = [Self::Memory, Self::Unchanged, Self::Changes, Self::Room, Self::Failed];

    /// The outcome that ended in this event.
    pub fn of(told: &Event) -> Self {
        match told {
            Event::Changes(_) => Self::Changes,
            Event::Room { .. } => Self::Room,
            _ => Self::Unchanged,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Unchanged => "unchanged",
            Self::Changes => "changes",
            Self::Room => "room",
            Self::Failed => "failed",
        }
    }
}

impl Purpose {
    pub(super) const ALL: [Self; 3] = [Self::Open, Self::Resume, Self::Mend];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Resume => "resume",
            Self::Mend => "mend",
        }
    }
}
