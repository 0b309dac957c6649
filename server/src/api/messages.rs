//! Messages: reading them in pages, sending them once, and how far one has read.

use super::input::{Asked, Asker, Place, Told};
use super::integer::Integer;
use super::key::Key;
use super::moment::Moment;
use super::page::Page;
use super::people::Person;
use super::problem::Problem;
use super::{schema, text};
use crate::http::Server;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::messages::{self, Draft, Receipt, Sent};
use domain::receipts;
use protocol::{ClientId, Generation, No, Request, RoomId, Slice};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(page, send)).routes(routes!(one)).routes(routes!(read)).routes(routes!(unread))
}

#[derive(Serialize, ToSchema)]
struct Message {
    #[schema(value_type = schema::Number)]
    no: i64,
    author: Person,
    /// What its author called the draft.
    #[schema(value_type = schema::Uuid)]
    client_id: Uuid,
    #[schema(value_type = schema::MessageText)]
    text: String,
    sent_at: Moment,
}

impl From<protocol::Message> for Message {
    fn from(message: protocol::Message) -> Self {
        let protocol::Message { no, author, client_id, text, at } = message;
        let text = text.as_str().to_owned();
        Self { no: no.get(), author: author.into(), client_id: client_id.0, text, sent_at: at.into() }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Part {
    /// The newest of those older than this one.
    #[param(value_type = schema::Number, required = false)]
    before: Option<No>,
    /// The oldest of those newer than this one; without effect beside `before`.
    #[param(value_type = schema::Number, required = false)]
    after: Option<No>,
    /// How many at most.
    #[param(value_type = schema::Limit, required = false)]
    limit: Option<u32>,
}

/// Read messages
///
/// The newest, or those next to `before` or `after`; the oldest of them first.
/// `next` leads to newer ones, `prev` to older ones.
#[utoipa::path(get, path = "/rooms/{room}/messages", operation_id = "list_messages", tag = "messages",
    params(("room" = schema::Id, Path, description = "The room."), Part),
    responses((status = 200, description = "A page of them.", body = Page<Message>,
        headers(("Link" = String, description = "The pages beside this one (RFC 8288).")))))]
async fn page(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place(room): Place<RoomId>,
    Asked(part): Asked<Part>,
) -> Result<Page<Message>, Problem> {
    let limit = limit(part.limit)?;
    let page = part.before.map(protocol::Page::Before).or(part.after.map(protocol::Page::After));
    let seat = caller.seat(&server.env, room).await?;
    let page = page.unwrap_or(protocol::Page::Newest);
    Ok(linked(room, messages::page(&server.env, &seat, page, Some(limit)).await?, limit))
}

/// How many a page holds.
pub fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked.unwrap_or(Request::PAGE) {
        limit @ 1..=Request::PAGE_MAX => Ok(limit),
        _ => Err(Problem::at("limit", "A page holds 1 to 100.")),
    }
}

fn linked(room: RoomId, slice: Slice, limit: u32) -> Page<Message> {
    let link = |side, no: Option<No>| Some(format!("/api/v1/rooms/{room}/messages?{side}={}&limit={limit}", no?));
    let (first, last) = (slice.messages.first().map(|it| it.no), slice.messages.last().map(|it| it.no));
    let next = slice.later.then(|| link("after", last)).flatten();
    let prev = slice.earlier.then(|| link("before", first)).flatten();
    Page { items: slice.messages.into_iter().map(Message::from).collect(), next, prev }
}

/// Read a message
#[utoipa::path(get, path = "/rooms/{room}/messages/{no}", operation_id = "get_message", tag = "messages",
    params(
        ("room" = schema::Id, Path, description = "The room."),
        ("no" = schema::Number, Path, description = "The message's number."),
    ),
    responses((status = 200, description = "The message.", body = Message)))]
