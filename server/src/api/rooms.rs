//! Rooms: finding, making, renaming and ending them.

use super::input::{Asked, Asker, Place, Told};
use super::integer::Integer;
use super::page::Page;
use super::problem::Problem;
use super::room::Room;
use super::{cursor, schema, text};
use crate::http::Server;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::rooms;
use protocol::{RoomId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(one, rename, delete))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Part {
    /// The rooms that stand after this place: those with older activity.
    #[param(value_type = schema::Cursor, required = false)]
    pub after: Option<String>,
    /// The rooms that stand before this place; without effect beside `after`.
    #[param(value_type = schema::Cursor, required = false)]
    pub before: Option<String>,
    /// How many at most.
    #[param(value_type = schema::Limit, required = false)]
    pub limit: Option<u32>,
}

/// List one's rooms
///
/// The one with the newest activity first.
/// A room in which something happens between two pages moves to the first.
#[utoipa::path(get, path = "/rooms", operation_id = "list_rooms", tag = "rooms", params(Part),
    responses((status = 200, description = "A page of them.", body = Page<Room>,
        headers(("Link" = String, description = "The pages beside this one (RFC 8288).")))))]
async fn list(
    State(server): State<Server>,
    Asker(caller): Asker,
    Asked(part): Asked<Part>,
) -> Result<Page<Room>, Problem> {
    let limit = super::messages::limit(part.limit)?;
    let page = rooms::page(&server.env, &caller, cursor::read(&part)?, limit).await?;
    Ok(cursor::linked(page, limit))
}

/// A group, or the direct room with somebody.
#[derive(Deserialize, ToSchema)]
#[serde(untagged, expecting = "a room is {\"name\": …, \"members\": […]} or {\"user\": …}")]
enum NewRoom {
    Group(NewGroup),
    Direct(NewDirect),
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewGroup {
    #[schema(value_type = schema::Name80)]
    name: String,
    /// Who is in it beside its owner.
    #[schema(value_type = Option<Vec<schema::Id>>, max_items = 500)]
    members: Option<Vec<Integer<UserId>>>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDirect {
    /// The other person.
    #[schema(value_type = schema::Id)]
    user: Integer<UserId>,
}

/// Where a room is.
#[derive(Serialize, ToSchema)]
struct RoomRef {
    #[schema(value_type = schema::Id)]
    id: i64,
}

/// Make a group, or open a direct room
///
/// There is one direct room for two people: whoever asks again gets the same.
#[utoipa::path(post, path = "/rooms", operation_id = "create_room", tag = "rooms", request_body = NewRoom,
    responses(
        (status = 200, description = "The direct room with that person, made on the first time.", body = RoomRef,
            headers(("Location" = String, description = "The room."))),
        (status = 201, description = "The group, with you as its owner.", body = RoomRef,
            headers(("Location" = String, description = "The room."))),
    ))]
async fn create(
    State(server): State<Server>,
    Asker(caller): Asker,
    Told(new): Told<NewRoom>,
) -> Result<Response, Problem> {
    let (me, env) = (caller.writer()?, &server.env);
    let (status, room) = match new {
        NewRoom::Direct(NewDirect { user: Integer(user) }) => {
            (StatusCode::OK, rooms::open_direct(env, me, user).await?)
        }
        NewRoom::Group(NewGroup { name, members }) => {
            let members: Vec<_> = members.into_iter().flatten().map(|Integer(user)| user).collect();
            (StatusCode::CREATED, rooms::create_group(env, me, text::room_name(&name)?, &members).await?)
        }
    };
    let location = [(header::LOCATION, format!("/api/v1/rooms/{room}"))];
    Ok((status, location, Json(RoomRef { id: room.get() })).into_response())
}

/// Read a room
#[utoipa::path(get, path = "/rooms/{room}", operation_id = "get_room", tag = "rooms",
    params(("room" = schema::Id, Path, description = "The room.")),
    responses((status = 200, description = "The room as you see it.", body = Room)))]
async fn one(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place(room): Place<RoomId>,
) -> Result<Json<Room>, Problem> {
    let seat = caller.seat(&server.env, room).await?;
    Ok(Json(rooms::view(&server.env, &seat).await?.into()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewName {
    #[schema(value_type = schema::Name80)]
    name: String,
}

/// Rename a group
///
/// For its owner.
#[utoipa::path(patch, path = "/rooms/{room}", operation_id = "rename_room", tag = "rooms", request_body = NewName,
    params(("room" = schema::Id, Path, description = "The room.")),
    responses((status = 204, description = "Renamed.")))]
async fn rename(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place(room): Place<RoomId>,
    Told(new): Told<NewName>,
) -> Result<StatusCode, Problem> {
    let seat = caller.seat(&server.env, room).await?;
    rooms::rename(&server.env, &seat, text::room_name(&new.name)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a group
///
/// For its owner: everybody leaves it, and its messages are erased.
#[utoipa::path(delete, path = "/rooms/{room}", operation_id = "delete_room", tag = "rooms",
    params(("room" = schema::Id, Path, description = "The room.")),
    responses((status = 204, description = "Deleted.")))]
async fn delete(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place(room): Place<RoomId>,
) -> Result<StatusCode, Problem> {
    let seat = caller.seat(&server.env, room).await?;
    rooms::delete(&server.env, &seat).await?;
    Ok(StatusCode::NO_CONTENT)
}
