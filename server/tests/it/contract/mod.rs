//! What the ports promise, each promise a test, run on every adapter.

mod accounts;
mod bus;
mod contacts;
mod convergence;
mod database;
mod local_bus;
mod members;
mod messages;
mod missed;
mod nodes;
mod order;
pub mod postgres;
mod receipts;
mod redis_bus;
mod rooms;
mod sessions;
pub mod sqlite;
mod store;
