//! Tickets for sockets.

use super::support::{Program, text};
use crate::contract::sqlite;
use crate::live::support::{Server, Socket};
use domain::ports::Device;
use domain::{Error, sessions};
use protocol::close;
use serde_json::json;

const ELSEWHERE: &str = "https://tools.example.org";

#[tokio::test]
async fn a_ticket_opens_one_socket_for_a_page_elsewhere() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let answer = ines.post("/tickets", json!({})).await;
    assert_eq!((answer.status, &answer.body["expires_in"]), (201, &json!(30)));
    let offered = format!("natter, {}", text(&answer.body["ticket"]));
    let open = async |offered: &str| {
        let headers = [("origin", ELSEWHERE), ("sec-websocket-protocol", offered)];
        Socket::open(ines.addr(), "/ws", &headers).await
    };
    let mut socket = open(&offered).await.unwrap();
    assert_eq!(socket.headers["sec-websocket-protocol"], "natter", "the ticket is not repeated");
    socket.is_welcomed().await;
    assert_eq!(open(&offered).await.err(), Some(401), "once");
    for forged in ["natter, natter_t_0", "natter, ", &format!("natter, {}", ines.token.as_deref().unwrap())] {
        assert_eq!(open(forged).await.err(), Some(401), "{forged}");
    }
    ines.delete("/sessions/current").await;
    assert_eq!(socket.ends().await, Some(close::LOGGED_OUT), "it ends with the session that got the ticket");
}

#[tokio::test]
async fn a_ticket_dies_with_its_session() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let ticket = ines.post("/tickets", json!({})).await.ok();
    ines.delete("/sessions/current").await;
    let offered = format!("natter, {}", text(&ticket["ticket"]));
    let socket = Socket::open(ines.addr(), "/ws", &[("sec-websocket-protocol", &offered)]).await;
    assert_eq!(socket.err(), Some(401));
}

#[tokio::test]
async fn a_ticket_waits_for_half_a_minute() {
    let house = sqlite::house().await;
    let user = house.person("ines").await;
    let caller = sessions::open(&house.env, user, Device::default()).await.unwrap().caller;
    let (kept, late) =
        (sessions::ticket(&house.env, &caller).await.unwrap(), sessions::ticket(&house.env, &caller).await.unwrap());
    house.clock.set(31_000);
    assert_eq!(sessions::redeem(&house.env, kept.as_str()).await.unwrap(), caller);
    house.clock.set(31_001);
    let late = sessions::redeem(&house.env, late.as_str()).await;
    assert!(matches!(late, Err(Error::Unauthenticated)));
}
