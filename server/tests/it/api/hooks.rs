//! Incoming webhooks.

use super::support::{PASSWORD, Program, each, text};
use crate::live::support::{Server, client_id};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn one_line_posts_a_message_whatever_it_says_of_itself() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let room = ines.makes_room(&[]).await;
    let names = json!({"username": "builds", "display_name": "Builds"});
    let made = ines.post(&format!("/rooms/{room}/hooks"), names).await;
    assert_eq!(made.status, 201);
    let url = text(&made.body["url"]);
    let path = url.strip_prefix(&format!("http://{}", ines.addr())).unwrap();
    let stranger = Program::of(&server);
    let form = "application/x-www-form-urlencoded";
    let cases = [
        (form, r#"{"text": "as curl -d sends it"}"#),
        ("application/json", r#"{"text": "as JSON", "username": "somebody", "blocks": [{"type": "x"}]}"#),
        (form, "payload=%7B%22text%22%3A+%22as+a+form%22%7D"),
        ("text/plain", " {\"text\": \"as text\"}\n"),
        ("", r#"{"text": "as nothing"}"#),
    ];
    for (kind, body) in cases {
        let mut request = stranger.request(Method::POST, path).body(body);
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        let answer = stranger.answer(request).await;
        assert_eq!((answer.status, &*answer.text), (200, "ok"), "{kind} {body}");
        assert!(answer.header("content-type").starts_with("text/plain"));
    }
    assert_eq!(ines.hears(room).await, ["as curl -d sends it", "as JSON", "as a form", "as text", "as nothing"]);
    let members = ines.get(&format!("/rooms/{room}/members")).await.ok();
    assert_eq!(each(&members, "display_name"), ["Ines", "Builds"]);
    assert_eq!(each(&members, "is_bot"), [false, true]);

    let key = client_id().to_string();
    for _ in 0..2 {
        let request = stranger.request(Method::POST, path).body(r#"{"text": "once"}"#).header("idempotency-key", &key);
        assert_eq!(stranger.answer(request).await.status, 200);
    }
    assert_eq!(ines.hears(room).await.iter().filter(|words| *words == "once").count(), 1);
}

#[tokio::test]
async fn a_door_opens_for_its_address_only_and_until_its_bot_is_retired() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let room = ines.makes_room(&[]).await;
    let names = json!({"username": "builds", "display_name": "Builds"});
    let made = ines.post(&format!("/rooms/{room}/hooks"), names).await.ok();
    let url = text(&made["url"]);
    let token = url.rsplit('/').next().unwrap();
    let body = json!({"text": "x"});
    let all = ines.post("/tokens", json!({"name": "All", "access": "read_and_write", "password": PASSWORD})).await.ok();
    let foreign =
        ["x", "%00", "natter_p_0", text(&all["token"]), ines.token.as_deref().unwrap(), &token[..token.len() - 1]];
    for token in foreign {
        let answer = ines.post(&format!("/api/hooks/{token}"), body.clone()).await;
        assert_eq!(answer.refusal(), (404, "not_found"), "{token}");
    }
    let bearer = Program::of(&server).with(token);
    assert_eq!(bearer.get(&format!("/rooms/{room}/messages")).await.refusal(), (403, "forbidden"), "it may write only");
    let path = format!("/api/hooks/{token}");
    for (bad, refusal) in [
        (&b"hello"[..], (400, "bad_request")),
        (b"", (400, "bad_request")),
        (b"payload=hello", (400, "bad_request")),
        (b"{\"text\": \"x\"", (400, "bad_request")),
        (b"{}", (422, "invalid")),
        (b"{\"text\": \" \"}", (422, "invalid")),
        (b"{\"text\": 7}", (422, "invalid")),
        (b"{\"text\": \"a\\u0000b\"}", (422, "invalid")),
        (b"{\"text\": \"\xff\"}", (400, "bad_request")),
    ] {
        let answer = bearer.post_raw(&path, bad.to_vec()).await;
        assert_eq!(answer.refusal(), refusal, "{}", String::from_utf8_lossy(bad));
    }
    let bot = ines.get("/bots").await.ok()["items"][0]["id"].clone();
    assert_eq!(ines.post(&path, body.clone()).await.status, 200, "the test's own premise");
    assert_eq!(ines.delete(&format!("/bots/{bot}")).await.status, 204);
    assert_eq!(ines.post(&path, body).await.refusal(), (404, "not_found"));
}
