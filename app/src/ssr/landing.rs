use super::context::{cookie, env, response};
use super::safe_next;
use axum::http::{HeaderValue, header};
use domain::{access, arrivals};
use protocol::{RoomId, UserId};

/// Cookie with the room last opened in this browser; the client sets it too.
const LAST_ROOM: &str = "natter-room";

/// Where a log-in leads: to the page that asked for it, else to the room last opened in this browser, else to the first
/// room. When the rooms cannot be read it leads to the list.
pub async fn landing(user: UserId, next: &str) -> String {
    if !next.is_empty() {
        return safe_next(next);
    }
    let last: Option<RoomId> = cookie(LAST_ROOM).and_then(|room| room.parse().ok());
    if let Some(room) = last
        && access::seat(&env(), user, room).await.is_ok()
    {
        return format!("/rooms/{room}");
    }
    match arrivals::first_room(&env(), user).await {
        Ok(Some(room)) => format!("/rooms/{room}"),
        _ => safe_next(""),
    }
}

/// Notes the open room for the next log-in in this browser.
pub fn remember_room(room: RoomId) {
    if cookie(LAST_ROOM).is_some_and(|known| known == room.to_string()) {
        return;
    }
    let cookie = format!("{LAST_ROOM}={room}; Path=/; Max-Age=31536000; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response().append_header(header::SET_COOKIE, cookie);
    }
}
