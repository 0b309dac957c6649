//! The socket: one per tab, JSON text frames, the same commands and events for pages and programs.

mod bucket;
mod codes;
mod commands;
mod session;

pub use bucket::Rate;
pub use session::{Session, Socket};

use crate::http::{Gate, Server, Visitor};
use crate::hub::Caller;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::access;
use protocol::RoomId;

/// The largest frame and message that a client may send (promise S4).
pub const FRAME_BYTES: usize = 64 * 1024;

/// `GET /ws`: all of the person's rooms.
pub async fn all_rooms(State(server): State<Server>, _: Gate, visitor: Visitor, upgrade: WebSocketUpgrade) -> Response {
    open(server, visitor, None, upgrade)
}

/// `GET /ws/rooms/{room}`: one room.
pub async fn one_room(
    State(server): State<Server>,
    _: Gate,
    visitor: Visitor,
    Path(room): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Ok(room) = room.parse() else {
        return crate::http::refuse(domain::Error::NotFound);
    };
    match access::seat(&server.env, visitor.user, room).await {
        Ok(_) => open(server, visitor, Some(room), upgrade),
        Err(error) => crate::http::refuse(error),
    }
}

fn open(server: Server, visitor: Visitor, only: Option<RoomId>, upgrade: WebSocketUpgrade) -> Response {
    if server.is_stopping() {
        return axum::http::StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let caller = Caller { user: visitor.user, session: visitor.session, only };
    upgrade
        .max_message_size(FRAME_BYTES)
        .max_frame_size(FRAME_BYTES)
        .read_buffer_size(4 * 1024)
        .write_buffer_size(0)
        .on_upgrade(async move |socket| {
            let tracked = server.sockets.token();
            Session::run(&server, caller, socket).await;
            drop(tracked);
        })
}
