//! The server against its promises: every port's contract on every adapter, and the real server over HTTP and sockets.

#![allow(clippy::unwrap_used, reason = "clippy takes only what bears #[test] for a test")]

mod api;
mod backup;
mod command;
mod contract;
mod deploy;
mod fuzz;
mod live;
mod matrix;
mod nodes;
mod support;
mod tls;
