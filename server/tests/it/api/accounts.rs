//! Accounts.

use super::support::{PASSWORD, Program, applicant, each, text};
use crate::live::support::Server;
use serde_json::json;

#[tokio::test]
async fn whoever_registers_is_logged_in_and_knows_who_they_are() {
    let server = Server::start().await;
    let answer = Program::of(&server).post("/accounts", applicant("ines")).await;
    assert_eq!((answer.status, answer.header("location")), (201, "/api/v1/me"));
    assert_eq!((&answer.body["token_type"], &answer.body["expires_in"]), (&json!("Bearer"), &json!(900)));
    let ines = Program::of(&server).with(text(&answer.body["access_token"]));
    let me = ines.get("/me").await.ok();
    assert_eq!(me, answer.body["account"]);
    let told = json!({"id": me["id"], "username": "ines", "display_name": "Ines", "email": "ines@example.org",
        "is_admin": true, "bot_of": null});
    assert_eq!(me, told);
    assert_eq!(Program::of(&server).registers("jona").await.get("/me").await.ok()["is_admin"], false);
}

#[tokio::test]
async fn every_field_at_fault_is_told_at_once() {
    let server = Server::start().await;
    let wrong = json!({"username": "x", "display_name": " ", "email": "nowhere", "password": "short"});
    let answer = Program::of(&server).post("/accounts", wrong).await;
    assert_eq!(answer.refusal(), (422, "invalid"));
    assert_eq!(answer.fields(), ["username", "display_name", "email", "password"]);
}

#[tokio::test]
async fn a_name_or_address_has_one_account() {
    let server = Server::start().await;
    let stranger = Program::of(&server);
    stranger.registers("ines").await;
    for (field, value) in [("username", "INES"), ("email", "Ines@Example.org")] {
        let mut again = applicant("other");
        again[field] = json!(value);
        let answer = stranger.post("/accounts", again).await;
        assert_eq!((answer.refusal(), answer.fields()), ((409, "taken"), vec![field]));
    }
}

#[tokio::test]
async fn a_closed_server_takes_the_first_account_only() {
    let server = Server::with(&["--registration", "closed"]).await;
    let stranger = Program::of(&server);
    stranger.registers("ines").await;
    let answer = stranger.post("/accounts", applicant("jona")).await;
    assert_eq!(answer.refusal(), (403, "registration_closed"));
}

#[tokio::test]
async fn another_display_name_is_seen_by_others() {
    let server = Server::start().await;
    let (ines, jona) = (Program::of(&server).registers("ines").await, Program::of(&server).registers("jona").await);
    assert_eq!(ines.patch("/me", json!({"display_name": "Inês 🎉"})).await.status, 204);
    assert_eq!(each(&jona.get("/people?q=inês").await.ok(), "display_name"), [&json!("Inês 🎉")]);
    let answer = ines.patch("/me", json!({"display_name": "a\u{202e}b"})).await;
    assert_eq!((answer.refusal(), answer.fields()), ((422, "invalid"), vec!["display_name"]));
}

#[tokio::test]
async fn another_password_ends_the_other_log_ins() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let elsewhere = ines.logs_in("ines@example.org").await;
    let new = json!({"password": "not the right one", "new_password": "a better one"});
    let answer = ines.put("/me/password", new).await;
    assert_eq!((answer.refusal(), answer.fields()), ((403, "wrong_password"), vec!["password"]));
    let short = ines.put("/me/password", json!({"password": PASSWORD, "new_password": "short"})).await;
    assert_eq!((short.refusal(), short.fields()), ((422, "invalid"), vec!["new_password"]));
    let new = json!({"password": PASSWORD, "new_password": "a better one"});
    assert_eq!(ines.put("/me/password", new).await.status, 204);
    assert_eq!(elsewhere.get("/me").await.refusal(), (401, "unauthenticated"));
    assert_eq!(ines.get("/me").await.status, 200);
    let old = ines.post("/sessions", json!({"login": "ines", "password": PASSWORD})).await;
    assert_eq!(old.refusal(), (401, "login_failed"));
}

#[tokio::test]
async fn a_failed_log_in_does_not_tell_whether_the_account_exists() {
    let server = Server::start().await;
    let stranger = Program::of(&server);
    stranger.registers("ines").await;
    let mut told = Vec::new();
    for login in ["ines", "nobody", "in\u{0}es", ""] {
        let answer = stranger.post("/sessions", json!({"login": login, "password": "not the right one"})).await;
        assert_eq!(answer.refusal(), (401, "login_failed"), "{login:?}");
        told.push(answer.words());
    }
    told.dedup();
    assert_eq!(told.len(), 1);
}
