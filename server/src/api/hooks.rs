//! Incoming webhooks: addresses that take messages for one room, in Slack's format.

use super::bots::NewBot;
use super::input::{Asker, Place, Raw, Told, read};
use super::key::Key;
use super::kind::Kind;
use super::problem::Problem;
use super::{schema, slack, text};
use crate::http::Server;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use domain::tokens;
use protocol::RoomId;
use serde::Serialize;
use serde_json::Value;
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

/// A message in Slack's format: `text`, or the words of `blocks` and `attachments`; other members are ignored.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body, which is read leniently")]
struct SlackMessage {
    #[schema(value_type = schema::SlackText)]
    text: String,
}

/// Post by webhook
///
/// The body is a message in Slack's format, at its simplest `{"text": "…"}`, whatever its Content-Type says, or a form,
/// also `multipart/form-data`, whose field `payload` holds that. Words come from `text`, `blocks` and `attachments`;
/// `<https://…|name>` and the like are spelled out, and what is longer than a message is cut off with a note.
#[utoipa::path(post, path = "/hooks/{token}", operation_id = "post_by_hook", tag = "hooks", security(()),
    request_body = SlackMessage,
    params(("token" = String, Path, description = "What the address ends with."), Key),
    responses((status = 200, description = "Stored.", body = String, content_type = "text/plain", example = "ok")))]
async fn post(
    State(server): State<Server>,
    Place(token): Place<String>,
    key: Key,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<&'static str, Problem> {
    let said = slack::text(&payload(&headers, body).await?);
    if said.is_empty() {
        return Err(Problem::at("text", NO_WORDS));
    }
    let (client_id, text) = (key.or(None, &server.env)?, text::message(&said)?);
    tokens::post_by_hook(&server.env, &token, client_id, text).await?;
    Ok("ok")
}

const NO_WORDS: &str = "There is nothing to post: put words into text, blocks or attachments, as for Slack.";

const NO_PAYLOAD: &str =
    "There is no message in this body. Send JSON such as {\"text\": \"…\"}, or a form whose field payload holds that.";

/// The JSON of a body, which is that itself or a form with it.
async fn payload(headers: &HeaderMap, body: Bytes) -> Result<Value, Problem> {
    let json = without_mark(&body);
    if json.trim_ascii_start().starts_with(b"{") {
        return read(json);
    }
    // By its Content-Type: within one form, the words of a message may look like a field of the other.
    let payload = if is_multipart(headers) { part(headers, body).await } else { field(&body) };
    let payload = payload.ok_or_else(|| Problem::new(Kind::BadRequest, NO_PAYLOAD))?;
    read(without_mark(payload.as_bytes()))
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.trim_start().to_ascii_lowercase().starts_with("multipart/")
}

/// The field `payload` of a body that is `application/x-www-form-urlencoded`.
fn field(body: &[u8]) -> Option<String> {
    form_urlencoded::parse(body).find_map(|(name, value)| (name == "payload").then(|| value.into_owned()))
}

/// The part `payload` of a body that is `multipart/form-data`.
async fn part(headers: &HeaderMap, body: Bytes) -> Option<String> {
    let mut request = Request::new(Body::from(body));
    request.headers_mut().insert(header::CONTENT_TYPE, headers.get(header::CONTENT_TYPE)?.clone());
    let mut parts = Multipart::from_request(request, &()).await.ok()?;
    while let Some(part) = parts.next_field().await.ok()? {
        if part.name() == Some("payload") {
            return part.text().await.ok();
        }
    }
    None
}

/// Skips the byte order mark that some senders begin with.
fn without_mark(json: &[u8]) -> &[u8] {
    json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json)
}
