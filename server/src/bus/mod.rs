//! Adapters of the domain's bus: how notices reach the hub of each process.

mod local;
pub mod redis;
#[cfg(feature = "sabotage")]
pub(crate) mod sabotaged;

pub use local::LocalBus;
pub use redis::RedisBus;
