//! Messages in Slack's format, as programs send them: `senders/` holds for each what it posts and what a room shows.

use super::support::{Account, Program, text};
use crate::live::support::{Server, client_id};
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use std::path::Path;

const JSON: [&str; 5] = ["alertmanager", "github", "grafana", "home-assistant", "uptime-kuma"];
/// These send a form with the field `payload`.
const FORM: [&str; 3] = ["gitlab", "jenkins", "sentry"];

fn file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/api/senders");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// A room's webhook, and somebody who reads the room.
struct Hook {
    reader: Account,
    sender: Program,
    room: i64,
    path: String,
}

impl Hook {
    async fn of(server: &Server) -> Self {
        let account = Program::of(server).registers("ines").await;
        let room = account.makes_room(&[]).await;
        let names = json!({"username": "alerts", "display_name": "Alerts"});
        let made = account.post(&format!("/rooms/{room}/hooks"), names).await.ok();
        let path = text(&made["url"]).split_once("/api").map(|(_, path)| format!("/api{path}")).unwrap();
        Self { reader: account, sender: Program::of(server), room, path }
    }

    fn request(&self) -> RequestBuilder {
        self.sender.request(Method::POST, &self.path)
    }

    /// As `curl -F` sends a field.
    fn multipart(&self, name: &str, value: &str) -> RequestBuilder {
        let part = |name, value| format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        let body = format!("{}{}--cut--\r\n", part("channel", "#x"), part(name, value));
        self.request().header("content-type", "multipart/form-data; boundary=cut").body(body)
    }

    /// What the room shows after this request.
    async fn shows(&self, request: RequestBuilder) -> String {
        let answer = self.sender.answer(request).await;
        assert_eq!((answer.status, &*answer.text), (200, "ok"));
        self.reader.hears(self.room).await.pop().unwrap()
    }
}

#[tokio::test]
async fn what_programs_send_to_slack_reads_well() {
    let server = Server::start().await;
    let hook = Hook::of(&server).await;
    let sent = JSON.iter().map(|name| (name, hook.request().body(file(&format!("{name}.json")))));
    let forms = FORM.iter().map(|name| (name, hook.request().form(&[("payload", file(&format!("{name}.json")))])));
    for (name, request) in sent.chain(forms) {
        assert_eq!(hook.shows(request).await, file(&format!("{name}.txt")).trim_end(), "{name}");
    }
}

#[tokio::test]
async fn a_payload_comes_as_multipart_and_behind_a_byte_order_mark() {
    let server = Server::start().await;
    let hook = Hook::of(&server).await;
    let by_curl = hook.multipart("payload", r#"{"text": "by curl -F"}"#);
    assert_eq!(hook.shows(by_curl).await, "by curl -F");
    let like_a_form = hook.multipart("payload", r#"{"text": "see ?a=1&payload={}&b=2"}"#);
    assert_eq!(hook.shows(like_a_form).await, "see ?a=1&payload={}&b=2");
    let marked = "\u{feff}{\"text\": \"behind a mark\"}";
    assert_eq!(hook.shows(hook.request().body(marked)).await, "behind a mark");
    assert_eq!(hook.shows(hook.request().form(&[("payload", marked)])).await, "behind a mark");
}

#[tokio::test]
async fn a_long_text_is_cut_with_a_note_and_stored_once() {
    let server = Server::start().await;
    let hook = Hook::of(&server).await;
    let (key, body) = (client_id().to_string(), json!({"text": "x".repeat(9800)}));
    let request = || hook.request().json(&body).header("idempotency-key", &key);
    let shown = hook.shows(request()).await;
    assert_eq!(shown.chars().count(), 8000);
    assert!(shown.ends_with("x\n\n[Cut off: a message holds 8,000 characters.]"));
    assert_eq!(hook.shows(request()).await, shown);
    assert_eq!(hook.reader.hears(hook.room).await.len(), 1);
}

#[tokio::test]
async fn a_refusal_names_what_was_missing() {
    let server = Server::start().await;
    let hook = Hook::of(&server).await;
    for (request, status, named) in [
        (hook.request().json(&json!({"message": "hello"})), 422, "text, blocks or attachments"),
        (hook.request().json(&json!({"text": "", "attachments": [{"color": "good"}]})), 422, "attachments"),
        (hook.request().form(&[("text", "hello")]), 400, "field payload"),
        (hook.multipart("message", "hello"), 400, "field payload"),
        (hook.request().body("hello"), 400, r#"{"text": "…"}"#),
    ] {
        let answer = hook.sender.answer(request).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert!(text(&answer.body["detail"]).contains(named), "{}", answer.text);
    }
}
