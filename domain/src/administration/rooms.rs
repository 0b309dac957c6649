//! Groups, from outside: how large they are, never what is said in them. Direct rooms are between two people, and are
//! counted only ([`statistics`](super::statistics)).

use super::{PageOf, order, people};
use crate::ports::{Refusal, RoomRecord};
use crate::{Administrator, Env, Error, events};
use protocol::{RoomId, UserId};

/// As many rooms as one page lists.
pub const PAGE: u32 = 50;

/// The newest first, [`PAGE`] of them; `before` is the last of the page before.
pub async fn list(env: &Env, _: &Administrator, before: Option<RoomId>) -> Result<PageOf<RoomRecord>, Error> {
    let found = env.store.groups(before, PAGE + 1).await?;
    Ok(PageOf::of(found, PAGE))
}

/// # Errors
/// [`Error::NotFound`] when there is no such group.
pub async fn find(env: &Env, _: &Administrator, room: RoomId) -> Result<RoomRecord, Error> {
    env.store.group_record(room).await?.ok_or(Error::NotFound)
}

/// Ends a group, as its owner can: everybody leaves it at once, and its messages are erased.
///
/// # Errors
/// [`Error::NotFound`] when there is no such group.
pub async fn delete(env: &Env, by: &Administrator, room: RoomId) -> Result<(), Error> {
    let rev = env.store.delete_group(order(env, by), room).await??;
    events::ended(env, room, rev);
    Ok(())
}

/// How many groups [`delete_all_of`] deletes at once, each in a transaction of its own, so that nobody waits for long.
pub const MAX_DELETED_AT_ONCE: usize = 500;

/// Deletes the groups that somebody owns, each with its line in the log; whether all of them are gone.
///
/// # Errors
/// [`Error::NotFound`] when there is no such person.
pub async fn delete_all_of(env: &Env, by: &Administrator, owner: UserId) -> Result<bool, Error> {
    people::find(env, by, owner).await?;
    let rooms = env.store.groups_of(owner, MAX_DELETED_AT_ONCE as u32 + 1).await?;
    for room in rooms.iter().take(MAX_DELETED_AT_ONCE) {
        match env.store.delete_group(order(env, by), *room).await? {
            Ok(rev) => events::ended(env, *room, rev),
            // Deleted meanwhile.
            Err(Refusal::NotThere) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok(rooms.len() <= MAX_DELETED_AT_ONCE)
}
