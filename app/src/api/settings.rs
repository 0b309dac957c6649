use super::Refused;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::ssr::{Theme, attempt, caller, env, redirect, session_id},
    domain::accounts::{self, Entered, NewPassword},
    domain::ports::Tokens,
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
pub async fn set_password(
    password: String,
    new_password: String,
    #[server(default)] revoke_tokens: String,
) -> Result<(), Refused> {
    let me = caller().await?;
    let new = Password::parse(&new_password, Field::NewPassword)?;
    let tokens = if revoke_tokens.is_empty() { Tokens::Keep } else { Tokens::Revoke };
    let current = Entered { password: &password, attempt: &attempt("/form/set_password") };
    accounts::change_password(&env(), me, &session_id()?, NewPassword { current, new, tokens }).await?;
    redirect(match tokens {
        Tokens::Keep => "/settings?saved=password",
        Tokens::Revoke => "/settings?saved=password_and_tokens",
    });
    Ok(())
}

/// Kept in a cookie of this browser, not with the account.
#[server(prefix = "/form", endpoint = "set_theme")]
pub async fn set_theme(theme: String) -> Result<(), Refused> {
    Theme::named(&theme).keep();
    redirect("/settings?saved=theme");
    Ok(())
}
