//! What tests need around the real thing: a clock that stands still, a bus that remembers, people and rooms.

mod bus;
mod certificate;
mod clock;
mod house;
mod ports;
mod postgres;
mod redis;
mod rights;

pub use bus::RecordingBus;
pub use certificate::certify;
pub use clock::FixedClock;
pub use house::{House, no, read, rev, text};
pub use ports::free_port;
pub use postgres::{Postgres, give};
pub use redis::Redis;
pub use rights::few_rights;
