//! Adapters of the domain's bus: how notices reach the hub of each process.

mod local;

pub use local::LocalBus;
