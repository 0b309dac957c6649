use super::Refused;
use crate::form::Made;
use leptos::prelude::*;
use protocol::{RoomId, UserId};
#[cfg(feature = "ssr")]
use {
    crate::ssr::{env, hook_name, me, new_bot, redirect},
    domain::tokens,
};

#[server(prefix = "/form", endpoint = "create_bot")]
pub async fn create_bot(username: String, display_name: String) -> Result<(), Refused> {
    let me = me().await?;
    let (username, name) = new_bot(&username, &display_name)?;
    let bot = tokens::create_bot(&env(), &me, username, name).await?;
    redirect(&format!("/settings/bots/{bot}?done=made"));
    Ok(())
}

#[server(prefix = "/form", endpoint = "retire_bot")]
pub async fn retire_bot(bot: UserId) -> Result<(), Refused> {
    tokens::retire_bot(&env(), &me().await?, bot).await?;
    redirect("/settings/bots?done=retired");
    Ok(())
}

#[server(prefix = "/form", endpoint = "create_hook")]
pub async fn create_hook(room: RoomId, name: String) -> Result<Made, Refused> {
    let (me, name) = (me().await?, hook_name(&name)?);
    let secret = tokens::create_hook_named(&env(), &me, room, name.clone()).await?;
    Ok(Made::hook(&name, &secret))
}
