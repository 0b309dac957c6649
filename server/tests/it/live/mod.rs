//! The whole server in this process, spoken to as browsers do: over HTTP and over sockets.

mod accounts;
mod sessions;
mod support;
