//! What the log tells, and what it never tells.

use super::started;
use crate::api::support::{Program, text};
use crate::live::support::{Browser, Person, Socket, client_id};
use crate::nodes::support::Node;
use reqwest::Method;
use serde_json::{Value, json};

/// What was secret in what somebody did.
#[derive(Default)]
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn keep(&mut self, what: &'static str, secret: &str) -> String {
        assert!(secret.len() > 5, "{what}: {secret}");
        self.0.push((what, secret.to_owned()));
        secret.to_owned()
    }

    fn are_absent(&self, log: &str) {
        for (what, secret) in &self.0 {
            let line = log.lines().find(|line| line.contains(secret.as_str()));
            assert!(line.is_none(), "{what}: {line:?}");
        }
    }
}

/// Everything that a person does in a browser.
async fn by_pages(node: &Node, secrets: &mut Secrets) {
    let stranger = Browser::new(node.addr.into());
    for path in [
        "/register?invitation=",
        "/reset/",
        "/nowhere/",
        "/people?q=",
        "/login?next=/people?q=",
        "/assets/",
        "/api/hooks/",
    ] {
        let secret = secrets.keep("what stands in an address", &format!("in{}", client_id().0.simple()));
        stranger.get(&format!("{path}{secret}")).await;
    }
    let wrong = secrets.keep("a wrong password", "a horse without batteries");
    secrets.keep("a password", Person::PASSWORD);
    secrets.keep("a password in a form", &Person::PASSWORD.replace(' ', "+"));
    let (ines, jona) = (stranger.copy().registers("ines").await, stranger.copy().registers("jona").await);
    stranger.form("login", &[("login", "ines"), ("password", &wrong), ("page", "/login")]).await;
    secrets.keep("a mail address", "ines@example.org");
    let cookie = ines.cookie();
    for pair in cookie.split("; ") {
        secrets.keep("a cookie", pair.split_once('=').unwrap().1);
    }
    let room = ines.room_with(&[&jona]).await;
    ines.posts(room, &secrets.keep("a message by form", "meet me at the harbour")).await;
    let mut socket = ines.socket().await;
    socket.says(room, &secrets.keep("a message by socket", "the tide is at seven")).await;
    let before = client_id().to_string();
    secrets.keep("a refused form", "panicking about the fish");
    let broken = [("room", "1"), ("client_id", &before), ("text", "panicking about the fish"), ("page", "\u{0}")];
    ines.form("send_message", &broken).await;
}

/// Everything that a program does.
async fn by_the_api(node: &Node, secrets: &mut Secrets) {
    let robin = Program::at(node.addr).registers("robin").await;
    let access = secrets.keep("an access token", robin.token.as_deref().unwrap());
    let refresh = secrets.keep("a refresh token", &robin.refresh);
    robin.post("/sessions/refresh", json!({ "refresh_token": refresh })).await.ok();
    let robin = robin.logs_in("robin").await;
    let ticket = robin.post("/tickets", json!({})).await.ok();
    let ticket = secrets.keep("a ticket", text(&ticket["ticket"]));
    Socket::open(node.addr, "/ws", &[("sec-websocket-protocol", &format!("natter, {ticket}"))]).await.unwrap();
    let made =
        robin.post("/tokens", json!({"name": "Archive", "access": "read", "password": Person::PASSWORD})).await.ok();
    let token = secrets.keep("a token", text(&made["token"]));
    robin.with(&token).get("/rooms").await.ok();
    robin.with(&format!("{token}x")).get("/rooms").await;
    robin.get(&format!("/rooms?access_token={access}")).await;
    let room = robin.makes_room(&[]).await;
    robin.says(room, &secrets.keep("a message by the API", "gulls over the pier")).await;
    let names = json!({"username": "builds", "display_name": "Builds"});
    let hook = robin.post(&format!("/rooms/{room}/hooks"), names).await.ok();
    let path = text(&hook["url"]).split_once("/api/").unwrap().1;
    secrets.keep("a webhook's address", path.rsplit('/').next().unwrap());
    let body = secrets.keep("a webhook's message", "the build is green");
    let request = robin.request(Method::POST, &format!("/api/{path}")).json(&json!({ "text": body }));
    assert_eq!(robin.answer(request).await.status, 200);
    // As a proxy that passes no upgrades on hands them over.
    for _ in 0..2 {
        let stripped = robin.request(Method::GET, "/ws").header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        let answer = robin.answer(stripped.header("sec-websocket-version", "13")).await;
        assert!(answer.status == 426 && answer.text.contains("does not pass upgrades on"), "{}", answer.text);
    }
    assert!(!robin.get("/ws").await.text.contains("the proxy"), "nothing says that a browser has asked");
    robin
        .post_raw("/rooms", r#"{"name": "no end to "#.to_owned() + &secrets.keep("a broken body", "the broken line"))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_and_no_message_is_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = started(folder.path(), &[("NATTER_LOG", "debug")]).await;
    let mut secrets = Secrets::default();
    secrets.keep("the setup code", &node.setup_code());
    by_pages(&node, &mut secrets).await;
    by_the_api(&node, &mut secrets).await;
    assert!(node.stop().await.success());
    let log = node.read_log();
    let answered = log.lines().filter(|line| line.contains("A request was answered")).count();
    assert!(answered > 30, "the test's own premise: {answered}");
    for route in ["/rooms/{room}", "/form/{endpoint}", "/api/hooks/", "/assets/{name}", "/ws", "/login"] {
        assert!(log.contains(route), "the test's own premise: {route}");
    }
    assert_eq!(log.matches("does not pass upgrades on").count(), 1, "it is told once");
    secrets.are_absent(&log);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_fails_names_its_lines_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("NATTER_LOG_FORMAT", "json"), ("NATTER_SABOTAGE", "panic"), ("NATTER_LOG", "debug")];
    let mut node = started(folder.path(), &settings).await;
    let ines = Browser::new(node.addr.into()).registers("ines").await;
    let room = ines.room_with(&[&ines.by(Browser::new(node.addr.into()).registers("jona").await.copy())]).await;
    let (room, id) = (room.to_string(), client_id().to_string());
    let fields = [("room", room.as_str()), ("client_id", &id), ("text", "panic"), ("page", "/rooms")];
    let answer = ines.form("send_message", &fields).await;
    let name = answer.header("x-request-id").to_owned();
    assert_eq!(answer.status, 500);
    assert!(answer.body.contains(&format!("mention {name}.")), "{}", answer.body);
    node.stop().await;
    let lines: Vec<Value> = node.read_log().lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let of_it: Vec<_> = lines.iter().filter(|line| line["span"]["id"] == name || of_spans(line, &name)).collect();
    let says = |words: &str| of_it.iter().any(|line| line["fields"]["message"].as_str().unwrap().contains(words));
    assert!(says("A request failed") && says("panicked"), "{of_it:#?}");
    assert!(of_it.iter().all(|line| line["spans"][0]["route"] == "/form/{endpoint}"), "{of_it:#?}");
}

fn of_spans(line: &Value, name: &str) -> bool {
    line["spans"].as_array().is_some_and(|spans| spans.iter().any(|span| span["id"] == name))
}
