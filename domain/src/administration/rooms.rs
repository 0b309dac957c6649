//! Groups, from outside: how large they are, never what is said in them. Direct rooms are between two people, and are
//! counted only ([`statistics`](super::statistics)).

use super::{PageOf, order};
use crate::ports::RoomRecord;
use crate::{Administrator, Env, Error, events};
use protocol::RoomId;

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
    let changes = env.store.delete_group(order(env, by), room).await??;
    events::changed(env, &changes);
    Ok(())
}
