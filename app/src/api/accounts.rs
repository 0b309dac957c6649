use super::Refused;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::ssr::{applicant, asking, attempt, env, leave, redirect, safe_next, sign_in, sign_out},
    domain::{accounts, resets},
    protocol::{Field, Password},
};

#[server(prefix = "/form", endpoint = "register")]
pub async fn register(
    username: String,
    display_name: String,
    email: String,
    password: String,
    #[server(default)] invitation: String,
    #[server(default)] setup_code: String,
    #[server(default)] next: String,
) -> Result<(), Refused> {
    let applicant = applicant(&username, &display_name, &email, &password)?;
    sign_in(accounts::register(&env(), asking(&invitation, &setup_code), applicant).await?).await?;
    redirect(&safe_next(&next));
    Ok(())
}

#[server(prefix = "/form", endpoint = "login")]
pub async fn log_in(login: String, password: String, #[server(default)] next: String) -> Result<(), Refused> {
    let entrant = accounts::log_in(&env(), &attempt("/form/login"), &login, &password).await?;
    sign_in(entrant.user).await?;
    if let Err(error) = entrant.confirm(&env()).await {
        sign_out().await?;
        return Err(error.into());
    }
    redirect(&safe_next(&next));
    Ok(())
}

/// Whoever has a link for a new password logs in with it then.
#[server(prefix = "/form", endpoint = "reset_password")]
pub async fn reset_password(secret: String, new_password: String) -> Result<(), Refused> {
    let new = Password::parse(&new_password, Field::NewPassword)?;
    resets::redeem(&env(), &secret, new).await?;
    redirect("/login?done=password");
    Ok(())
}

#[server(prefix = "/form", endpoint = "logout")]
pub async fn log_out() -> Result<(), Refused> {
    leave().await?;
    redirect("/login");
    Ok(())
}
