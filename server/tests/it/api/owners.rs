//! What a bot or a webhook can do follows its owner (promise S20).

use super::support::{PASSWORD, Program, each, text};
use crate::live::support::Server;
use protocol::{Command, Event};
use serde_json::{Value, json};

const TOO_NARROW: (u16, &str) = (403, "forbidden");
const NOTHING_HERE: (u16, &str) = (404, "not_found");

/// S20
#[tokio::test]
async fn a_webhook_s_bot_gets_no_token_besides_its_address() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let room = ines.makes_room(&[]).await;
    ines.says(room, "here").await;
    let names = json!({"username": "builds", "display_name": "Builds"});
    ines.post(&format!("/rooms/{room}/hooks"), names).await.ok();
    let bot = ines.get("/bots").await.ok()["items"][0]["id"].clone();
    for access in ["read", "write", "read_and_write"] {
        let new = json!({"name": "x", "access": access, "password": PASSWORD});
        assert_eq!(ines.post(&format!("/bots/{bot}/tokens"), new).await.refusal(), (409, "conflict"), "{access}");
    }
    assert_eq!(each(&ines.get(&format!("/bots/{bot}/tokens")).await.ok(), "access"), ["write"]);
}

/// S20
#[tokio::test]
async fn a_bot_is_out_of_a_room_together_with_its_owner() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let room = ines.makes_room(&[]).await;
    ines.says(room, "here").await;
    let jona = Program::of(&server).registers("jona").await;
    let bot = jona.post("/bots", json!({"username": "deploy", "display_name": "Deploy"})).await.ok()["id"].clone();
    let members = format!("/rooms/{room}/members");
    assert_eq!(
        ines.post(&members, json!({"users": [bot]})).await.refusal(),
        (409, "conflict"),
        "its owner is not there"
    );
    assert_eq!(ines.post(&members, json!({"users": [jona.id, bot]})).await.status, 204);
    let listed = ines.get(&members).await.ok()["items"].clone();
    let of: Vec<_> = listed.as_array().unwrap().iter().map(|member| member["bot_of"]["username"].clone()).collect();
    assert_eq!(of, [Value::Null, Value::Null, json!("jona")]);
    let new = json!({"name": "x", "access": "read_and_write", "password": PASSWORD});
    let program = jona.with(text(&jona.post(&format!("/bots/{bot}/tokens"), new).await.ok()["token"]));
    let names = json!({"username": "builds", "display_name": "Builds"});
    let hook = jona.post(&format!("/rooms/{room}/hooks"), names).await.ok();
    let hook = text(&hook["url"]).split_once("/api").map(|(_, path)| format!("/api{path}")).unwrap();
    assert_eq!(program.hears(room).await, ["here"]);
    assert_eq!(jona.post(&hook, json!({"text": "built"})).await.status, 200);
    assert_eq!(program.post(&members, json!({"users": [jona.id]})).await.refusal(), TOO_NARROW, "it brings nobody in");
    assert_eq!(program.post("/rooms", json!({"name": "x"})).await.refusal(), TOO_NARROW);
    let mut socket = program.opens("/ws").await.unwrap();
    socket.catches_up(None).await;

    assert_eq!(ines.delete(&format!("{members}/{}", jona.id)).await.status, 204);
    ines.says(room, "not for them").await;

    assert_eq!(jona.post(&hook, json!({"text": "built"})).await.refusal(), NOTHING_HERE);
    assert_eq!(program.get(&format!("/rooms/{room}/messages")).await.refusal(), NOTHING_HERE);
    assert_eq!(program.post(&format!("/rooms/{room}/messages"), json!({"text": "x"})).await.refusal(), NOTHING_HERE);
    assert_eq!(ines.post(&members, json!({"users": [bot]})).await.refusal(), (409, "conflict"));
    assert_eq!(socket.ask(Command::Ping).await, Event::Pong);
    let heard = format!("{:?}", socket.log);
    assert!(!heard.contains("not for them"), "{heard}");
    assert_eq!(ines.hears(room).await, ["here", "built", "not for them"]);
}
