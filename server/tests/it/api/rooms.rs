//! Rooms.

use super::support::{Program, each, text};
use crate::live::support::Server;
use serde_json::{Value, json};

#[tokio::test]
async fn a_group_is_made_read_and_renamed() {
    let server = Server::start().await;
    let stranger = Program::of(&server);
    let (ines, jona) = (stranger.registers("ines").await, stranger.registers("jona").await);
    let made = ines.post("/rooms", json!({"name": " Kitchen ", "members": [jona.id, jona.id, ines.id]})).await;
    assert_eq!(made.status, 201);
    let path = made.header("location").to_owned();
    let room = jona.get(&path).await.ok();
    let told = json!({"id": made.body["id"], "kind": "group", "name": "Kitchen", "other": null, "role": "member",
        "members": 2, "rev": room["rev"], "last_no": 0, "read_no": 0, "read_generation": 0, "unread": 0, "last": null,
        "active_at": room["active_at"]});
    assert_eq!(room, told);
    assert_eq!(jona.patch(&path, json!({"name": "Pantry"})).await.refusal(), (403, "forbidden"));
    assert_eq!(ines.patch(&path, json!({"name": "Pantry"})).await.status, 204);
    ines.says(room["id"].as_i64().unwrap(), "Good\nmorning").await;
    let room = jona.get(&path).await.ok();
    assert_eq!(
        (&room["name"], &room["unread"], &room["last"]["text"]),
        (&json!("Pantry"), &json!(1), &json!("Good morning"))
    );
    assert!(text(&room["last"]["sent_at"]).ends_with('Z'), "{room}");
    let wrong = ines.patch(&path, json!({"name": "x".repeat(81)})).await;
    assert_eq!((wrong.refusal(), wrong.fields()), ((422, "invalid"), vec!["name"]));
    assert_eq!(ines.post("/rooms", json!({"name": "Alone", "members": null})).await.status, 201);
}

#[tokio::test]
async fn two_people_have_one_direct_room() {
    let server = Server::start().await;
    let stranger = Program::of(&server);
    let (ines, jona) = (stranger.registers("ines").await, stranger.registers("jona").await);
    let one = ines.post("/rooms", json!({"user": jona.id})).await;
    let two = jona.post("/rooms", json!({"user": ines.id})).await;
    assert_eq!((one.status, two.status, &one.body), (200, 200, &two.body));
    let room = ines.get(one.header("location")).await.ok();
    assert_eq!(
        (&room["kind"], &room["name"], &room["other"]["id"]),
        (&json!("direct"), &json!("Jona"), &json!(jona.id))
    );
    assert_eq!(ines.patch(one.header("location"), json!({"name": "x"})).await.refusal(), (403, "forbidden"));
    assert_eq!(ines.post("/rooms", json!({"user": ines.id})).await.refusal(), (403, "forbidden"));
    assert_eq!(ines.post("/rooms", json!({"user": 99})).await.refusal(), (404, "not_found"));
}

#[tokio::test]
async fn what_is_neither_a_group_nor_a_direct_room_is_refused() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    for body in [
        json!({}),
        json!({"name": "x", "user": 1}),
        json!({"name": "x", "members": 1}),
        json!({"name": "x", "members": [0]}),
        json!({"name": "x", "color": "red"}),
        json!({"members": []}),
        json!({"user": "1"}),
        json!({"name": "x", "members": vec![1; 501]}),
        json!([]),
    ] {
        assert_eq!(ines.post("/rooms", body.clone()).await.refusal(), (422, "invalid"), "{body}");
    }
    assert_eq!(ines.post("/rooms", json!({"name": "x", "members": [99]})).await.refusal(), (404, "not_found"));
    assert_eq!(ines.get("/rooms").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn the_list_of_rooms_comes_in_pages_with_links() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let mut rooms = Vec::new();
    for _ in 0..5 {
        rooms.push(ines.makes_room(&[]).await);
    }
    ines.says(rooms[1], "the newest").await;
    let order = [rooms[1], rooms[4], rooms[3], rooms[2], rooms[0]].map(Value::from);
    assert_eq!(each(&ines.get("/rooms").await.ok(), "id"), order.iter().collect::<Vec<_>>());
    let first = ines.get("/rooms?limit=2").await;
    assert_eq!(each(&first.body, "id"), [&order[0], &order[1]]);
    assert_eq!(first.header("link"), format!("<{}>; rel=\"next\"", text(&first.body["next"])));
    assert_eq!(first.body["prev"], Value::Null);
    let second = ines.get(text(&first.body["next"])).await;
    assert_eq!(each(&second.body, "id"), [&order[2], &order[3]]);
    assert!(second.header("link").contains("rel=\"prev\""), "{}", second.header("link"));
    let third = ines.get(text(&second.body["next"])).await;
    assert_eq!((each(&third.body, "id"), &third.body["next"]), (vec![&order[4]], &Value::Null));
    assert_eq!(ines.get(text(&second.body["prev"])).await.ok()["items"], first.body["items"]);
    for query in ["limit=0", "limit=101", "limit=-1", "limit=x", "limit=99999999999999999999", "after=7", "before=x"] {
        assert_eq!(ines.get(&format!("/rooms?{query}")).await.refusal(), (422, "invalid"), "{query}");
    }
}

#[tokio::test]
async fn a_room_of_others_is_told_like_one_that_is_not_there() {
    let server = Server::start().await;
    let stranger = Program::of(&server);
    let (ines, jona) = (stranger.registers("ines").await, stranger.registers("jona").await);
    let room = ines.makes_room(&[]).await;
    ines.says(room, "secret").await;
    let mut told = Vec::new();
    for room in [room, 99] {
        let paths = ["", "/members", "/messages", "/messages/1"].map(|end| format!("/rooms/{room}{end}"));
        for path in paths {
            let answer = jona.get(&path).await;
            assert_eq!(answer.refusal(), (404, "not_found"), "{path}");
            told.push(answer.words());
        }
        let (path, hook) = (format!("/rooms/{room}"), json!({"username": "hook", "display_name": "Hook"}));
        told.push(jona.patch(&path, json!({"name": "x"})).await.words());
        told.push(jona.post(&format!("{path}/members"), json!({"users": [jona.id]})).await.words());
        told.push(jona.delete(&format!("{path}/members/{}", jona.id)).await.words());
        told.push(jona.post(&format!("{path}/messages"), json!({"text": "x"})).await.words());
        told.push(jona.put(&format!("{path}/read"), json!({"no": 1})).await.words());
        told.push(jona.put(&format!("{path}/unread"), json!({"no": 1})).await.words());
        told.push(jona.post(&format!("{path}/hooks"), hook).await.words());
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
}
