//! Log-ins of programs: how they go on and how they end.

use super::support::{Program, each, text};
use crate::live::support::Server;
use protocol::{Command, Event, close};
use serde_json::json;

#[tokio::test]
async fn a_refreshed_log_in_goes_on_with_new_tokens() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let mut socket = ines.opens("/ws").await.unwrap();
    let stranger = Program::of(&server);
    let body = stranger.post("/sessions/refresh", json!({"refresh_token": ines.refresh})).await.ok();
    assert_ne!(text(&body["refresh_token"]), ines.refresh);
    let renewed = ines.with(text(&body["access_token"]));
    assert_eq!(renewed.get("/me").await.ok()["id"], ines.id);
    assert_eq!(ines.get("/me").await.status, 200, "the same session, whose older access token has its minutes left");
    assert_eq!(socket.ask(Command::Ping).await, Event::Pong);
    assert_eq!(each(&renewed.get("/sessions").await.ok(), "is_current"), [true]);
}

#[tokio::test]
async fn a_refresh_token_that_comes_again_ends_all_that_came_of_it() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let other = ines.logs_in("ines").await;
    let stranger = Program::of(&server);
    let body = stranger.post("/sessions/refresh", json!({"refresh_token": ines.refresh})).await.ok();
    let renewed = ines.with(text(&body["access_token"]));
    let (mut socket, mut elsewhere) = (renewed.opens("/ws").await.unwrap(), other.opens("/ws").await.unwrap());
    let again = stranger.post("/sessions/refresh", json!({"refresh_token": ines.refresh})).await;
    assert_eq!(again.refusal(), (401, "unauthenticated"));
    assert_eq!(socket.ends().await, Some(close::LOGGED_OUT));
    for program in [&*ines, &renewed] {
        assert_eq!(program.get("/me").await.refusal(), (401, "unauthenticated"));
    }
    let next = stranger.post("/sessions/refresh", json!({"refresh_token": body["refresh_token"]})).await;
    assert_eq!(next.refusal(), (401, "unauthenticated"), "the thief's, or the owner's: it ends either way");
    assert_eq!(other.get("/me").await.status, 200, "another log-in goes on");
    assert_eq!(elsewhere.ask(Command::Ping).await, Event::Pong);
}

#[tokio::test]
async fn two_refreshes_at_once_do_not_both_succeed() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let refresh = || ines.post("/sessions/refresh", json!({"refresh_token": ines.refresh}));
    let (one, two) = tokio::join!(refresh(), refresh());
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    assert_eq!(ines.get("/me").await.refusal(), (401, "unauthenticated"));
}

#[tokio::test]
async fn a_log_out_ends_the_access_token_at_once() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let mut socket = ines.opens("/ws").await.unwrap();
    assert_eq!(ines.delete("/sessions/current").await.status, 204);
    assert_eq!(ines.get("/me").await.refusal(), (401, "unauthenticated"));
    assert_eq!(socket.ends().await, Some(close::LOGGED_OUT));
    let refresh = ines.post("/sessions/refresh", json!({"refresh_token": ines.refresh})).await;
    assert_eq!(refresh.refusal(), (401, "unauthenticated"));
    assert_eq!(ines.opens("/ws").await.err(), Some(401));
}

#[tokio::test]
async fn one_log_in_or_all_others_can_be_ended_from_elsewhere() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let browser = server.stranger().logs_in("ines").await;
    ines.put("/me/password", json!({"password": super::support::PASSWORD, "new_password": "short"})).await.refusal();
    let (second, third) = (ines.logs_in("ines").await, ines.logs_in("ines").await);
    let list = ines.get("/sessions").await.ok();
    let mut kinds: Vec<_> = each(&list, "kind").into_iter().map(text).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["browser", "program", "program", "program"]);
    let own = second.get("/sessions").await.ok();
    let current = own["items"].as_array().unwrap().iter().find(|session| session["is_current"] == true).unwrap();
    let path = format!("/sessions/{}", text(&current["id"]));
    assert_eq!(ines.delete(&path).await.status, 204);
    assert_eq!(second.get("/me").await.refusal(), (401, "unauthenticated"));
    assert_eq!(ines.delete(&path).await.refusal(), (404, "not_found"));
    let mut sockets = [third.opens("/ws").await.unwrap(), browser.socket().await];
    assert_eq!(ines.delete("/sessions").await.status, 204);
    for socket in &mut sockets {
        assert_eq!(socket.ends().await, Some(close::LOGGED_OUT));
    }
    assert_eq!(third.get("/me").await.refusal(), (401, "unauthenticated"));
    assert_eq!(browser.get("/rooms").await.status, 303);
    assert_eq!(each(&ines.get("/sessions").await.ok(), "is_current"), [true]);
}

#[tokio::test]
async fn a_person_s_log_ins_are_nobody_else_s_to_end() {
    let server = Server::start().await;
    let (ines, jona) = (Program::of(&server).registers("ines").await, Program::of(&server).registers("jona").await);
    let list = ines.get("/sessions").await.ok();
    let id = text(&list["items"][0]["id"]);
    assert_eq!(jona.delete(&format!("/sessions/{id}")).await.refusal(), (404, "not_found"));
    for id in ["%00", "x", "..%2f", &"g".repeat(64), &"0".repeat(64)] {
        assert_eq!(jona.delete(&format!("/sessions/{id}")).await.refusal(), (404, "not_found"), "{id}");
    }
    assert_eq!(ines.get("/me").await.status, 200);
}
