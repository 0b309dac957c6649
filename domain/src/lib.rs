//! What the product does: accounts, contacts, rooms, messages and receipts, over ports that others implement.
//!
//! Nouns are modules, verbs are functions; every one takes the [`Env`] and, for what happens in a room, a [`Seat`].

pub mod access;
pub mod accounts;
mod address;
pub mod administration;
pub mod arrivals;
mod attempts;
pub mod contacts;
mod device;
mod env;
mod error;
pub mod events;
pub mod invitations;
pub mod messages;
mod moments;
pub mod passwords;
pub mod ports;
pub mod receipts;
pub mod registration;
pub mod resets;
pub mod rooms;
pub mod secrets;
pub mod sessions;
pub mod tokens;
mod uses;

pub use access::{Administrator, Seat};
pub use address::Address;
pub use attempts::{Attempt, KnownDevice};
pub use env::{Env, Registration};
pub use error::Error;
pub use moments::DAY_MS;
pub use uses::Uses;
