use protocol::{At, RoomId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a form has made and the page after it tells, this one time: the server keeps no copy of the secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// For people to recognise it by.
    pub name: String,
    pub secret: String,
    pub trial: Trial,
}

/// What can be tried first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trial {
    /// The secret is the end of a webhook's address.
    Hook,
    /// Reading, in this room where there is only some.
    Read(Option<RoomId>),
    /// Writing, likewise.
    Write(Option<RoomId>),
    /// A person follows it: the secret is a path of this site, and leads somewhere until then.
    Link(At),
}

/// The secret is not told by chance, in a log.
impl fmt::Debug for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Made").field("name", &self.name).field("trial", &self.trial).finish_non_exhaustive()
    }
}
