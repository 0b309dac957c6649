//! Incoming webhooks: a room's door for messages from elsewhere, in Slack's simplest form.

use super::bots::NewBot;
use super::input::{Asker, Place, Raw, Told, read};
use super::key::Key;
use super::kind::Kind;
use super::problem::Problem;
use super::{schema, text};
use crate::http::Server;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use domain::tokens;
use protocol::RoomId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What belongs to the API proper.
pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(create))
}

/// The doors themselves, whose addresses have no version: others keep them.
pub fn doors() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(post))
}

/// A door, shown once.
#[derive(Serialize, ToSchema)]
struct Door {
    /// Whoever knows it may post to the room.
    #[schema(format = "uri", example = "https://chat.example.org/api/hooks/natter_p_5c0e…")]
    url: String,
}

/// Make an incoming webhook
///
/// A bot of that name gets a seat in the room; retire it to close the door.
/// For somebody logged in; a token cannot.
#[utoipa::path(post, path = "/rooms/{room}/hooks", operation_id = "create_hook", tag = "hooks", request_body = NewBot,
    params(("room" = schema::Id, Path, description = "The room, a group.")),
    responses((status = 201, description = "Where to post.", body = Door)))]
async fn create(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place(room): Place<RoomId>,
    headers: HeaderMap,
    Told(new): Told<NewBot>,
) -> Result<impl IntoResponse, Problem> {
    let (username, name) = new.parse()?;
    let secret = tokens::create_hook(&server.env, &caller, room, username, name).await?;
    let url = format!("{}/api/hooks/{}", origin(&server, &headers), secret.as_str());
    Ok((StatusCode::CREATED, Json(Door { url })))
}

/// Where the server is reached: as configured, or else as it was reached this time.
fn origin(server: &Server, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    server.origin.clone().unwrap_or_else(|| format!("{}://{host}", server.scheme()))
}

/// What comes through a door. Other members, of which Slack has many, are not looked at.
#[derive(Deserialize, ToSchema)]
struct Said {
    #[schema(value_type = schema::MessageText)]
    text: String,
}

/// Post by webhook
///
/// The body is `{"text": "…"}`, whatever its Content-Type says, or a form whose field `payload` holds that.
#[utoipa::path(post, path = "/hooks/{token}", operation_id = "post_by_hook", tag = "hooks", security(()),
    request_body = Said,
    params(("token" = String, Path, description = "What the address ends with."), Key),
    responses((status = 200, description = "Stored.", body = String, content_type = "text/plain", example = "ok")))]
async fn post(
    State(server): State<Server>,
    Place(token): Place<String>,
    key: Key,
    Raw(body): Raw,
) -> Result<&'static str, Problem> {
    let (client_id, text) = (key.or(None, &server.env)?, text::message(&said(&body)?.text)?);
    tokens::post_by_hook(&server.env, &token, client_id, text).await?;
    Ok("ok")
}

fn said(body: &[u8]) -> Result<Said, Problem> {
    if body.trim_ascii_start().starts_with(b"{") {
        return read(body);
    }
    let payload = form_urlencoded::parse(body).find(|(name, _)| name == "payload");
    let (_, payload) = payload.ok_or_else(|| Problem::new(Kind::BadRequest, "Send {\"text\": \"…\"}."))?;
    read(payload.as_bytes())
}
