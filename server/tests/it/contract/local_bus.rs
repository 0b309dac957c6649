//! The bus contract inside one process.

use super::bus::{Line, bus_contract};
use super::store::behaviours;
use server::bus::LocalBus;
use std::sync::Arc;

bus_contract!(crate::contract::local_bus::line);

pub async fn line() -> Line {
    Line::new(|sink| Arc::new(LocalBus::new(sink)))
}
