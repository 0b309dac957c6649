//! Tokens and bots: they do what they were made for, and no more.

use super::support::{Account, PASSWORD, Program, each, text};
use crate::live::support::{Server, client_id, refusal};
use protocol::{Code, Command, Event, RoomId, close};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

async fn token(of: &Account, mut body: Value) -> Program {
    body["password"] = PASSWORD.into();
    of.with(text(&of.post("/tokens", body).await.ok()["token"]))
}

async fn house(server: &Server) -> (Account, i64, i64) {
    let ines = Program::of(server).registers("ines").await;
    let rooms = (ines.makes_room(&[]).await, ines.makes_room(&[]).await);
    ines.says(rooms.0, "here").await;
    ines.says(rooms.1, "there").await;
    (ines, rooms.0, rooms.1)
}

const TOO_NARROW: (u16, &str) = (403, "forbidden");
const NOTHING_HERE: (u16, &str) = (404, "not_found");

#[tokio::test]
async fn a_token_is_shown_once_listed_and_revoked() {
    let server = Server::start().await;
    let (ines, room, _) = house(&server).await;
    let made = ines
        .post(
            "/tokens",
            json!({"name": "Deploy", "access": "read", "rooms": [room], "expires_in": 3600, "password": PASSWORD}),
        )
        .await;
    assert_eq!(made.status, 201);
    let program = ines.with(text(&made.body["token"]));
    assert_eq!(program.hears(room).await, ["here"]);
    let listed = ines.get("/tokens").await.ok();
    let item = &listed["items"][0];
    assert_eq!(
        (&item["id"], &item["name"], &item["access"], &item["rooms"]),
        (&made.body["id"], &json!("Deploy"), &json!("read"), &json!([room]))
    );
    assert!(item["expires_at"].is_string() && !listed.to_string().contains("natter_p_"), "{listed}");
    assert_eq!(each(&ines.get("/sessions").await.ok(), "is_current"), [true], "a token is no log-in");
    let mut socket = program.opens("/ws").await.unwrap();
    assert_eq!(ines.delete(&format!("/tokens/{}", text(&made.body["id"]))).await.status, 204);
    assert_eq!(socket.ends().await, Some(close::LOGGED_OUT));
    assert_eq!(program.get("/me").await.refusal(), (401, "unauthenticated"));
    assert_eq!(ines.delete(&format!("/tokens/{}", text(&made.body["id"]))).await.refusal(), NOTHING_HERE);
    token(&ines, json!({"name": "For good", "access": "write"})).await;
    assert_eq!(each(&ines.get("/tokens").await.ok(), "expires_at"), [&Value::Null]);
}

#[tokio::test]
async fn a_token_that_expires_takes_its_sockets_along() {
    let server = Server::start().await;
    let (ines, ..) = house(&server).await;
    let program = token(&ines, json!({"name": "Soon over", "access": "read", "expires_in": 1})).await;
    let mut socket = program.opens("/ws").await.unwrap();
    // As after every end that nobody tells, half a minute may pass.
    let end = timeout(Duration::from_secs(40), async { while socket.listen().await.is_some() {} }).await;
    assert!(end.is_ok(), "it is still open");
    assert_eq!(socket.code, Some(close::LOGGED_OUT));
}

#[tokio::test]
async fn a_token_never_reaches_the_account() {
    let server = Server::start().await;
    let (ines, ..) = house(&server).await;
    let program = token(&ines, json!({"name": "All", "access": "read_and_write"})).await;
    assert_eq!(program.get("/me").await.ok()["email"], Value::Null);
    for path in ["/sessions", "/tokens", "/bots"] {
        assert_eq!(program.get(path).await.refusal(), TOO_NARROW, "{path}");
    }
    let new = json!({"password": PASSWORD, "new_password": "a better one"});
    assert_eq!(program.put("/me/password", new).await.refusal(), TOO_NARROW);
    assert_eq!(program.patch("/me", json!({"display_name": "x"})).await.refusal(), TOO_NARROW);
    assert_eq!(program.delete("/sessions").await.refusal(), TOO_NARROW);
    assert_eq!(
        program.post("/tokens", json!({"name": "More", "access": "read", "password": PASSWORD})).await.refusal(),
        TOO_NARROW
    );
    assert_eq!(program.post("/bots", json!({"username": "bot", "display_name": "Bot"})).await.refusal(), TOO_NARROW);
    assert_eq!(program.delete("/sessions/current").await.status, 204, "it may end itself");
    assert_eq!(program.get("/me").await.refusal(), (401, "unauthenticated"));
    assert_eq!(ines.get("/me").await.status, 200);
}

