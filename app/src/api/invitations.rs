use super::Refused;
use crate::form::Made;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::ssr::{administrator, env, offer, redirect},
    domain::invitations,
    domain::ports::InvitationId,
};

#[server(prefix = "/form", endpoint = "make_invitation")]
pub async fn make_invitation(#[server(default)] note: String, uses: String, days: String) -> Result<Made, Refused> {
    let by = administrator().await?;
    let invitation = invitations::make(&env(), &by, offer(&note, &uses, &days)?).await?;
    Ok(Made::link("The invitation is ready", invitation.path(), invitation.expires))
}

#[server(prefix = "/form", endpoint = "revoke_invitation")]
pub async fn revoke_invitation(invitation: i64) -> Result<(), Refused> {
    invitations::revoke(&env(), &administrator().await?, InvitationId(invitation)).await?;
    redirect("/administration/registration?done=revoked");
    Ok(())
}
