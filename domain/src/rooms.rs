//! Rooms: direct ones between two people, and groups.

use crate::access::{Caller, Scope};
use crate::administration::PageOf;
use crate::ports::{Charge, Key, Limit, MemberRecord, Missed, Opened, RoomPage};
use crate::{Env, Error, Seat, events, messages};
use protocol::{CatchUp, Field, Invalid, Rev, RoomId, RoomName, RoomView, UserId};

/// As many people as one act can bring into a room.
pub const MEMBERS_AT_ONCE: usize = 500;

/// Opens the direct room of two people, making it on the first time; there is never a second one.
///
/// # Errors
/// [`Error::WithOneself`], [`Error::NotFound`] when there is no such person; [`Error::TooMany`] of this person.
pub async fn open_direct(env: &Env, me: UserId, other: UserId) -> Result<RoomId, Error> {
    if me == other {
        return Err(Error::WithOneself);
    }
    let charge = [Charge::one(Limit::Direct, Key::Account(me))];
    env.limits.take(&charge).await?;
    match env.store.open_direct(me, other, env.clock.now()).await? {
        Opened::New(room) => {
            events::joined(env, room, [me, other]);
            Ok(room)
        }
        Opened::Known(room) => {
            // Only new rooms count.
            env.limits.give_back(&charge).await;
            Ok(room)
        }
        Opened::NobodyThere => Err(Error::NotFound),
    }
}

/// Makes a group room of its owner and the people chosen; repeated people count once.
///
/// # Errors
/// [`Error::Invalid`] for more than [`MEMBERS_AT_ONCE`] people, [`Error::NotFound`] when one of them does not exist or is
/// disabled, [`Error::BotWithoutOwner`], [`Error::PeopleOnly`]; [`Error::TooMany`] of this person.
pub async fn create_group(env: &Env, owner: UserId, name: RoomName, people: &[UserId]) -> Result<RoomId, Error> {
    let people = distinct(people)?;
    let room = Charge::one(Limit::Room, Key::Account(owner));
    env.limits.take(&[room, added(owner, &people)]).await?;
    let room = env.store.create_group(owner, &name, &people, env.clock.now()).await??;
    events::joined(env, room, people.into_iter().chain([owner]));
    Ok(room)
}

/// A person's rooms, newest activity first.
pub async fn list(env: &Env, me: UserId) -> Result<Vec<RoomView>, Error> {
    Ok(env.store.room_list(me).await?)
}

/// A page of the rooms that a caller reaches, newest activity first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomsPage {
    pub rooms: Vec<RoomView>,
    /// Whether there may be rooms in front of these,
    pub has_newer: bool,
    /// and behind them.
    pub has_older: bool,
}

/// At most `limit` of the rooms that a caller reaches.
///
/// # Errors
/// [`Error::OutOfScope`] for a token that may not read.
pub async fn page(env: &Env, caller: &Caller, page: RoomPage, limit: u32) -> Result<RoomsPage, Error> {
    caller.hears()?;
    let only: Option<Vec<_>> = match &caller.scope {
        Scope::Token { rooms: Some(rooms), .. } => Some(rooms.iter().copied().collect()),
        _ => None,
    };
    let mut rooms = env.store.room_page(caller.user, page, only.as_deref(), limit.saturating_add(1)).await?;
    let is_more = rooms.len() > limit as usize;
    if let RoomPage::Before(_) = page {
        rooms.drain(..usize::from(is_more));
        return Ok(RoomsPage { has_newer: is_more, has_older: !rooms.is_empty(), rooms });
    }
    rooms.truncate(limit as usize);
    Ok(RoomsPage { has_newer: page != RoomPage::First && !rooms.is_empty(), has_older: is_more, rooms })
}

/// A room as its member sees it.
///
/// # Errors
/// [`Error::NotFound`] when the person is no longer in it, [`Error::OutOfScope`] for a token that may not read.
pub async fn view(env: &Env, seat: &Seat) -> Result<RoomView, Error> {
    // Nothing is missed after the last revision that there can be: the room comes as it stands.
    let (Missed::TooFar(room) | Missed::Changes(CatchUp { room, .. })) = messages::missed(env, seat, Rev::LAST).await?;
    Ok(room)
}

/// The members of a room, by id.
///
/// # Errors
/// [`Error::NotFound`] when the person is no longer in it, [`Error::OutOfScope`] for a token that may not read.
pub async fn members(env: &Env, seat: &Seat) -> Result<Vec<MemberRecord>, Error> {
    seat.reads()?;
    env.store.members(seat, None, u32::MAX).await?.ok_or(Error::NotFound)
}