async fn one(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place((room, no)): Place<(RoomId, No)>,
) -> Result<Json<Message>, Problem> {
    let seat = caller.seat(&server.env, room).await?;
    Ok(Json(messages::one(&server.env, &seat, no).await?.into()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMessage {
    #[schema(value_type = schema::MessageText)]
    text: String,
    /// Your name for the draft, a UUID: send it again with the same one, and it is stored once.
    /// The header `Idempotency-Key` says the same; without either the server makes one.
    #[schema(value_type = Option<schema::Uuid>)]
    client_id: Option<String>,
}

/// The proof that a message is stored.
#[derive(Serialize, ToSchema)]
struct Stored {
    #[schema(value_type = schema::Number)]
    no: i64,
    #[schema(value_type = schema::Uuid)]
    client_id: Uuid,
    sent_at: Moment,
}

/// Send a message
///
/// What is answered is stored. When no answer comes, send it again with the same `client_id`.
#[utoipa::path(post, path = "/rooms/{room}/messages", operation_id = "send_message", tag = "messages", request_body = NewMessage,
    params(("room" = schema::Id, Path, description = "The room."), Key),
    responses(
        (status = 201, description = "Stored.", body = Stored,
            headers(("Location" = String, description = "The message."))),
        (status = 200, description = "It was stored before; this is its first receipt.", body = Stored,
            headers(("Location" = String, description = "The message."))),
    ))]
async fn send(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place(room): Place<RoomId>,
    key: Key,
    Told(new): Told<NewMessage>,
) -> Result<Response, Problem> {
    let client_id = key.or(new.client_id.as_deref(), &server.env)?;
    let draft = Draft { client_id, text: text::message(&new.text)? };
    let seat = caller.seat(&server.env, room).await?;
    Ok(stored(room, client_id, messages::submit(&server.env, &seat, draft).await?))
}

fn stored(room: RoomId, client_id: ClientId, sent: Sent) -> Response {
    let (status, Receipt { no, at, .. }) = match sent {
        Sent::New(receipt) => (StatusCode::CREATED, receipt),
        Sent::Again(receipt) => (StatusCode::OK, receipt),
    };
    let location = [(header::LOCATION, format!("/api/v1/rooms/{room}/messages/{no}"))];
    (status, location, Json(Stored { no: no.get(), client_id: client_id.0, sent_at: at.into() })).into_response()
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Mark {
    #[schema(value_type = schema::Number)]
    no: Integer<No>,
    /// The room's `read_generation` as you know it: without effect when you have marked messages as unread since.
    /// The current one when it is absent.
    #[schema(value_type = Option<schema::Number>)]
    generation: Option<Integer<Generation>>,
}

/// Mark messages as read
///
/// Everything up to `no`, on all of your devices. The marker never goes back.
#[utoipa::path(put, path = "/rooms/{room}/read", operation_id = "mark_read", tag = "messages", request_body = Mark,
    params(("room" = schema::Id, Path, description = "The room.")),
    responses((status = 204, description = "Marked.")))]
async fn read(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place(room): Place<RoomId>,
    Told(mark): Told<Mark>,
) -> Result<StatusCode, Problem> {
    let seat = caller.seat(&server.env, room).await?;
    receipts::seen_up_to(&server.env, &seat, mark.no.0, mark.generation.map(|it| it.0)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FirstUnread {
    #[schema(value_type = schema::Number)]
    no: Integer<No>,
}

/// Mark messages as unread
///
/// The message `no` and all later ones, on all of your devices. What a device reports as read late does not undo it.
#[utoipa::path(put, path = "/rooms/{room}/unread", operation_id = "mark_unread", tag = "messages",
    request_body = FirstUnread, params(("room" = schema::Id, Path, description = "The room.")),
    responses((status = 204, description = "Marked.")))]
async fn unread(
    State(server): State<Server>,
    Asker(caller): Asker,
    Place(room): Place<RoomId>,
    Told(first): Told<FirstUnread>,
) -> Result<StatusCode, Problem> {
    let seat = caller.seat(&server.env, room).await?;
    receipts::mark_unread(&server.env, &seat, first.no.0).await?;
    Ok(StatusCode::NO_CONTENT)
}
