//! Tickets: how a browser elsewhere opens a socket.

use super::input::Asker;
use super::problem::Problem;
use crate::http::Server;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::sessions::{self, TICKET_MS};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(create))
}

#[derive(Serialize, ToSchema)]
struct Ticket {
    #[schema(example = "natter_t_77aa…")]
    ticket: String,
    /// For how many seconds it waits.
    #[schema(example = 30)]
    expires_in: i64,
}

/// Get a ticket for a socket
///
/// A browser cannot send a header with a socket: `new WebSocket(url, ["natter", ticket])` opens one, once.
/// Programs that can send `Authorization` need none.
#[utoipa::path(post, path = "/tickets", operation_id = "create_ticket", tag = "socket",
    responses((status = 201, description = "The ticket.", body = Ticket)))]
async fn create(State(server): State<Server>, Asker(caller): Asker) -> Result<impl IntoResponse, Problem> {
    caller.hears()?;
    let ticket = sessions::ticket(&server.env, &caller).await?.as_str().to_owned();
    Ok((StatusCode::CREATED, Json(Ticket { ticket, expires_in: TICKET_MS / 1000 })))
}
