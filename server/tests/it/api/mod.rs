//! The API for programs, on the real server: each noun, each way to prove who asks, and what hostile requests get.

mod accounts;
mod contacts;
mod document;
mod doors;
mod elsewhere;
mod hooks;
mod hostile;
mod members;
mod messages;
mod rooms;
mod sessions;
pub mod support;
mod tickets;
mod tokens;