/// At most `limit` members of a room after that person, by id.
///
/// # Errors
/// As for [`members`].
pub async fn members_after(
    env: &Env,
    seat: &Seat,
    after: Option<UserId>,
    limit: u32,
) -> Result<PageOf<MemberRecord>, Error> {
    seat.reads()?;
    let found = env.store.members(seat, after, limit.saturating_add(1)).await?.ok_or(Error::NotFound)?;
    Ok(PageOf::of(found, limit))
}

/// Gives a group another name.
///
/// # Errors
/// [`Error::OwnerOnly`]; [`Error::DirectRoom`], whose name is the other person's; [`Error::TooMany`] of this person.
pub async fn rename(env: &Env, seat: &Seat, name: RoomName) -> Result<(), Error> {
    require_group(env, seat).await?;
    env.limits.take(&[Charge::one(Limit::Rename, Key::Account(seat.user()))]).await?;
    let change = env.store.rename_room(seat, &name).await?.ok_or(Error::OwnerOnly)?;
    events::changed(env, &[change]);
    Ok(())
}

/// Brings people into a group; who is in it already stays as they are.
///
/// # Errors
/// [`Error::DirectRoom`]; [`Error::NotFound`] when one of them does not exist or is disabled, or the asker is no longer in
/// the room; [`Error::BotWithoutOwner`]; [`Error::PeopleOnly`]; [`Error::TooMany`] of this person.
pub async fn add_members(env: &Env, seat: &Seat, people: &[UserId]) -> Result<(), Error> {
    require_group(env, seat).await?;
    let people = distinct(people)?;
    if people.is_empty() {
        return Err(Invalid::new(Field::Members, "Choose at least one person.").into());
    }
    env.limits.take(&[added(seat.user(), &people)]).await?;
    let changes = env.store.add_members(seat, &people, env.clock.now()).await??;
    events::changed(env, &changes);
    Ok(())
}

/// Takes a person out of a group: oneself, or as its owner anybody. Their bots leave with them.
/// When the owner leaves, the room passes to the person who has been there longest.
///
/// # Errors
/// [`Error::OwnerOnly`], [`Error::DirectRoom`], [`Error::NotFound`] when that person is not in the room.
pub async fn remove_member(env: &Env, seat: &Seat, person: UserId) -> Result<(), Error> {
    require_group(env, seat).await?;
    if person != seat.user() && !seat.is_owner() {
        return Err(Error::OwnerOnly);
    }
    let changes = env.store.remove_member(seat, person).await?.ok_or(Error::NotFound)?;
    events::changed(env, &changes);
    Ok(())
}

/// Ends a group: everybody leaves it at once, and nobody can come back. Its messages are erased by [`erase`].
///
/// # Errors
/// [`Error::OwnerOnly`], [`Error::DirectRoom`]; [`Error::TooMany`] of this person.
pub async fn delete(env: &Env, seat: &Seat) -> Result<(), Error> {
    require_group(env, seat).await?;
    if !seat.is_owner() {
        return Err(Error::OwnerOnly);
    }
    env.limits.take(&[Charge::one(Limit::Room, Key::Account(seat.user()))]).await?;
    let rev = env.store.close_room(seat).await?.ok_or(Error::OwnerOnly)?;
    events::ended(env, seat.room(), rev);
    Ok(())
}

/// Erases a little of what rooms have left behind that nobody is in any more; true when there was nothing left.
pub async fn erase(env: &Env) -> Result<bool, Error> {
    Ok(env.store.erase_empty_rooms(ERASED_AT_ONCE).await?)
}

/// Maximum of rows that one transaction erases: a few milliseconds, for which others wait.
const ERASED_AT_ONCE: u32 = 200;

/// Whoever changes a group may write, and it is none of two people only.
pub(crate) async fn require_group(env: &Env, seat: &Seat) -> Result<(), Error> {
    seat.writes()?;
    match env.store.kind(seat).await?.ok_or(Error::NotFound)? {
        protocol::Kind::Group => Ok(()),
        protocol::Kind::Direct => Err(Error::DirectRoom),
    }
}

/// One unit for each person added.
fn added(by: UserId, people: &[UserId]) -> Charge {
    Charge::many(Limit::Member, Key::Account(by), people.len())
}

fn distinct(people: &[UserId]) -> Result<Vec<UserId>, Error> {
    if people.len() > MEMBERS_AT_ONCE {
        let problem = format!("Choose at most {MEMBERS_AT_ONCE} people at once.");
        return Err(Invalid::new(Field::Members, problem).into());
    }
    let mut people = people.to_vec();
    people.sort_unstable();
    people.dedup();
    Ok(people)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_people_count_once_and_too_many_are_refused() {
        let id = |n: i64| UserId::try_from(n).unwrap();
        assert_eq!(distinct(&[id(3), id(1), id(3)]).unwrap(), [id(1), id(3)]);
        let crowd: Vec<_> = (1..=501).map(id).collect();
        assert!(matches!(distinct(&crowd), Err(Error::Invalid(_))));
    }
}
