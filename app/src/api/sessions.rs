use super::Refused;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::ssr::{env, me, redirect, session_named},
    domain::sessions,
};

#[server(prefix = "/form", endpoint = "end_session")]
pub async fn end_session(session: String) -> Result<(), Refused> {
    sessions::end(&env(), &me().await?, &session_named(&session)?).await?;
    redirect("/settings/devices?done=ended");
    Ok(())
}

#[server(prefix = "/form", endpoint = "end_other_sessions")]
pub async fn end_other_sessions() -> Result<(), Refused> {
    sessions::end_others(&env(), &me().await?).await?;
    redirect("/settings/devices?done=others");
    Ok(())
}
