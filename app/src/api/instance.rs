//! What administrators choose for the whole server.

use super::Refused;
use leptos::prelude::*;
use protocol::RoomId;
#[cfg(feature = "ssr")]
use {
    crate::ssr::{administrator, env, redirect, registration_named},
    domain::administration::{instance, rooms},
    domain::registration,
    protocol::{Field, InstanceName, Invalid},
};

#[server(prefix = "/form", endpoint = "set_instance_name")]
pub async fn set_instance_name(name: String) -> Result<(), Refused> {
    let by = administrator().await?;
    instance::rename(&env(), &by, &InstanceName::parse(&name)?).await?;
    redirect("/administration/server?done=named");
    Ok(())
}

#[server(prefix = "/form", endpoint = "set_registration")]
pub async fn set_registration(registration: String) -> Result<(), Refused> {
    let by = administrator().await?;
    registration::choose(&env(), &by, registration_named(&registration)?).await?;
    redirect("/administration/registration?done=chosen");
    Ok(())
}

/// Whoever deletes a room writes its name beside: nobody does that by mistake.
#[server(prefix = "/form", endpoint = "delete_group")]
pub async fn delete_group(room: RoomId, room_name: String) -> Result<(), Refused> {
    let by = administrator().await?;
    if rooms::find(&env(), &by, room).await?.name.as_str() != room_name.trim() {
        return Err(Invalid::new(Field::RoomName, "Write the name of the room as it stands above.").into());
    }
    rooms::delete(&env(), &by, room).await?;
    redirect("/administration/rooms?done=deleted");
    Ok(())
}
