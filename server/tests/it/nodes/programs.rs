//! What ends for a program at one node ends at the other (promise S2).

use super::support::Installation;
use crate::api::support::{PASSWORD, Program, text};
use crate::live::support::Socket;
use protocol::{Command, Event, RoomId, close};
use serde_json::json;
use std::time::{Duration, Instant};

/// How long a socket may outlive its session (S2).
const SOON: Duration = Duration::from_secs(2);

async fn are_logged_out(sockets: &mut [Socket]) {
    let since = Instant::now();
    for socket in sockets {
        assert_eq!(socket.ends().await, Some(close::LOGGED_OUT));
    }
    assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
}

/// Two nodes whose first account exists: behind their proxy it takes the setup code, which a program's own does not.
async fn with_operator() -> Installation {
    let home = Installation::start().await;
    home.person("operator").await;
    home
}

/// The same program at both nodes, with a socket at each.
async fn at_both(home: &Installation, program: &Program) -> ([Program; 2], [Socket; 2]) {
    let [one, two] = [&home.nodes[0], &home.nodes[1]].map(|node| program.moved(node.addr));
    let sockets = [one.opens("/ws").await.unwrap(), two.opens("/ws").await.unwrap()];
    ([one, two], sockets)
}

async fn serve_no_more(programs: &[Program]) {
    for program in programs {
        assert_eq!(program.get("/me").await.refusal(), (401, "unauthenticated"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_access_token_of_one_node_serves_at_the_other_and_dies_at_both_with_its_session() {
    let home = with_operator().await;
    let ines = Program::at(home.nodes[0].addr).registers("ines").await;
    let other = ines.logs_in("ines").await;
    let (ended, mut sockets) = at_both(&home, &ines).await;
    let (going_on, mut staying) = at_both(&home, &other).await;
    assert_eq!(ended[1].get("/me").await.ok()["id"], ines.id);
    assert_eq!(ended[0].delete("/sessions/current").await.status, 204);
    serve_no_more(&ended).await;
    are_logged_out(&mut sockets).await;
    for (program, socket) in going_on.iter().zip(&mut staying) {
        assert_eq!(program.get("/me").await.status, 200);
        assert_eq!(socket.ask(Command::Ping).await, Event::Pong);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stolen_refresh_token_a_new_password_and_a_revoked_token_end_at_both_nodes() {
    let home = with_operator().await;
    let ines = Program::at(home.nodes[0].addr).registers("ines").await;

    let stolen = ines.logs_in("ines").await;
    let (programs, mut sockets) = at_both(&home, &stolen).await;
    let refresh = json!({"refresh_token": stolen.refresh});
    assert_eq!(programs[0].post("/sessions/refresh", refresh.clone()).await.status, 200);
    assert_eq!(programs[1].post("/sessions/refresh", refresh).await.refusal(), (401, "unauthenticated"));
    serve_no_more(&programs).await;
    are_logged_out(&mut sockets).await;

    let elsewhere = ines.logs_in("ines").await;
    let (programs, mut sockets) = at_both(&home, &elsewhere).await;
    let new = json!({"password": PASSWORD, "new_password": "a better one"});
    assert_eq!(ines.put("/me/password", new).await.status, 204);
    serve_no_more(&programs).await;
    are_logged_out(&mut sockets).await;

    let made = ines.post("/tokens", json!({"name": "Deploy", "access": "read", "password": "a better one"})).await.ok();
    let (programs, mut sockets) = at_both(&home, &ines.with(text(&made["token"]))).await;
    assert_eq!(ines.delete(&format!("/tokens/{}", text(&made["id"]))).await.status, 204);
    serve_no_more(&programs).await;
    are_logged_out(&mut sockets).await;
    assert_eq!(ines.get("/me").await.status, 200);
}

/// S20, without Redis too
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_hears_nothing_once_its_owner_is_removed_at_either_node() {
    for has_redis in [true, false] {
        let mut home = with_operator().await;
        let ines = Program::at(home.nodes[0].addr).registers("ines").await;
        let jona = Program::at(home.nodes[0].addr).registers("jona").await;
        let room = ines.makes_room(&[jona.id]).await;
        let bot = jona.post("/bots", json!({"username": "helper", "display_name": "Helper"})).await.ok()["id"].clone();
        let members = format!("/rooms/{room}/members");
        assert_eq!(jona.post(&members, json!({"users": [bot]})).await.status, 204);
        let new = json!({"name": "Work", "access": "read_and_write", "password": PASSWORD});
        let made = jona.post(&format!("/bots/{bot}/tokens"), new).await.ok();
        let (_, mut sockets) = at_both(&home, &jona.with(text(&made["token"]))).await;
        let (_, mut staying) = at_both(&home, &ines).await;
        ines.says(room, "before").await;
        for socket in sockets.iter_mut().chain(&mut staying) {
            socket.catches_up(None).await;
        }
        ines.says(room, "still there").await;
        for socket in sockets.iter_mut().chain(&mut staying) {
            socket.hears_words("still there").await;
        }
        if !has_redis {
            home.loses_redis();
        }
        assert_eq!(ines.delete(&format!("{members}/{}", jona.id)).await.status, 204);
        ines.says(room, "not for them").await;
        for socket in &mut staying {
            socket.hears_words("not for them").await;
        }
        let room = RoomId::try_from(room).unwrap();
        for socket in &mut sockets {
            assert_eq!(socket.ask(Command::Ping).await, Event::Pong);
            let heard: Vec<_> = socket.heard(room).map(|(_, message)| message.text.as_str()).collect();
            assert!(heard.contains(&"still there") && !heard.contains(&"not for them"), "{heard:?}");
        }
    }
}
