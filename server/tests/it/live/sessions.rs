//! Sessions begin anew at log-in, and their end reaches their sockets (promises S2 and S8).

use super::support::{Person, Server};
use futures::future::join_all;
use protocol::close;
use sqlx::{Connection, SqliteConnection};
use std::time::Duration;

#[tokio::test]
async fn a_planted_cookie_is_worth_nothing_after_the_log_in() {
    let server = Server::start().await;
    let (ines, mallory) = (server.person("ines").await, server.person("mallory").await);
    let (planted, victim) = (mallory.copy(), mallory.copy());
    let mut open = mallory.socket().await;
    let answer = victim.form("login", &[("login", "ines"), ("password", Person::PASSWORD), ("page", "/login")]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_ne!(victim.cookie(), planted.cookie());
    assert_eq!(Person::arrived(victim, "ines").await.id, ines.id);
    assert_eq!(planted.get("/rooms").await.location(), "/login?next=/rooms");
    assert_eq!(planted.upgrade("/ws").await.err(), Some(401));
    assert_eq!(open.ends().await, Some(close::LOGGED_OUT));
}

#[tokio::test]
async fn logging_out_closes_the_sockets_of_this_session_and_no_other() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let elsewhere = server.again(&ines).await;
    let (mut one, mut two) = (ines.socket().await, ines.socket_at(&format!("/ws/rooms/{room}")).await);
    let (mut other, mut jonas) = (elsewhere.socket().await, jona.socket().await);
    let before = ines.copy();
    ines.does("logout", &[]).await;
    assert_eq!(one.ends().await, Some(close::LOGGED_OUT));
    assert_eq!(two.ends().await, Some(close::LOGGED_OUT));
    jonas.says(room, "still here?").await;
    other.hears_words("still here?").await;
    assert_eq!(before.get("/rooms").await.status, 303, "the cookie is worth nothing, wherever a copy of it is");
    assert_eq!(before.upgrade("/ws").await.err(), Some(401));
}

#[tokio::test]
async fn another_password_ends_all_other_sessions() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let elsewhere = server.again(&ines).await;
    let (mut mine, mut other, mut jonas) = (ines.socket().await, elsewhere.socket().await, jona.socket().await);
    let wrong = [("password", "not the right one"), ("new_password", "a new and better one"), ("page", "/settings")];
    assert_eq!(ines.form("set_password", &wrong).await.status, 422);
    let right = [("password", Person::PASSWORD), ("new_password", "a new and better one"), ("page", "/settings")];
    ines.does("set_password", &right).await;
    assert_eq!(other.ends().await, Some(close::LOGGED_OUT));
    assert_eq!(elsewhere.get("/rooms").await.status, 303);
    jonas.says(room, "still here?").await;
    mine.hears_words("still here?").await;
    assert_eq!(ines.get("/rooms").await.status, 200);

    let log_in = async |password| {
        server.stranger().form("login", &[("login", "ines"), ("password", password), ("page", "/login")]).await.status
    };
    assert_eq!(log_in(Person::PASSWORD).await, 422);
    assert_eq!(log_in("a new and better one").await, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_in_under_way_does_not_outlive_the_password_that_it_was_made_with() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let mut password = Person::PASSWORD.to_owned();
    for round in 0..4 {
        let next = format!("a better word, number {round}");
        let change = [("password", password.as_str()), ("new_password", &next), ("page", "/settings")];
        let log_in = [("login", "ines"), ("password", &password), ("page", "/login")];
        let browsers: Vec<_> = (0..8).map(|_| server.stranger()).collect();
        let log_ins = browsers.iter().map(|browser| browser.form("login", &log_in));
        let (_, changed) = tokio::join!(join_all(log_ins), ines.form("set_password", &change));
        assert_eq!(changed.status, 303);
        for browser in &browsers {
            assert_eq!(browser.get("/rooms").await.status, 303, "whoever was let in is out again");
        }
        password = next;
    }
}

#[tokio::test]
async fn an_ended_session_does_not_come_back_with_a_request_under_way() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let before = ines.copy();
    let (out, _) = tokio::join!(ines.form("logout", &[]), async {
        for _ in 0..5 {
            before.get("/rooms").await;
        }
    });
    assert_eq!(out.status, 303);
    assert_eq!(before.get("/rooms").await.status, 303);
}

/// A socket whose upgrade was on its way when the session ended must not outlive it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_socket_slips_through_while_its_session_ends() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    for round in 0..12 {
        let here = server.again(&ines).await;
        let before = here.copy();
        let opening: Vec<_> = (0..8)
            .map(|delay| {
                let before = before.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_micros(delay * 150)).await;
                    before.upgrade("/ws").await
                })
            })
            .collect();
        here.does("logout", &[]).await;
        for socket in opening {
            if let Ok(mut socket) = socket.await.unwrap() {
                assert_eq!(socket.ends().await, Some(close::LOGGED_OUT), "round {round}");
            }
        }
    }
}

#[tokio::test]
async fn a_log_in_ends_as_was_said_however_much_it_is_used() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let expires = async || {
        let mut db = SqliteConnection::connect(server.database().to_str().unwrap()).await.unwrap();
        let all: Vec<i64> = sqlx::query_scalar("select expires from sessions").fetch_all(&mut db).await.unwrap();
        all
    };
    let before = expires().await;
    assert_eq!(before.len(), 1);
    ines.get("/rooms").await;
    ines.does("set_profile", &[("display_name", "Ines Weber"), ("page", "/settings")]).await;
    assert_eq!(expires().await, before);
}
