use super::Refused;
use leptos::prelude::*;
use protocol::{ClientId, No, RoomId};
#[cfg(feature = "ssr")]
use {
    crate::ssr::{env, redirect, seat},
    domain::{
        messages::{self, Draft},
        receipts,
    },
    protocol::MessageText,
};

#[server(prefix = "/form", endpoint = "send_message")]
pub async fn send_message(room: RoomId, client_id: ClientId, text: String) -> Result<(), Refused> {
    let seat = seat(room).await?;
    let draft = Draft { client_id, text: MessageText::parse(&text)? };
    messages::submit(&env(), &seat, draft).await?;
    redirect(&format!("/rooms/{room}#end"));
    Ok(())
}

#[server(prefix = "/form", endpoint = "mark_read")]
pub async fn mark_read(room: RoomId, no: No) -> Result<(), Refused> {
    receipts::seen_up_to(&env(), &seat(room).await?, no, None).await?;
    redirect(&format!("/rooms/{room}"));
    Ok(())
}

#[server(prefix = "/form", endpoint = "mark_unread")]
pub async fn mark_unread(room: RoomId, no: No) -> Result<(), Refused> {
    receipts::mark_unread(&env(), &seat(room).await?, no).await?;
    // Not to the room: showing it there would mark it as read again.
    redirect("/rooms");
    Ok(())
}
