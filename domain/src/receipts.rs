//! How far a person has read.

use crate::{Env, Error, Seat, events};
use protocol::{Generation, No};

/// Marks everything up to `no` as read, on all of the person's devices. The marker never goes back, and what a device
/// knows of an older generation no longer counts.
///
/// # Errors
/// [`Error::OutOfScope`] for a token that may not write.
pub async fn seen_up_to(env: &Env, seat: &Seat, no: No, generation: Option<Generation>) -> Result<(), Error> {
    seat.writes()?;
    if let Some(own) = env.store.set_seen(seat, no, generation).await? {
        events::own_state(env, seat.user(), own);
    }
    Ok(())
}

/// Marks the message `no` and all later ones as unread, on all of the person's devices.
///
/// # Errors
/// [`Error::NotFound`] when the room has no such message; [`Error::OutOfScope`] for a token that may not write.
pub async fn mark_unread(env: &Env, seat: &Seat, no: No) -> Result<(), Error> {
    seat.writes()?;
    let own = env.store.mark_unread(seat, no).await?.ok_or(Error::NotFound)?;
    events::own_state(env, seat.user(), own);
    Ok(())
}
