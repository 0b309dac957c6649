//! Looking after the server: its people and rooms, its name, and the log of what was done.
//!
//! Every function takes an [`Administrator`], which [`Caller::administers`](crate::access::Caller::administers) makes.
//! Registration, invitations and links for a new password are modules of their own.

pub mod audit;
pub mod instance;
mod page;
pub mod people;
pub mod rooms;
pub mod statistics;

pub use page::PageOf;

use crate::ports::Order;
use crate::{Administrator, Env};

pub(crate) fn order(env: &Env, by: &Administrator) -> Order {
    Order { by: *by, at: env.clock.now() }
}
