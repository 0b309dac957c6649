//! Who is in a room.

use super::input::{Asked, Asker, Place, Told};
use super::integer::Integer;
use super::page::Page;
use super::people::Person;
use super::problem::Problem;
use super::room::RoomRole;
use super::schema;
use crate::http::Server;
use axum::extract::State;
use axum::http::StatusCode;
use domain::ports::MemberRecord;
use domain::rooms;
use protocol::{RoomId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(remove))
}

#[derive(Serialize, ToSchema)]
struct Member {
    #[schema(value_type = schema::Id)]
    id: i64,
    #[schema(value_type = schema::Username)]
    username: String,
    #[schema(value_type = schema::Name64)]
    display_name: String,
    /// A program that speaks by tokens.
    is_bot: bool,
    /// Whose bot it is; nothing for a person.
    #[schema(required)]
    bot_of: Option<Person>,
    role: RoomRole,
}

impl From<MemberRecord> for Member {
    fn from(MemberRecord { member: protocol::Member { person, role }, bot_of }: MemberRecord) -> Self {
        let Person { id, username, display_name, is_bot } = person.into();
        Self { id, username, display_name, is_bot, bot_of: bot_of.map(Person::from), role: role.into() }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Part {
    /// Those whose id is larger than this one.
    #[param(value_type = schema::Id, required = false)]
    after: Option<UserId>,
    /// How many at most.
    #[param(value_type = schema::Limit, required = false)]
    limit: Option<u32>,
}

/// List the members of a room
///
/// By id. `next` leads on; there is no way back (`prev` is empty).
#[utoipa::path(get, path = "/rooms/{room}/members", operation_id = "list_members", tag = "members",
    params(("room" = schema::Id, Path, description = "The room."), Part),
    responses((status = 200, description = "A page of them.", body = Page<Member>,
        headers(("Link" = String, description = "The page after this one (RFC 8288).")))))]
async fn list(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place(room): Place<RoomId>,
    Asked(part): Asked<Part>,
) -> Result<Page<Member>, Problem> {
    let limit = super::messages::limit(part.limit)?;
    let seat = caller.seat(&server.env, room).await?;
    let page = rooms::members_after(&server.env, &seat, part.after, limit).await?;
    let link =
        |last: &MemberRecord| format!("/api/v1/rooms/{room}/members?after={}&limit={limit}", last.member.person.id);
    let next = page.goes_on_after().map(link);
    Ok(Page { items: page.entries.into_iter().map(Member::from).collect(), next, prev: None })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMembers {
    #[schema(value_type = Vec<schema::Id>, min_items = 1, max_items = 500)]
    users: Vec<Integer<UserId>>,
}

/// Bring people into a group
///
/// Who is in it already stays as they are. Every member may do it who is a person. A bot comes only where its owner is, or
/// together with its owner.
#[utoipa::path(post, path = "/rooms/{room}/members", operation_id = "add_members", tag = "members", request_body = NewMembers,
    params(("room" = schema::Id, Path, description = "The room.")),
    responses((status = 204, description = "They are in it now.")))]
async fn add(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place(room): Place<RoomId>,
    Told(new): Told<NewMembers>,
) -> Result<StatusCode, Problem> {
    let seat = caller.seat(&server.env, room).await?;
    let users: Vec<_> = new.users.into_iter().map(|Integer(user)| user).collect();
    rooms::add_members(&server.env, &seat, &users).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take somebody out of a group, or leave it
///
/// Everybody may take themselves out, the owner everybody. Their bots leave with them.
/// When the owner leaves, the person who has been there longest follows.
#[utoipa::path(delete, path = "/rooms/{room}/members/{user}", operation_id = "remove_member", tag = "members",
    params(
        ("room" = schema::Id, Path, description = "The room."),
        ("user" = schema::Id, Path, description = "The person; one's own id to leave."),
    ),
    responses((status = 204, description = "They are out, and hear nothing more.")))]
async fn remove(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place((room, user)): Place<(RoomId, UserId)>,
) -> Result<StatusCode, Problem> {
    let seat = caller.seat(&server.env, room).await?;
    rooms::remove_member(&server.env, &seat, user).await?;
    Ok(StatusCode::NO_CONTENT)
}
