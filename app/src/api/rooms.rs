use super::Refused;
use leptos::prelude::*;
use protocol::{RoomId, UserId};
#[cfg(feature = "ssr")]
use {
    crate::ssr::{caller, chosen, env, new_room, redirect, search_for_members, seat},
    domain::rooms,
    protocol::{Field, Invalid, RoomName},
};

#[server(prefix = "/form", endpoint = "open_direct")]
pub async fn open_direct(user: UserId) -> Result<(), Refused> {
    let room = rooms::open_direct(&env(), caller().await?, user).await?;
    redirect(&format!("/rooms/{room}"));
    Ok(())
}

/// The members come as `members[]=1&members[]=2`. Enter in the search (`q`) sends the form as well: then it searches.
#[server(prefix = "/form", endpoint = "create_room")]
pub async fn create_room(
    room_name: String,
    #[server(default)] members: Vec<UserId>,
    #[server(default)] by_key: bool,
    #[server(default)] q: String,
    #[server(default)] searched: String,
) -> Result<(), Refused> {
    let me = caller().await?;
    if by_key && q.trim() != searched {
        redirect(&search_for_members(&room_name, &members, &q));
        return Ok(());
    }
    let (name, members) = new_room(&room_name, &members)?;
    let room = rooms::create_group(&env(), me, name, members).await?;
    redirect(&format!("/rooms/{room}"));
    Ok(())
}

#[server(prefix = "/form", endpoint = "rename_room")]
pub async fn rename_room(room: RoomId, room_name: String) -> Result<(), Refused> {
    let seat = seat(room).await?;
    rooms::rename(&env(), &seat, RoomName::parse(&room_name)?).await?;
    redirect(&format!("/rooms/{room}/members"));
    Ok(())
}

/// The members come as `members[]=1&members[]=2`.
#[server(prefix = "/form", endpoint = "add_members")]
pub async fn add_members(room: RoomId, #[server(default)] members: Vec<UserId>) -> Result<(), Refused> {
    rooms::add_members(&env(), &seat(room).await?, chosen(&members)?).await?;
    redirect(&format!("/rooms/{room}/members"));
    Ok(())
}

#[server(prefix = "/form", endpoint = "remove_member")]
pub async fn remove_member(room: RoomId, user: UserId) -> Result<(), Refused> {
    rooms::remove_member(&env(), &seat(room).await?, user).await?;
    redirect(&format!("/rooms/{room}/members"));
    Ok(())
}

#[server(prefix = "/form", endpoint = "leave_room")]
pub async fn leave_room(room: RoomId) -> Result<(), Refused> {
    let seat = seat(room).await?;
    rooms::remove_member(&env(), &seat, seat.user()).await?;
    redirect("/rooms");
    Ok(())
}

/// Whoever deletes a room writes its name beside: nobody does that by mistake.
#[server(prefix = "/form", endpoint = "delete_room")]
pub async fn delete_room(room: RoomId, room_name: String) -> Result<(), Refused> {
    let seat = seat(room).await?;
    let rooms = rooms::list(&env(), seat.user()).await?;
    if seat.is_owner() && !rooms.iter().any(|view| view.id == room && view.name == room_name.trim()) {
        return Err(Invalid::new(Field::RoomName, "Write the name of the room as it stands above.").into());
    }
    rooms::delete(&env(), &seat).await?;
    redirect("/rooms");
    Ok(())
}
