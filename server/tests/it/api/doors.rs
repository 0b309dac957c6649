//! How a request proves who asks, and what proves nothing.

use super::support::{Program, text};
use crate::live::support::{Server, Socket};
use serde_json::json;

/// Base64 in the alphabet of JWTs, without padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(bits >> (18 - 6 * at)) as usize & 63]));
        }
    }
    text
}

#[tokio::test]
async fn a_token_of_another_algorithm_or_with_other_claims_is_refused() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let own = ines.token.clone().unwrap();
    let [head, claims, signature] = own.split('.').collect::<Vec<_>>()[..] else { panic!("{own}") };
    assert_eq!(head, base64(br#"{"typ":"JWT","alg":"HS256"}"#), "the test's own premise");
    let mut forged = vec![
        format!("{}.{claims}.", base64(br#"{"alg":"none"}"#)),
        format!("{}.{claims}.{signature}", base64(br#"{"alg":"none"}"#)),
        format!("{}.{claims}.{signature}", base64(br#"{"typ":"JWT","alg":"HS512"}"#)),
        format!("{}.{claims}.{signature}", base64(br#"{"typ":"JWT","alg":"RS256"}"#)),
        format!("{}.{claims}.{signature}", base64(br#"{"typ":"JWT","alg":"ES256","jwk":{}}"#)),
        format!("{head}.{claims}."),
        format!("{head}.{claims}"),
        format!("{head}.{}.{signature}", base64(br#"{"sub":"1"}"#)),
        format!("{head}.{claims}.{}", signature.chars().rev().collect::<String>()),
        own.to_uppercase(),
        ines.refresh.clone(),
        String::new(),
    ];
    forged.push("x".repeat(5000));
    for token in forged {
        let answer = ines.with(&token).get("/me").await;
        assert_eq!(answer.refusal(), (401, "unauthenticated"), "{token}");
        assert_eq!(ines.with(&token).opens("/ws").await.err(), Some(401), "{token}");
    }
    assert_eq!(ines.get("/me").await.status, 200);
}

#[tokio::test]
async fn a_token_in_the_query_is_not_taken() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let token = ines.token.clone().unwrap();
    let ticket = ines.post("/tickets", json!({})).await.ok();
    let stranger = Program::of(&server);
    for name in ["access_token", "token", "authorization", "ticket"] {
        for secret in [&*token, text(&ticket["ticket"])] {
            let path = format!("/me?{name}={secret}");
            assert_eq!(stranger.get(&path).await.refusal(), (401, "unauthenticated"), "{name}");
            let origin = format!("http://{}", ines.addr());
            let socket = Socket::open(ines.addr(), &format!("/ws?{name}={secret}"), &[("origin", &origin)]).await;
            assert_eq!(socket.err(), Some(401), "{name}");
        }
    }
}

#[tokio::test]
async fn a_bearer_counts_more_than_a_cookie() {
    let server = Server::start().await;
    let browser = server.person("ines").await;
    let jona = Program::of(&server).registers("jona").await;
    let by_cookie = |program: &Program| program.request(reqwest::Method::GET, "/me").header("cookie", browser.cookie());
    let stranger = Program::of(&server);
    let answer = stranger.answer(by_cookie(&stranger)).await;
    assert_eq!(answer.ok()["username"], "ines", "the test's own premise");
    assert_eq!(jona.answer(by_cookie(&jona)).await.ok()["username"], "jona");
    for wrong in ["x", ""] {
        let answer = stranger.answer(by_cookie(&stranger.with(wrong))).await;
        assert_eq!(answer.refusal(), (401, "unauthenticated"), "{wrong:?}");
    }
    let basic = by_cookie(&stranger).header("authorization", "Basic aW5lczp4");
    assert_eq!(stranger.answer(basic).await.refusal(), (401, "unauthenticated"));
}

#[tokio::test]
async fn a_cookie_changes_something_only_from_our_own_pages() {
    let server = Server::start().await;
    let browser = server.person("ines").await;
    let program = Program::of(&server);
    let rename = |origin: &str| {
        let request = program.request(reqwest::Method::PATCH, "/me").json(&json!({"display_name": "Forged"}));
        let request = request.header("cookie", browser.cookie());
        if origin.is_empty() { request } else { request.header("origin", origin) }
    };
    for origin in ["", "null", "https://evil.org"] {
        assert_eq!(program.answer(rename(origin)).await.refusal(), (403, "forbidden"), "{origin:?}");
    }
    let own = format!("http://{}", program.addr());
    assert_eq!(program.answer(rename(&own)).await.status, 204);
    // Nothing but an empty cookie would pass the gate as a program, and proves nothing.
    assert_eq!(program.patch("/me", json!({"display_name": "Forged"})).await.refusal(), (401, "unauthenticated"));
}
