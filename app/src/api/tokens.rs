use super::Refused;
use crate::form::Made;
use leptos::prelude::*;
use protocol::{RoomId, UserId};
#[cfg(feature = "ssr")]
use {
    crate::ssr::{TokenForm, attempt, env, me, redirect, session_named, token_page},
    domain::accounts::Entered,
    domain::tokens,
};

/// For oneself or a bot of one's own. The rooms come as `rooms[]=1&rooms[]=2`.
#[server(prefix = "/form", endpoint = "create_token")]
pub async fn create_token(
    bearer: UserId,
    name: String,
    access: String,
    reach: String,
    #[server(default)] rooms: Vec<RoomId>,
    lifetime: String,
    password: String,
) -> Result<Made, Refused> {
    let me = me().await?;
    let new = TokenForm { name, access, reach, rooms, lifetime }.read()?;
    let entered = Entered { password: &password, attempt: &attempt("/form/create_token") };
    let secret = tokens::create(&env(), &me, bearer, entered, new.clone()).await?;
    Ok(Made::token(&new, &secret))
}

#[server(prefix = "/form", endpoint = "revoke_token")]
pub async fn revoke_token(bearer: UserId, token: String) -> Result<(), Refused> {
    let me = me().await?;
    tokens::revoke(&env(), &me, bearer, &session_named(&token)?).await?;
    redirect(&token_page(&me, bearer, "revoked"));
    Ok(())
}
