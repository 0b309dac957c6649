//! The name of a request, by which whoever runs the server finds it in the log.

use super::support::{Answer, Browser, Server};
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;

const NAME: &str = "x-request-id";

async fn named(browser: &Browser, name: &str) -> Answer {
    browser.answer(browser.request(Method::GET, "/login").header(NAME, name)).await
}

#[tokio::test]
async fn every_answer_bears_another_name() {
    let server = Server::start().await;
    let stranger = server.stranger();
    let mut names = BTreeSet::new();
    for path in ["/login", "/login", "/nowhere", "/healthz", "/assets/none.css", "/api/v1/me", "/ws", "/up"] {
        let answer = stranger.get(path).await;
        let name = answer.header(NAME).to_owned();
        assert!(name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit()), "{path}: {name:?}");
        assert!(names.insert(name), "{path}");
    }
}

#[tokio::test]
async fn only_a_trusted_proxy_names_requests_and_only_plainly() {
    let (behind, alone) = (
        Server::with(&["--trusted-proxies", "127.0.0.1"]).await,
        Server::with(&["--trusted-proxies", "10.0.0.1"]).await,
    );
    let (behind, alone) = (behind.stranger(), alone.stranger());
    assert_eq!(named(&behind, "4bf92f3577b34da6").await.header(NAME), "4bf92f3577b34da6");
    for odd in ["short", "with a space", "<script>", &"x".repeat(65)] {
        assert_ne!(named(&behind, odd).await.header(NAME), odd);
    }
    assert_ne!(named(&alone, "4bf92f3577b34da6").await.header(NAME), "4bf92f3577b34da6");
}

#[tokio::test]
async fn a_refusal_of_the_api_holds_its_name() {
    let server = Server::start().await;
    let stranger = server.stranger();
    for (method, path) in [
        (Method::GET, "/api/v1/me"),
        (Method::GET, "/api/v1/nothing"),
        (Method::DELETE, "/api/openapi.json"),
        (Method::POST, "/api/v1/sessions"),
    ] {
        let answer = stranger.answer(stranger.request(method, path)).await;
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        let problem: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(problem["request_id"], answer.header(NAME), "{path}");
    }
}