#[tokio::test]
async fn a_reading_token_changes_nothing_and_a_writing_one_sees_nothing() {
    let server = Server::start().await;
    let (ines, room, _) = house(&server).await;
    let reader = token(&ines, json!({"name": "Reader", "access": "read"})).await;
    let writer = token(&ines, json!({"name": "Writer", "access": "write"})).await;
    let path = |end: &str| format!("/rooms/{room}{end}");
    let (read, write) = ([reader.get("/rooms").await, writer.get("/rooms").await], json!({"text": "by token"}));
    assert_eq!((read[0].status, read[1].refusal()), (200, TOO_NARROW));
    for end in ["", "/members", "/messages", "/messages/1"] {
        assert_eq!(reader.get(&path(end)).await.status, 200, "{end}");
        assert_eq!(writer.get(&path(end)).await.refusal(), TOO_NARROW, "{end}");
    }
    for own in ["/people", "/contacts"] {
        assert_eq!((reader.get(own).await.status, writer.get(own).await.refusal()), (200, TOO_NARROW));
    }
    assert_eq!(reader.post(&path("/messages"), write.clone()).await.refusal(), TOO_NARROW);
    assert_eq!(writer.post(&path("/messages"), write).await.status, 201);
    for end in ["/read", "/unread"] {
        assert_eq!(reader.put(&path(end), json!({"no": 1})).await.refusal(), TOO_NARROW);
    }
    assert_eq!(reader.patch(&path(""), json!({"name": "x"})).await.refusal(), TOO_NARROW);
    assert_eq!(writer.patch(&path(""), json!({"name": "x"})).await.status, 204);
    assert_eq!(reader.post("/rooms", json!({"name": "x"})).await.refusal(), TOO_NARROW);
    assert_eq!(writer.post("/rooms", json!({"name": "x"})).await.status, 201);
    assert_eq!(reader.delete(&path(&format!("/members/{}", ines.id))).await.refusal(), TOO_NARROW);

    let mut socket = reader.opens("/ws").await.unwrap();
    socket.catches_up(None).await;
    let id = RoomId::try_from(room).unwrap();
    assert_eq!(refusal(&socket.says(id, "by socket").await), Some(Code::Forbidden));
    assert!(matches!(socket.fetches(id).await, Event::Messages { .. }));
    assert_eq!(writer.opens("/ws").await.err(), Some(403));
    assert_eq!(writer.post("/tickets", json!({})).await.refusal(), TOO_NARROW);
    assert_eq!(ines.hears(room).await, ["here", "by token"]);
}

#[tokio::test]
async fn a_token_for_one_room_knows_no_other() {
    let server = Server::start().await;
    let (ines, room, other) = house(&server).await;
    let jona = Program::of(&server).registers("jona").await;
    let program = token(&ines, json!({"name": "One", "access": "read_and_write", "rooms": [room]})).await;
    assert_eq!(each(&program.get("/rooms").await.ok(), "id"), [room]);
    assert_eq!(program.hears(room).await, ["here"]);
    for path in ["", "/messages", "/members"] {
        assert_eq!(program.get(&format!("/rooms/{other}{path}")).await.refusal(), NOTHING_HERE, "{path}");
    }
    assert_eq!(program.post(&format!("/rooms/{other}/messages"), json!({"text": "x"})).await.refusal(), NOTHING_HERE);
    for path in ["/people", "/contacts"] {
        assert_eq!(program.get(path).await.refusal(), TOO_NARROW, "{path}");
    }
    assert_eq!(program.post("/rooms", json!({"name": "x"})).await.refusal(), TOO_NARROW);
    assert_eq!(program.post("/rooms", json!({"user": jona.id})).await.refusal(), TOO_NARROW);
    assert_eq!(program.put(&format!("/contacts/{}", jona.id), Value::Null).await.refusal(), TOO_NARROW);
    assert_eq!(program.opens(&format!("/ws/rooms/{other}")).await.err(), Some(404));

    let mut socket = program.opens("/ws").await.unwrap();
    socket.catches_up(None).await;
    assert_eq!(socket.state.rooms().len(), 1);
    let (room, other) = (RoomId::try_from(room).unwrap(), RoomId::try_from(other).unwrap());
    assert_eq!(refusal(&socket.fetches(other).await), Some(Code::NotFound));
    assert_eq!(refusal(&socket.says_as(other, client_id(), "x").await), Some(Code::NotFound));
    ines.says(other.get(), "not for you").await;
    let third = ines.makes_room(&[]).await;
    ines.says(third, "neither").await;
    ines.says(room.get(), "for you").await;
    socket.hears_words("for you").await;
    assert_eq!(socket.ask(Command::Ping).await, Event::Pong);
    let heard = format!("{:?}", socket.log);
    assert!(!heard.contains("not for you") && !heard.contains("neither"), "{heard}");
}

