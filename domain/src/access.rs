//! Who may touch what: the only place where a [`Seat`] is made.

use crate::ports::{Membership, SessionId};
use crate::{Env, Error};
use protocol::{OwnState, ReadMarker, Rev, Role, RoomId, UserId};
use std::collections::BTreeSet;

/// Who is asking, by which session, and how far that reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub user: UserId,
    pub session: SessionId,
    pub scope: Scope,
}

/// How far a session reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Whatever the person may do: they have logged in.
    Person,
    /// A token: never the account itself.
    Token {
        /// `None`: all rooms of the person, and making new ones.
        rooms: Option<BTreeSet<RoomId>>,
        access: Access,
    },
}

/// What a token may do in its rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    Read,
    Write,
    ReadAndWrite,
}

impl Access {
    fn reads(self) -> bool {
        matches!(self, Self::Read | Self::ReadAndWrite)
    }

    fn writes(self) -> bool {
        matches!(self, Self::Write | Self::ReadAndWrite)
    }
}

impl Scope {
    /// Whether a room lies within.
    pub fn reaches(&self, room: RoomId) -> bool {
        match self {
            Self::Person | Self::Token { rooms: None, .. } => true,
            Self::Token { rooms: Some(rooms), .. } => rooms.contains(&room),
        }
    }

    fn access(&self) -> Access {
        match self {
            Self::Person => Access::ReadAndWrite,
            Self::Token { access, .. } => *access,
        }
    }

    fn is_limited(&self) -> bool {
        matches!(self, Self::Token { rooms: Some(_), .. })
    }
}

impl Caller {
    /// The caller's seat in a room.
    ///
    /// # Errors
    /// [`Error::NotFound`] as for [`seat`], and for a room that the token does not reach.
    pub async fn seat(&self, env: &Env, room: RoomId) -> Result<Seat, Error> {
        if !self.scope.reaches(room) {
            return Err(Error::NotFound);
        }
        Ok(Seat { access: self.scope.access(), ..seat(env, self.user, room).await? })
    }

    /// All rooms that the caller reaches, when their session lives.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when it has ended.
    pub async fn places(&self, env: &Env) -> Result<Vec<Place>, Error> {
        let memberships = env.store.memberships(&self.session, env.clock.now()).await?;
        let memberships = memberships.ok_or(Error::Unauthenticated)?.into_iter();
        let reached = memberships.filter(|membership| self.scope.reaches(membership.room));
        Ok(reached.map(|membership| self.place_of(membership)).collect())
    }

    /// One of these rooms; `None` when the caller does not reach it.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when the session has ended.
    pub async fn place(&self, env: &Env, room: RoomId) -> Result<Option<Place>, Error> {
        let membership = env.store.membership(&self.session, room, env.clock.now()).await?;
        let membership = membership.ok_or(Error::Unauthenticated)?;
        Ok(membership.filter(|_| self.scope.reaches(room)).map(|membership| self.place_of(membership)))
    }

    fn place_of(&self, Membership { room, role, rev, read }: Membership) -> Place {
        Place { seat: Seat { room, user: self.user, role, access: self.scope.access() }, rev, read }
    }

    /// The caller may hear what happens in the rooms that they reach.
    ///
    /// # Errors
    /// [`Error::OutOfScope`] for a token that may not read.
    pub fn hears(&self) -> Result<(), Error> {
        if self.scope.access().reads() { Ok(()) } else { Err(Error::OutOfScope) }
    }

    /// The person, for what concerns their account: sessions, tokens, password.
    ///
    /// # Errors
    /// [`Error::LogInOnly`] for a token.
    pub fn account(&self) -> Result<UserId, Error> {
        if self.scope == Scope::Person { Ok(self.user) } else { Err(Error::LogInOnly) }
    }

    /// The caller as somebody who looks after the server.
    ///
    /// # Errors
    /// [`Error::NotFound`] when they do not, as for what does not exist; [`Error::LogInOnly`] for a token.
    pub async fn administers(&self, env: &Env) -> Result<Administrator, Error> {
        let user = self.account()?;
        let account = env.store.account(user).await?.filter(|account| account.is_admin);
        account.map(|_| Administrator { user: Some(user) }).ok_or(Error::NotFound)
    }

