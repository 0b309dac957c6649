use super::Refused;
use leptos::prelude::*;
use protocol::UserId;
#[cfg(feature = "ssr")]
use {
    crate::ssr::{caller, env, redirect, safe_next},
    domain::contacts,
};

#[server(prefix = "/form", endpoint = "add_contact")]
pub async fn add_contact(user: UserId, #[server(default)] page: String) -> Result<(), Refused> {
    contacts::add(&env(), caller().await?, user).await?;
    redirect(&safe_next(&page));
    Ok(())
}

#[server(prefix = "/form", endpoint = "remove_contact")]
pub async fn remove_contact(user: UserId, #[server(default)] page: String) -> Result<(), Refused> {
    contacts::remove(&env(), caller().await?, user).await?;
    redirect(&safe_next(&page));
    Ok(())
}