#[tokio::test]
async fn a_token_is_made_for_what_is_one_s_own() {
    let server = Server::start().await;
    let (ines, room, _) = house(&server).await;
    let jona = Program::of(&server).registers("jona").await;
    let foreign =
        jona.post("/tokens", json!({"name": "x", "access": "read", "rooms": [room], "password": PASSWORD})).await;
    assert_eq!(foreign.refusal(), NOTHING_HERE);
    let wrong = [
        (json!({"name": "x", "access": "read", "rooms": []}), "rooms"),
        (json!({"name": "x", "access": "read", "rooms": vec![room; 101]}), "rooms"),
        (json!({"name": " ", "access": "read"}), "name"),
        (json!({"name": "x", "access": "everything"}), "access"),
        (json!({"name": "x", "access": "read", "expires_in": 0}), "expires_in"),
        (json!({"name": "x", "access": "read", "expires_in": 3_153_600_001_i64}), "expires_in"),
    ];
    for (mut body, field) in wrong {
        body["password"] = PASSWORD.into();
        let answer = ines.post("/tokens", body.clone()).await;
        assert_eq!((answer.refusal(), answer.fields()), ((422, "invalid"), vec![field]), "{body}");
    }
}

#[tokio::test]
async fn a_bot_speaks_by_its_tokens_until_it_is_retired() {
    let server = Server::start().await;
    let (ines, room, _) = house(&server).await;
    let jona = Program::of(&server).registers("jona").await;
    let bot = ines.post("/bots", json!({"username": "deploy", "display_name": "Deploy"})).await.ok()["id"].clone();
    assert_eq!(each(&ines.get("/bots").await.ok(), "username"), ["deploy"]);
    assert_eq!(ines.post(&format!("/rooms/{room}/members"), json!({"users": [bot]})).await.status, 204);
    let tokens = format!("/bots/{bot}/tokens");
    assert_eq!(jona.get(&tokens).await.refusal(), NOTHING_HERE);
    assert_eq!(
        jona.post(&tokens, json!({"name": "x", "access": "read", "password": PASSWORD})).await.refusal(),
        NOTHING_HERE
    );
    assert_eq!(jona.delete(&format!("/bots/{bot}")).await.refusal(), NOTHING_HERE);
    assert_eq!(jona.delete(&format!("/bots/{}", ines.id)).await.refusal(), NOTHING_HERE);
    let mint = async |name: &str| {
        ines.post(&tokens, json!({"name": name, "access": "read_and_write", "password": PASSWORD})).await.ok()
    };
    let (one, two) = (mint("one").await, mint("two").await);
    let (first, second) = (ines.with(text(&one["token"])), ines.with(text(&two["token"])));
    assert_eq!(first.get("/me").await.ok()["bot_of"], ines.id);
    first.says(room, "deployed").await;
    assert_eq!(ines.delete(&format!("{tokens}/{}", text(&one["id"]))).await.status, 204);
    assert_eq!(first.get("/me").await.refusal(), (401, "unauthenticated"));
    let mut socket = second.opens("/ws").await.unwrap();
    assert_eq!(ines.delete(&format!("/bots/{bot}")).await.status, 204);
    assert_eq!(socket.ends().await, Some(close::LOGGED_OUT));
    assert_eq!(second.get("/me").await.refusal(), (401, "unauthenticated"));
    assert_eq!(ines.get(&tokens).await.refusal(), NOTHING_HERE);
    assert_eq!(ines.hears(room).await, ["here", "deployed"]);
    let taken = ines.post("/bots", json!({"username": "jona", "display_name": "x"})).await;
    assert_eq!((taken.refusal(), taken.fields()), ((409, "taken"), vec!["username"]));
}

#[tokio::test]
async fn making_a_token_takes_the_password() {
    let server = Server::start().await;
    let (ines, ..) = house(&server).await;
    let bot = ines.post("/bots", json!({"username": "deploy", "display_name": "Deploy"})).await.ok()["id"].clone();
    for path in ["/tokens".to_owned(), format!("/bots/{bot}/tokens")] {
        let without = ines.post(&path, json!({"name": "x", "access": "read"})).await;
        assert_eq!(without.refusal(), (422, "invalid"), "{path}");
        let wrong = ines.post(&path, json!({"name": "x", "access": "read", "password": "not the right one"})).await;
        assert_eq!(wrong.refusal(), (403, "wrong_password"), "{path}");
        assert!(each(&ines.get(&path).await.ok(), "id").is_empty(), "{path}");
        ines.post(&path, json!({"name": "x", "access": "read", "password": PASSWORD})).await.ok();
    }
}

#[tokio::test]
async fn a_new_password_revokes_tokens_where_that_is_asked_for() {
    let server = Server::start().await;
    let (ines, ..) = house(&server).await;
    let program = token(&ines, json!({"name": "All", "access": "read"})).await;
    let mut socket = program.opens("/ws").await.unwrap();
    let keeping = json!({"password": PASSWORD, "new_password": "a better one"});
    assert_eq!(ines.put("/me/password", keeping).await.status, 204);
    assert_eq!(program.get("/me").await.status, 200);
    let revoking = json!({"password": "a better one", "new_password": PASSWORD, "revoke_tokens": true});
    assert_eq!(ines.put("/me/password", revoking).await.status, 204);
    assert_eq!(socket.ends().await, Some(close::LOGGED_OUT));
    assert_eq!(program.get("/me").await.refusal(), (401, "unauthenticated"));
    assert_eq!(ines.get("/me").await.status, 200);
}
