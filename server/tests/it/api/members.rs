//! Members.

use super::support::{Program, each, text};
use crate::live::support::Server;
use protocol::{Event, RoomId};
use serde_json::json;

#[tokio::test]
async fn people_come_into_a_group_and_go() {
    let server = Server::start().await;
    let stranger = Program::of(&server);
    let (ines, jona) = (stranger.registers("ines").await, stranger.registers("jona").await);
    let bea = stranger.registers("bea").await;
    let room = ines.makes_room(&[]).await;
    let path = format!("/rooms/{room}/members");
    assert_eq!(ines.post(&path, json!({"users": [jona.id]})).await.status, 204);
    assert_eq!(jona.post(&path, json!({"users": [bea.id, jona.id]})).await.status, 204, "every member may");
    let members = bea.get(&path).await.ok();
    assert_eq!(each(&members, "username"), ["ines", "jona", "bea"]);
    assert_eq!(each(&members, "role"), ["owner", "member", "member"]);
    let first = bea.get(&format!("{path}?limit=2")).await;
    assert_eq!(each(&first.body, "username"), ["ines", "jona"]);
    assert_eq!(first.header("link"), format!("<{}>; rel=\"next\"", text(&first.body["next"])));
    let rest = bea.get(text(&first.body["next"])).await.ok();
    assert_eq!((each(&rest, "username"), &rest["next"]), (vec![&json!("bea")], &json!(null)));
    assert_eq!(bea.get(&format!("{path}?limit=101")).await.refusal(), (422, "invalid"));
    let of = |user: i64| format!("{path}/{user}");
    assert_eq!(jona.delete(&of(bea.id)).await.refusal(), (403, "forbidden"));
    let mut socket = bea.opens("/ws").await.unwrap();
    socket.catches_up(None).await;
    assert_eq!(ines.delete(&of(bea.id)).await.status, 204);
    socket.hears(|event| *event == Event::RoomGone { room: RoomId::try_from(room).unwrap() }).await;
    assert_eq!(bea.get(&path).await.refusal(), (404, "not_found"));
    assert_eq!(ines.delete(&of(bea.id)).await.refusal(), (404, "not_found"));
    assert_eq!(ines.delete(&of(ines.id)).await.status, 204, "leaving");
    assert_eq!(each(&jona.get(&path).await.ok(), "role"), ["owner"]);
}

#[tokio::test]
async fn nobody_comes_in_who_is_not_there() {
    let server = Server::start().await;
    let stranger = Program::of(&server);
    let (ines, jona) = (stranger.registers("ines").await, stranger.registers("jona").await);
    let room = ines.makes_room(&[]).await;
    let path = format!("/rooms/{room}/members");
    assert_eq!(ines.post(&path, json!({"users": [jona.id, 99]})).await.refusal(), (404, "not_found"));
    let nobody = ines.post(&path, json!({"users": []})).await;
    assert_eq!(nobody.refusal(), (422, "invalid"));
    assert_eq!(ines.post(&path, json!({"users": vec![1; 501]})).await.refusal(), (422, "invalid"));
    assert_eq!(each(&ines.get(&path).await.ok(), "username"), ["ines"]);
    let direct = ines.post("/rooms", json!({"user": jona.id})).await.ok()["id"].clone();
    let bea = stranger.registers("bea").await;
    let answer = ines.post(&format!("/rooms/{direct}/members"), json!({"users": [bea.id]})).await;
    assert_eq!(answer.refusal(), (403, "forbidden"));
}
