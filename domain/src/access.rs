//! Who may touch what: the only place where a [`Seat`] is made.

use crate::ports::Membership;
use crate::{Env, Error};
use protocol::{No, Rev, Role, RoomId, UserId};

/// The proof that a person is a member of a room.
///
/// Whoever holds one was a member when it was made; what writes checks once more in its own transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    room: RoomId,
    user: UserId,
    role: Role,
}

impl Seat {
    pub fn room(&self) -> RoomId {
        self.room
    }

    pub fn user(&self) -> UserId {
        self.user
    }

    pub fn is_owner(&self) -> bool {
        self.role == Role::Owner
    }
}

/// The process's own right to read a room's stream, in order to hand it on to those who are seated there.
#[derive(Clone, Copy, Debug)]
pub struct Relay {
    room: RoomId,
}

impl Relay {
    pub(crate) fn of(room: RoomId) -> Self {
        Self { room }
    }

    pub fn room(&self) -> RoomId {
        self.room
    }
}

/// The person's seat in a room.
///
/// # Errors
/// [`Error::NotFound`] when there is no such room, and just the same when the person is not in it.
pub async fn seat(env: &Env, user: UserId, room: RoomId) -> Result<Seat, Error> {
    let role = env.store.role(room, user).await?.ok_or(Error::NotFound)?;
    Ok(Seat { room, user, role })
}

/// One of a person's rooms, as it stands for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub seat: Seat,
    /// The room's newest revision.
    pub rev: Rev,
    /// How far the person has read.
    pub read_no: No,
}

/// All rooms of a person.
pub async fn places(env: &Env, user: UserId) -> Result<Vec<Place>, Error> {
    let memberships = env.store.memberships(user).await?;
    let place = |Membership { room, role, rev, read_no }| Place { seat: Seat { room, user, role }, rev, read_no };
    Ok(memberships.into_iter().map(place).collect())
}
