//! What administrators do to accounts.

use super::Refused;
use crate::form::Made;
use leptos::prelude::*;
use protocol::UserId;
#[cfg(feature = "ssr")]
use {
    crate::ssr::{administrator, env, person_page, redirect, refusal},
    domain::administration::{people, rooms},
    domain::resets,
};

#[server(prefix = "/form", endpoint = "disable_person")]
pub async fn disable_person(user: UserId) -> Result<(), Refused> {
    people::disable(&env(), &administrator().await?, user).await.map_err(refusal)?;
    redirect(&person_page(user, "disabled"));
    Ok(())
}

#[server(prefix = "/form", endpoint = "enable_person")]
pub async fn enable_person(user: UserId) -> Result<(), Refused> {
    people::enable(&env(), &administrator().await?, user).await?;
    redirect(&person_page(user, "enabled"));
    Ok(())
}

#[server(prefix = "/form", endpoint = "make_administrator")]
pub async fn make_administrator(user: UserId) -> Result<(), Refused> {
    people::make_administrator(&env(), &administrator().await?, user).await?;
    redirect(&person_page(user, "made"));
    Ok(())
}

/// Whoever removes themselves has no business there any more.
#[server(prefix = "/form", endpoint = "remove_administrator")]
pub async fn remove_administrator(user: UserId) -> Result<(), Refused> {
    let by = administrator().await?;
    people::remove_administrator(&env(), &by, user).await.map_err(refusal)?;
    let page = person_page(user, "removed");
    redirect(if by.user() == Some(user) { "/settings?saved=administrator" } else { &page });
    Ok(())
}

#[server(prefix = "/form", endpoint = "end_log_ins")]
pub async fn end_log_ins(user: UserId) -> Result<(), Refused> {
    people::end_log_ins(&env(), &administrator().await?, user).await?;
    redirect(&person_page(user, "ended"));
    Ok(())
}

#[server(prefix = "/form", endpoint = "end_access")]
pub async fn end_access(user: UserId) -> Result<(), Refused> {
    people::end_access(&env(), &administrator().await?, user).await?;
    redirect(&person_page(user, "access"));
    Ok(())
}

#[server(prefix = "/form", endpoint = "revoke_reset")]
pub async fn revoke_reset(user: UserId) -> Result<(), Refused> {
    resets::revoke(&env(), &administrator().await?, user).await?;
    redirect("/administration/registration?done=reset");
    Ok(())
}

/// Very many rooms go in portions, and the page says so.
#[server(prefix = "/form", endpoint = "delete_rooms_of")]
pub async fn delete_rooms_of(user: UserId) -> Result<(), Refused> {
    let are_gone = rooms::delete_all_of(&env(), &administrator().await?, user).await?;
    redirect(&person_page(user, if are_gone { "rooms" } else { "some_rooms" }));
    Ok(())
}

#[server(prefix = "/form", endpoint = "make_reset")]
pub async fn make_reset(user: UserId) -> Result<Made, Refused> {
    let by = administrator().await?;
    let name = people::find(&env(), &by, user).await?.person.name;
    let reset = resets::make(&env(), &by, user).await?;
    Ok(Made::link(&format!("A new password for {name}"), reset.path(), reset.expires))
}
