use protocol::{At, ClientId, MessageText, RoomId};
use serde::{Deserialize, Serialize};

/// What was written here and is not confirmed yet, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outbox(Vec<Pending>);

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub client_id: ClientId,
    pub room: RoomId,
    pub text: MessageText,
    pub at: At,
    /// Why the server refused it; `None` while it may still arrive.
    pub failure: Option<String>,
}

impl Outbox {
    pub fn push(&mut self, pending: Pending) {
        self.0.push(pending);
    }

    /// Those of a room.
    pub fn of(&self, room: RoomId) -> impl Iterator<Item = &Pending> {
        self.0.iter().filter(move |pending| pending.room == room)
    }

    /// Those that are to be sent (again).
    pub fn sending(&self) -> impl Iterator<Item = &Pending> {
        self.0.iter().filter(|pending| pending.failure.is_none())
    }

    /// It is stored, or given up.
    pub fn remove(&mut self, id: ClientId) {
        self.0.retain(|pending| pending.client_id != id);
    }

    /// The server refused it.
    pub fn fail(&mut self, id: ClientId, reason: String) {
        self.set(id, Some(reason));
    }

    /// It is to be sent again.
    pub fn retry(&mut self, id: ClientId) {
        self.set(id, None);
    }

    pub fn get(&self, id: ClientId) -> Option<&Pending> {
        self.0.iter().find(|pending| pending.client_id == id)
    }

    fn set(&mut self, id: ClientId, failure: Option<String>) {
        if let Some(pending) = self.0.iter_mut().find(|pending| pending.client_id == id) {
            pending.failure = failure;
        }
    }
}
