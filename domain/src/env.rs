use crate::Uses;
use crate::ports::{Bus, Clock, Limits, Passwords, Random, Store};
use std::sync::Arc;

/// The ports in one bag, as every transport hands it to the domain.
#[derive(Clone)]
pub struct Env {
    pub store: Arc<dyn Store>,
    pub bus: Arc<dyn Bus>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub passwords: Arc<dyn Passwords>,
    pub limits: Arc<dyn Limits>,
    pub uses: Arc<Uses>,
    pub registration: Registration,
}

/// Who may create an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Everybody who reaches the server.
    Open,
    /// Nobody, except the first account of all.
    Closed,
}
