//! Invitations: links by which people make accounts where registration is by invitation.

use crate::administration::{PageOf, order};
use crate::moments::{DAY_MS, later};
use crate::ports::{InvitationId, InvitationRecord, NewInvitation};
use crate::secrets::{self, Secret};
use crate::{Administrator, Env, Error};
use protocol::{At, Field, Invalid, Note, Person};
use std::ops::RangeInclusive;

/// As many accounts one invitation is good for.
pub const USES: RangeInclusive<u32> = 1..=1000;

/// As many days it is good for.
pub const DAYS: RangeInclusive<u32> = 1..=365;

/// As many as one page lists.
pub const PAGE: u32 = 50;

/// What somebody invites with.
#[derive(Clone, Debug)]
pub struct Offer {
    pub uses: u32,
    pub days: u32,
    /// For administrators to recognise it by.
    pub note: Option<Note>,
}

/// An invitation that was made just now.
#[derive(Clone, Debug)]
pub struct Invitation {
    pub id: InvitationId,
    /// Told this one time.
    pub secret: Secret,
    pub expires: At,
}

impl Invitation {
    /// What stands in the link after the server's address.
    pub fn path(&self) -> String {
        format!("/register?invitation={}", self.secret.as_str())
    }
}

/// Makes an invitation.
///
/// # Errors
/// [`Error::Invalid`] outside of [`USES`] and [`DAYS`].
pub async fn make(env: &Env, by: &Administrator, offer: Offer) -> Result<Invitation, Error> {
    within(offer.uses, USES, Field::Uses)?;
    within(offer.days, DAYS, Field::Days)?;
    let (secret, order) = (Secret::invitation(env), order(env, by));
    let expires = later(order.at, i64::from(offer.days) * DAY_MS);
    let new = NewInvitation { digest: secret.digest(), note: offer.note, uses: offer.uses, expires };
    let id = env.store.insert_invitation(order, &new).await??;
    Ok(Invitation { id, secret, expires })
}

/// Those by which an account can be made now, the newest first, [`PAGE`] of them; `before` is the last of the page before.
pub async fn list(
    env: &Env,
    _: &Administrator,
    before: Option<InvitationId>,
) -> Result<PageOf<InvitationRecord>, Error> {
    let found = env.store.invitations(env.clock.now(), before, PAGE + 1).await?;
    Ok(PageOf::of(found, PAGE))
}

/// Ends an invitation; accounts that were made by it stay.
///
/// # Errors
/// [`Error::NotFound`] when there is no such invitation.
pub async fn revoke(env: &Env, by: &Administrator, invitation: InvitationId) -> Result<(), Error> {
    Ok(env.store.revoke_invitation(order(env, by), invitation).await??)
}

/// Whether an account can be made by this secret now, for the page that it leads to.
pub async fn is_usable(env: &Env, secret: &str) -> Result<bool, Error> {
    Ok(env.store.is_invited(secrets::digest(secret), env.clock.now()).await?)
}

/// Who invites by this secret, for the same page.
pub async fn host(env: &Env, secret: &str) -> Result<Option<Person>, Error> {
    Ok(env.store.host(secrets::digest(secret), env.clock.now()).await?)
}

fn within(number: u32, bounds: RangeInclusive<u32>, field: Field) -> Result<(), Invalid> {
    if bounds.contains(&number) {
        return Ok(());
    }
    Err(Invalid::new(field, format!("Enter a number from {} to {}.", bounds.start(), bounds.end())))
}
