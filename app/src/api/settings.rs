use super::Refused;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::ssr::{Theme, attempt, caller, env, redirect, session_id},
    domain::accounts::{self, NewPassword},
    protocol::{DisplayName, Field, Password},
};

#[server(prefix = "/form", endpoint = "set_profile")]
pub async fn set_profile(display_name: String) -> Result<(), Refused> {
    let me = caller().await?;
    accounts::rename(&env(), me, DisplayName::parse(&display_name)?).await?;
    redirect("/settings?saved=profile");
    Ok(())
}

#[server(prefix = "/form", endpoint = "set_password")]
pub async fn set_password(password: String, new_password: String) -> Result<(), Refused> {
    let me = caller().await?;
    let new = Password::parse(&new_password, Field::NewPassword)?;
    let entered = NewPassword { current: &password, new };
    accounts::change_password(&env(), &attempt("/form/set_password"), (me, &session_id()?), entered).await?;
    redirect("/settings?saved=password");
    Ok(())
}

/// Kept in a cookie of this browser, not with the account.
#[server(prefix = "/form", endpoint = "set_theme")]
pub async fn set_theme(theme: String) -> Result<(), Refused> {
    Theme::named(&theme).keep();
    redirect("/settings?saved=theme");
    Ok(())
}
