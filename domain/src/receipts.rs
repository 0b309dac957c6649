//! What a person has seen.

use crate::{Env, Error, Seat, events};
use protocol::No;

/// Marks everything up to `no` as seen, on all of the person's devices; it never goes back.
///
/// # Errors
/// [`Error::OutOfScope`] for a token that may not write.
pub async fn seen_up_to(env: &Env, seat: &Seat, no: No) -> Result<(), Error> {
    seat.writes()?;
    if let Some(no) = env.store.set_seen(seat, no).await? {
        events::seen(env, seat, no);
    }
    Ok(())
}
