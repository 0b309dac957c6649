//! The rows of docs/chaos.md: one fault each, and what must hold.

mod absences;
mod backups;
mod builds;
mod clock;
mod crashes;
mod disk;
mod hostile;
#[cfg(feature = "sabotage")]
mod losses;
mod order;
#[cfg(feature = "sabotage")]
mod panics;
mod power;
mod refusals;
mod resync;
mod retries;
mod rounds;
#[cfg(feature = "sabotage")]
mod sabotage;
mod silence;
mod slow;
mod stopping;
mod strangers;
mod two_nodes;
