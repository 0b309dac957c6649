//! Sessions of programs, as the suites make them.

use domain::access::{Access, Scope};
use domain::ports::{Device, Digest, NewSession, Proof, SessionId};
use protocol::{At, RoomId, UserId};

/// A log-in that the secret 1 renews; it lasts from 1,000 to 5,000.
pub fn log_in(name: &str, user: UserId) -> NewSession {
    NewSession { proof: Proof::LogIn, scope: Scope::Person, refresh: Some(digest(1)), ..token(name, user, None) }
}

/// A token for reading and writing, in these rooms or in all; it lasts from 1,000 to 5,000.
pub fn token(name: &str, user: UserId, rooms: Option<&[RoomId]>) -> NewSession {
    NewSession {
        id: id(name),
        user,
        proof: Proof::Token,
        scope: scope(rooms, Access::ReadAndWrite),
        device: Device { name: name.into(), address: "192.0.2.1".into() },
        refresh: None,
        created: at(1_000),
        expires: at(5_000),
    }
}

pub fn scope(rooms: Option<&[RoomId]>, access: Access) -> Scope {
    Scope::Token { rooms: rooms.map(|rooms| rooms.iter().copied().collect()), access }
}

pub fn id(name: &str) -> SessionId {
    SessionId(name.into())
}

pub fn digest(secret: u8) -> Digest {
    Digest([secret; 32])
}

pub fn at(millis: i64) -> At {
    At::try_from(millis).unwrap()
}
