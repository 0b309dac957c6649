use super::Refused;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::ssr::{after_log_in, applicant, asking, attempt, env, landing, leave, redirect, sign_in, sign_out},
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
    let user = accounts::register(&env(), asking(&invitation, &setup_code), applicant).await?;
    sign_in(user).await?;
    redirect(&after_log_in(&landing(user, &next).await));
    Ok(())
}

#[server(prefix = "/form", endpoint = "login")]
pub async fn log_in(login: String, password: String, #[server(default)] next: String) -> Result<(), Refused> {
    if password.is_empty() {
        return Err(accounts::no_password().into());
    }
    let entrant = accounts::log_in(&env(), &attempt("/form/login"), &login, &password).await?;
    sign_in(entrant.user).await?;
    if let Err(error) = entrant.confirm(&env()).await {
        sign_out().await?;
        return Err(error.into());
    }
    redirect(&after_log_in(&landing(entrant.user, &next).await));
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
