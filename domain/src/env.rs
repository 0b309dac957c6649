use crate::Uses;
use crate::ports::{Bus, Clock, Limits, LogInMonitor, Passwords, Random, Store};
use crate::registration::SetupCode;
use protocol::RoomName;
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
    pub log_ins: Arc<dyn LogInMonitor>,
    pub uses: Arc<Uses>,
    /// Who may create an account, where the configuration fixes it; else administrators choose.
    pub registration: Option<Registration>,
    /// Name of the room that the first account creates and every other one joins; none where there is no such room.
    pub first_room: Option<RoomName>,
    /// Lets the first account be made over the web; none where no account is.
    pub setup_code: Option<SetupCode>,
}

/// Who may create an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Everybody who reaches the server.
    Open,
    /// Whoever has an invitation, and the first of all.
    Invitation,
    /// Nobody, except the first account of all.
    Closed,
}

impl Registration {
    pub const ALL: [Self; 3] = [Self::Open, Self::Invitation, Self::Closed];

    /// The name that it bears in the configuration, in forms and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Invitation => "invitation",
            Self::Closed => "closed",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|registration| registration.name() == name)
    }
}
