//! The API for programs, on the real server: each noun, each way to prove who asks, and what hostile requests get.

mod accounts;
mod contacts;
mod document;
mod doors;
mod elsewhere;
mod examples;
mod hooks;
mod hostile;
mod members;
mod messages;
mod owners;
mod reference;
mod rooms;
mod senders;
mod sessions;
pub mod support;
mod tickets;
mod tokens;
