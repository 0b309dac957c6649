//! What no honest program sends gets 4xx in the one shape (promise S12).

use super::support::Program;
use crate::live::support::Server;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn what_no_route_takes_is_told_in_the_one_shape() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    for path in ["/nowhere", "/", "/rooms/1/nothing", "/api/v2/me", "/api/", "/api/nowhere", "/rooms/x", "/rooms/0"] {
        assert_eq!(ines.get(path).await.refusal(), (404, "not_found"), "{path}");
    }
    let wrong = ines.delete("/me").await;
    assert_eq!(wrong.refusal(), (405, "method_not_allowed"));
    let mut allowed: Vec<_> = wrong.header("allow").split(',').collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "PATCH"]);
    for method in ["TRACE", "PROPFIND", "OPTIONS"] {
        let request = ines.request(Method::from_bytes(method.as_bytes()).unwrap(), "/me");
        assert_eq!(ines.answer(request).await.refusal(), (405, "method_not_allowed"), "{method}");
    }
    let head = ines.answer(ines.request(Method::HEAD, "/me")).await;
    assert_eq!((head.status, &*head.text), (200, ""));
}

#[tokio::test]
async fn a_body_of_another_kind_or_size_is_refused() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let room = ines.makes_room(&[]).await;
    let path = format!("/rooms/{room}/messages");
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "x", ""] {
        let request = ines.request(Method::POST, &path).header("content-type", kind).body(r#"{"text": "x"}"#);
        assert_eq!(ines.answer(request).await.refusal(), (415, "unsupported_media_type"), "{kind:?}");
    }
    let request = ines.request(Method::POST, &path).body(r#"{"text": "x"}"#);
    assert_eq!(ines.answer(request).await.refusal(), (415, "unsupported_media_type"));
    let request = ines.request(Method::POST, &path).header("content-type", "application/json; charset=utf-8");
    assert_eq!(ines.answer(request.body(r#"{"text": "x"}"#)).await.status, 201);
    let large = ines.post(&path, json!({"text": "x".repeat(128 * 1024)})).await;
    assert_eq!(large.refusal(), (413, "too_large"));
    assert_eq!(ines.post(&path, json!({"text": "x".repeat(8001)})).await.refusal(), (422, "invalid"));
    assert_eq!(ines.post(&path, json!({"text": "\u{10ffff}".repeat(8000)})).await.status, 201);
}

#[tokio::test]
async fn hostile_bodies_are_refused_and_never_fail_the_server() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let room = ines.makes_room(&[]).await;
    let path = format!("/rooms/{room}/messages");
    let deep = format!("{}{}", r#"{"text":"#, "[".repeat(60_000));
    let unknown = format!(r#"{{"x":{}}}"#, "[".repeat(60_000));
    let repeated = format!(r#"{{"text":"a",{}"text":"b"}}"#, r#""text":"b","#.repeat(10));
    let cases: [(&[u8], u16); 17] = [
        (b"", 400),
        (b"{", 400),
        (b"null", 422),
        (b"[]", 422),
        (b"7", 422),
        (b"{} {}", 422),
        (br#"{"text":"x"} {}"#, 400),
        (br#"{"text":"x","color":"red"}"#, 422),
        (br#"{"text":null}"#, 422),
        (br#"{"text":["x"]}"#, 422),
        (br#"{"text":"a\u0000b"}"#, 422),
        (br#"{"text":"a\ud800b"}"#, 400),
        (b"{\"text\":\"a\x00b\"}", 400),
        (b"{\"text\":\"a\xc3\x28b\"}", 400),
        (deep.as_bytes(), 422),
        (unknown.as_bytes(), 422),
        (repeated.as_bytes(), 422),
    ];
    for (body, status) in cases {
        let answer = ines.post_raw(&path, body.to_vec()).await;
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        assert_eq!(answer.refusal().0, status, "{shown}: {}", answer.text);
        assert!(!answer.text.contains("line 1"), "{}", answer.text);
    }
    assert_eq!(ines.hears(room).await, Vec::<String>::new());
}

#[tokio::test]
async fn ids_past_what_numbers_hold_are_refused() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let room = ines.makes_room(&[]).await;
    for id in [
        "9007199254740992",
        "9223372036854775808",
        "99999999999999999999999",
        "-1",
        "0",
        "1.5",
        "1e300",
        "\"1\"",
        "null",
    ] {
        let body = format!(r#"{{"users":[{id}]}}"#);
        let answer = ines.post_raw(&format!("/rooms/{room}/members"), body).await;
        assert_eq!((answer.refusal(), answer.fields()), ((422, "invalid"), vec!["users[0]"]), "{id}");
        let path = format!("/rooms/{}", id.trim_matches('"').replace('1', "%00"));
        assert_eq!(ines.get(&path).await.refusal(), (404, "not_found"), "{path}");
    }
    for path in ["/rooms/%ff", "/rooms/%00", "/contacts/%F0%9F%8E%89", "/sessions/%ff"] {
        assert_eq!(ines.answer(ines.request(Method::DELETE, path)).await.refusal().0 / 100, 4, "{path}");
    }
}

#[tokio::test]
async fn answers_are_kept_by_nobody() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let answer = ines.get("/me").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("set-cookie"), "", "a bearer makes no cookie");
}
