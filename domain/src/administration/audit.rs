//! What administrators have done, line by line. Nobody changes a line or takes one out.

use super::PageOf;
use crate::ports::{AuditEntry, AuditSearch};
use crate::{Administrator, Env, Error};

/// As many lines as one page holds.
pub const PAGE: u32 = 50;

/// The newest first, [`PAGE`] of them.
pub async fn list(env: &Env, _: &Administrator, search: &AuditSearch) -> Result<PageOf<AuditEntry>, Error> {
    let names = [search.person.as_deref(), search.actor.as_ref().and_then(|actor| actor.username())];
    // Nobody is called so, and PostgreSQL takes no NUL.
    if names.into_iter().flatten().any(|name| name.contains('\0')) {
        return Ok(PageOf::default());
    }
    let found = env.store.audit(search, PAGE + 1).await?;
    Ok(PageOf::of(found, PAGE))
}
