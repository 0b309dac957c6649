//! The interface for programs: `/api/v1` in JSON, its description, and the doors for webhooks.
//!
//! A file for each noun; a handler reads what was asked, takes a seat, and calls one function of `domain`.

mod accounts;
mod bots;
mod cursor;
mod document;
mod hooks;
mod input;
mod integer;
mod key;
mod kind;
mod links;
mod members;
mod messages;
mod moment;
mod page;
mod people;
mod problem;
mod reference;
mod refusals;
mod room;
mod rooms;
mod schema;
mod sessions;
mod slack;
mod text;
mod tickets;
mod tokens;

pub use moment::written;
pub use problem::in_one_shape;
pub use slack::text as slack_text;

use crate::http::{Doors, Server};
use app::ssr::Assets;
use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::response::IntoResponse;
use kind::Kind;
use problem::Problem;
use reference::Reference;
use std::sync::Arc;
use std::time::Duration;
use tower_http::cors::CorsLayer;
use utoipa_axum::router::OpenApiRouter;

/// As long as a browser may remember what pages elsewhere may ask.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// Everything under `/api`.
pub fn routes(server: &Server, assets: &Assets) -> Doors {
    let (routes, document) = described().split_for_parts();
    let doors = document::doors(&document);
    let document = document::json(document);
    let reference = Arc::new(Reference::new(&document, assets));
    let document = format!("{document:#}\n");
    let json = [(header::CONTENT_TYPE, "application/json")];
    Doors::new()
        .get("/openapi.json", async move || (json, document.clone()).into_response())
        .get("/docs", async move |headers: HeaderMap| reference.answer(&headers))
        .leads_to(doors)
        .map(|router| router.merge(routes).fallback(async || Problem::from(Kind::NotFound)))
        .map(|router| elsewhere(router, &server.cors_origins))
        .under("/api")
}

/// The routes with their descriptions; the paths in these are the whole ones only after nesting.
fn described() -> OpenApiRouter<Server> {
    let v1 = OpenApiRouter::new()
        .merge(accounts::routes())
        .merge(sessions::routes())
        .merge(people::routes())
        .merge(rooms::routes())
        .merge(members::routes())
        .merge(messages::routes())
        .merge(tokens::routes())
        .merge(bots::routes())
        .merge(hooks::routes())
        .merge(tickets::routes());
    OpenApiRouter::new().nest("/v1", v1).merge(hooks::doors())
}

/// Lets pages of these origins ask, never by cookie.
fn elsewhere(routes: Router<Server>, origins: &[String]) -> Router<Server> {
    if origins.is_empty() {
        return routes;
    }
    let origins = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let asked = [header::AUTHORIZATION, header::CONTENT_TYPE, HeaderName::from_static("idempotency-key")];
    let told = [header::LINK, header::LOCATION, header::RETRY_AFTER];
    let cors = CorsLayer::new().allow_origin(origins.collect::<Vec<_>>()).allow_methods(methods);
    routes.layer(cors.allow_headers(asked).expose_headers(told).max_age(REMEMBERED))
}