    /// The person, for reading what lies in no single room.
    ///
    /// # Errors
    /// [`Error::OutOfScope`] for a token that is limited to rooms or to writing.
    pub fn reader(&self) -> Result<UserId, Error> {
        let may = self.scope.access().reads() && !self.scope.is_limited();
        if may { Ok(self.user) } else { Err(Error::OutOfScope) }
    }

    /// The person, for changing what lies in no single room.
    ///
    /// # Errors
    /// [`Error::OutOfScope`] for a token that is limited to rooms or to reading.
    pub fn writer(&self) -> Result<UserId, Error> {
        let may = self.scope.access().writes() && !self.scope.is_limited();
        if may { Ok(self.user) } else { Err(Error::OutOfScope) }
    }
}

/// The proof that somebody looks after the server.
///
/// Whoever holds one did so when it was made; what changes something checks once more in its own transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Administrator {
    user: Option<UserId>,
}

impl Administrator {
    /// Who it is; `None` for whoever has the command line, and with it the database.
    pub fn user(&self) -> Option<UserId> {
        self.user
    }
}

/// Whoever has the command line of the server's machine. Only `natter`'s own tasks act by it.
pub fn operator() -> Administrator {
    Administrator { user: None }
}

/// The proof that a person is a member of a room.
///
/// Whoever holds one was a member when it was made; what writes checks once more in its own transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    room: RoomId,
    user: UserId,
    role: Role,
    access: Access,
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

    /// # Errors
    /// [`Error::OutOfScope`] for a token that may not read.
    pub fn reads(&self) -> Result<(), Error> {
        if self.access.reads() { Ok(()) } else { Err(Error::OutOfScope) }
    }

    /// # Errors
    /// [`Error::OutOfScope`] for a token that may not write.
    pub fn writes(&self) -> Result<(), Error> {
        if self.access.writes() { Ok(()) } else { Err(Error::OutOfScope) }
    }
}

/// The seats of one caller, in little space: a socket keeps one for each of its rooms, and with it a `T`.
#[derive(Debug)]
pub struct Seats<T> {
    user: UserId,
    access: Access,
    /// By room.
    rooms: Vec<(RoomId, Role, T)>,
}

impl<T: Copy> Seats<T> {
    /// Those of these seats that are the caller's own.
    pub fn of(caller: &Caller, seats: impl IntoIterator<Item = (Seat, T)>) -> Self {
        let own = seats.into_iter().filter(|(seat, _)| seat.user == caller.user);
        let mut rooms: Vec<_> = own.map(|(seat, kept)| (seat.room, seat.role, kept)).collect();
        rooms.sort_unstable_by_key(|(room, ..)| *room);
        rooms.dedup_by_key(|(room, ..)| *room);
        rooms.shrink_to_fit();
        Self { user: caller.user, access: caller.scope.access(), rooms }
    }

    pub fn get(&self, room: RoomId) -> Option<(Seat, T)> {
        self.at(room).ok().map(|at| self.seat(&self.rooms[at]))
    }

    /// Takes a seat of the same person, in place of the one that is known in that room.
    pub fn insert(&mut self, seat: Seat, kept: T) {
        let new = (seat.room, seat.role, kept);
        match self.at(seat.room) {
            _ if seat.user != self.user => {}
            Ok(at) => self.rooms[at] = new,
            Err(at) => self.rooms.insert(at, new),
        }
    }

    pub fn remove(&mut self, room: RoomId) -> Option<T> {
        self.at(room).ok().map(|at| self.rooms.remove(at).2)
    }

    pub fn iter(&self) -> impl Iterator<Item = (Seat, T)> {
        self.rooms.iter().map(|known| self.seat(known))
    }

    fn at(&self, room: RoomId) -> Result<usize, usize> {
        self.rooms.binary_search_by_key(&room, |(room, ..)| *room)
    }

    fn seat(&self, &(room, role, kept): &(RoomId, Role, T)) -> (Seat, T) {
        (Seat { room, user: self.user, role, access: self.access }, kept)
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
    Ok(Seat { room, user, role, access: Access::ReadAndWrite })
}

/// One of a person's rooms, as it stands for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub seat: Seat,
    /// The room's newest revision.
    pub rev: Rev,
    /// How far the person has read.
    pub read: ReadMarker,
}

impl Place {
    /// The person's own state in a room (their read marker).
    pub fn own(&self) -> OwnState {
        OwnState { room: self.seat.room(), rev: self.rev, read: self.read }
    }
}
