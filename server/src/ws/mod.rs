//! The socket: one per tab, JSON text frames, the same commands and events for pages and programs.

mod bucket;
mod codes;
mod commands;
mod line;
mod resume;
mod session;
mod upgrade;

pub use bucket::Rate;
pub use upgrade::STRIPPED;

use crate::http::{AtTheSocket, Server};
use crate::hub::Opener;
use crate::listener::Stream;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use line::Line;
use protocol::RoomId;
use session::Session;
use std::time::Duration;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;

/// As long as the first answer of an upgrade may take to leave.
const PATIENCE: Duration = Duration::from_secs(10);

/// `GET /ws`: all of the person's rooms.
pub async fn all_rooms(State(server): State<Server>, visitor: AtTheSocket, request: Request) -> Response {
    open(server, visitor, None, request)
}

/// `GET /ws/rooms/{room}`: one room.
pub async fn one_room(
    State(server): State<Server>,
    visitor: AtTheSocket,
    Path(room): Path<String>,
    request: Request,
) -> Response {
    let Ok(room) = room.parse::<RoomId>() else {
        return crate::http::refuse(domain::Error::NotFound);
    };
    match visitor.caller.seat(&server.env, room).await {
        Ok(_) => open(server, visitor, Some(room), request),
        Err(error) => crate::http::refuse(error),
    }
}

/// Answers the handshake and serves the socket in a task of its own, which [`Server::sockets`] counts.
fn open(server: Server, visitor: AtTheSocket, only: Option<RoomId>, request: Request) -> Response {
    if server.is_stopping() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let request = upgrade::in_one_line(request);
    if !upgrade::has_key(&request) {
        return (StatusCode::BAD_REQUEST, "Sec-WebSocket-Key must be 16 bytes in Base64.\n").into_response();
    }
    let mut answer = match create_response_with_body(&request, Body::empty) {
        Ok(answer) => answer,
        Err(_) => return upgrade::not_a_handshake(&server, &request),
    };
    if let Some(subprotocol) = visitor.subprotocol {
        answer.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(subprotocol));
    }
    let opener = Opener { caller: visitor.caller, only };
    let upgrade = hyper::upgrade::on(request);
    let sockets = server.sockets.clone();
    sockets.spawn(async move {
        let Ok(Ok(upgraded)) = timeout(PATIENCE, upgrade).await else { return };
        match Stream::of(upgraded) {
            Some((stream, early)) => Session::run(&server, opener, Line::new(stream, early)).await,
            None => tracing::error!("A socket came over something that is no line of its own"),
        }
    });
    answer
}
