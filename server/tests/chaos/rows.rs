//! The rows of docs/chaos.md: one fault each, and what must hold.

mod absences;
mod crashes;
mod retries;
#[cfg(feature = "sabotage")]
mod sabotage;
