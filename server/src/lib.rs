//! The outside world of Natter: HTTP, sockets, stores, the bus, sessions, configuration.

pub mod api;
pub mod archive;
pub mod background;
pub mod bus;
pub mod cli;
pub mod clock;
pub mod config;
pub mod http;
pub mod hub;
pub mod limits;
pub mod listener;
pub mod log_ins;
pub mod metrics;
pub mod passwords;
pub mod random;
pub mod running;
pub mod sabotage;
mod secret;
pub mod span;
pub mod store;
pub mod tls;
pub mod ws;
