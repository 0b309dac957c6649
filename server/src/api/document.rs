//! The description of the API (OpenAPI 3.1), made of the code.

use super::problem::Body;
use super::refusals;
use super::{links, schema};
use crate::http::Door;
use axum::http::Method;
use serde_json::Value;
use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::ArrayItems;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, OpenApi, Ref, RefOr, Schema};

const ABOUT: &str = "\
Everything that Natter's pages can do, for programs. \
Requests and answers are JSON in UTF-8; members that a request may not have are refused, and answers may gain some: \
ignore those that you do not know. Moments are RFC 3339 in UTC; ids and numbers are integers below 2^53. \
Whatever goes wrong is told as application/problem+json (RFC 9457).";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Natter", description = ABOUT, license(name = "Apache-2.0", identifier = "Apache-2.0")),
    components(schemas(Body, schema::Words, schema::Cursor, schema::Limit)),
    tags(
        (name = "accounts", description = "Making an account, and one's own."),
        (name = "sessions", description = "Log-ins: beginning, refreshing and ending them."),
        (name = "people", description = "Finding people, and keeping some at hand."),
        (name = "rooms", description = "Groups, and direct rooms of two people."),
        (name = "members", description = "Who is in a room."),
        (name = "messages", description = "Reading, sending, and how far one has read."),
        (name = "tokens", description = "Tokens for programs, limited to rooms and to reading or writing."),
        (name = "bots", description = "Accounts that speak by tokens only."),
        (name = "hooks", description = "A room's door for messages from elsewhere."),
        (name = "socket", description = "Hearing news at once; docs/protocol.md describes the socket."),
    ),
)]
struct Frame;

/// The whole description, as `/api/openapi.json` has it.
pub fn json(document: OpenApi) -> Value {
    let mut json = serde_json::to_value(finished(document)).expect("a description becomes JSON");
    links::complete(&mut json);
    json
}

/// Adds to what the handlers say of themselves what is true of all: who may ask, and how they refuse.
fn finished(document: OpenApi) -> OpenApi {
    let mut whole = Frame::openapi().nest("/api", document);
    for (path, item) in &mut whole.paths.paths {
        for operation in operations(item) {
            refusals::complete(path, operation);
        }
    }
    name_the_items(&mut whole);
    let bearer = Http::builder()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An access token of a log-in, or a token that somebody has made."));
    let cookie = ApiKeyValue::with_description(
        "natter",
        "What Natter's own pages use. Its name is __Host-natter behind https, with - and the port where that does not go \
         without saying. Whatever changes something needs an Origin of our own beside it.",
    );
    let components = ComponentsBuilder::from(whole.components.take().unwrap_or_default())
        .security_scheme("bearer", SecurityScheme::Http(bearer.build()))
        .security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)))
        .responses_from_iter(refusals::responses());
    whole.components = Some(components.build());
    let none: [&str; 0] = [];
    whole.security = Some(["bearer", "cookie"].map(|name| SecurityRequirement::new(name, none)).into());
    whole
}

/// utoipa writes what a list holds into the list; by its name it is said once.
fn name_the_items(document: &mut OpenApi) {
    let schemas = document.components.iter_mut().flat_map(|components| &mut components.schemas);
    for (name, schema) in schemas {
        if let (Some((_, item)), RefOr::T(Schema::Object(list))) = (name.split_once('_'), schema)
            && let Some(RefOr::T(Schema::Array(items))) = list.properties.get_mut("items")
        {
            items.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(item).into()));
        }
    }
}

/// The doors that a description tells of.
pub fn doors(document: &OpenApi) -> Vec<Door> {
    let doors = document.paths.paths.iter().flat_map(|(path, item)| {
        let PathItem { get, put, post, delete, options, head, patch, trace, .. } = item;
        let methods = [
            (Method::GET, get),
            (Method::PUT, put),
            (Method::POST, post),
            (Method::DELETE, delete),
            (Method::OPTIONS, options),
            (Method::HEAD, head),
            (Method::PATCH, patch),
            (Method::TRACE, trace),
        ];
        methods.into_iter().filter(|(_, operation)| operation.is_some()).map(move |(method, _)| Door::new(method, path))
    });
    doors.collect()
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete].into_iter().flatten()
}
