//! What the ports promise, each promise a test, run on every adapter.

mod accounts;
mod bots;
mod bus;
mod contacts;
mod convergence;
mod database;
mod grant;
mod limits;
mod local_bus;
mod local_limits;
mod log_ins;
mod members;
mod messages;
mod missed;
mod nodes;
mod order;
pub mod postgres;
mod receipts;
mod redis_bus;
mod redis_limits;
mod rooms;
mod sessions;
mod shut;
pub mod sqlite;
mod store;
mod tickets;
mod tokens;
