//! The first room: every new account joins it, so that nobody starts on an empty page.

use crate::messages::{self, Draft};
use crate::{Env, Error, access, events};
use protocol::{ClientId, MessageText, Person, RoomId, UserId};

/// Adds a new account to the first room; the first account creates it.
/// The account exists whatever happens here, so a failure is logged and not returned.
pub(crate) async fn welcome(env: &Env, user: UserId, is_first: bool) {
    let done = if is_first { open(env, user).await } else { enter(env, user).await };
    if let Err(error) = done {
        tracing::warn!(%error, user = user.get(), "A new account could not join the first room");
    }
}

/// Makes the person who invited a new account its first contact. A failure is logged, as in [`welcome`].
pub(crate) async fn introduce(env: &Env, user: UserId, host: Option<Person>) {
    let Some(host) = host else { return };
    if let Err(error) = env.store.add_contact(user, host.id).await {
        tracing::warn!(%error, user = user.get(), "The host could not be added to the contacts of a new account");
    }
}

/// The first room, if the person is a member of it.
pub async fn first_room(env: &Env, user: UserId) -> Result<Option<RoomId>, Error> {
    let Some((room, _)) = env.store.first_room().await? else { return Ok(None) };
    Ok(env.store.role(room, user).await?.map(|_| room))
}

async fn open(env: &Env, user: UserId) -> Result<(), Error> {
    let Some(name) = &env.first_room else { return Ok(()) };
    let room = env.store.create_group(user, name, &[], env.clock.now()).await??;
    env.store.set_first_room(room).await?;
    events::joined(env, room, [user]);
    Ok(())
}

async fn enter(env: &Env, user: UserId) -> Result<(), Error> {
    let Some((room, owner)) = env.store.first_room().await? else { return Ok(()) };
    let owner = access::seat(env, owner, room).await?;
    let changes = env.store.add_members(&owner, &[user], env.clock.now()).await??;
    events::changed(env, &changes);
    let seat = access::seat(env, user, room).await?;
    let client_id = ClientId::new(env.clock.now(), env.random.uuid());
    messages::send(env, &seat, Draft { client_id, text: MessageText::arrival() }).await.map(drop)
}
