use super::{Device, NewBot, NewSession, Proof, SessionId, Unavailable};
use crate::access::{Access, Scope, Seat};
use async_trait::async_trait;
use protocol::{At, Change, RoomId, UserId};
use std::collections::BTreeSet;

/// A room's door for messages from elsewhere, to be made.
#[derive(Debug)]
pub struct NewHook {
    pub bot: NewBot,
    /// Which the door's address carries.
    pub token: SessionId,
    pub expires: At,
}

impl NewHook {
    /// The token of the bot that there is now: it may write to the room, and nothing else.
    pub fn token_of(&self, bot: UserId, room: RoomId) -> NewSession {
        NewSession {
            id: self.token.clone(),
            user: bot,
            proof: Proof::Token,
            scope: Scope::Token { rooms: Some(BTreeSet::from([room])), access: Access::Write },
            device: Device { name: self.bot.display_name.as_str().to_owned(), address: String::new() },
            refresh: None,
            created: self.bot.at,
            expires: self.expires,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hooked {
    /// With the bot's change of the room.
    Made(Vec<Change>),
    UsernameTaken,
    /// The asker has as many bots at work as there may be.
    TooManyBots,
    /// The asker is not in the room (any more).
    NotInRoom,
}

#[async_trait]
pub trait Hooks: Send + Sync {
    /// Makes a bot, its seat in the room and its token, or none of them.
    async fn insert_hook(&self, seat: &Seat, new: NewHook) -> Result<Hooked, Unavailable>;
}
