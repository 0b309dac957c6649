//! What ends at one node ends at the other (promises S2 and S3).

use super::support::Installation;
use crate::command::natter;
use crate::contract::postgres;
use crate::live::support::{Person, Socket};
use protocol::{Command, Event, RoomId, close};
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_out_closes_the_sockets_at_both_nodes() {
    let home = Installation::start().await;
    let ines = home.person("ines").await;
    let elsewhere = home.again(&ines).await;
    let (mut here, mut there) = (home.sockets(&ines).await, home.sockets(&elsewhere).await);
    let before = ines.copy();
    ines.does("logout", &[]).await;
    are_logged_out(&mut here).await;
    for _ in 0..4 {
        assert_eq!(
            before.get("/rooms").await.location(),
            "/login?next=/rooms",
            "at both nodes the cookie is worth nothing"
        );
    }
    for socket in &mut there {
        assert_eq!(socket.ask(Command::Ping).await, Event::Pong, "another session goes on");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_password_closes_the_other_sessions_at_both_nodes() {
    let home = Installation::start().await;
    let ines = home.person("ines").await;
    let elsewhere = home.again(&ines).await;
    let (mut here, mut there) = (home.sockets(&ines).await, home.sockets(&elsewhere).await);
    let fields = [("password", Person::PASSWORD), ("new_password", "a new and better one"), ("page", "/settings")];
    ines.does("set_password", &fields).await;
    are_logged_out(&mut there).await;
    for socket in &mut here {
        assert_eq!(socket.ask(Command::Ping).await, Event::Pong, "the session that did it goes on");
    }
}

/// The command line tells nobody: each node reads it in the log of administration.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_disabled_by_command_is_out_at_both_nodes_without_redis() {
    let database = postgres::database().await;
    let mut home = Installation::on(database.clone()).await;
    let (ines, jona) = (home.person("ines").await, home.person("jona").await);
    let (mut staying, mut leaving) = (home.sockets(&ines).await, home.sockets(&jona).await);
    home.loses_redis();
    let answer = natter(&database, "user disable jona", "").await;
    assert_eq!(answer.code, 0, "{answer:?}");
    are_logged_out(&mut leaving).await;
    for socket in &mut staying {
        assert_eq!(socket.ask(Command::Ping).await, Event::Pong);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_removed_hears_nothing_more_at_either_node() {
    let home = Installation::start().await;
    let (ines, jona) = (home.person("ines").await, home.person("jona").await);
    let mallory = home.person("mallory").await;
    let (room, other) = (ines.room_with(&[&jona, &mallory]).await, ines.room_with(&[&mallory]).await);
    let (mut removed, mut staying) = (home.sockets(&mallory).await, home.sockets(&jona).await);
    ines.posts(room, "before").await;
    for socket in removed.iter_mut().chain(&mut staying) {
        socket.hears_words("before").await;
    }
    ines.removes(&mallory, room).await;
    for n in 0..4 {
        ines.posts(room, &format!("after {n}")).await;
    }
    for socket in &mut staying {
        socket.hears_words("after 3").await;
    }
    ines.posts(other, "elsewhere").await;
    for socket in &mut removed {
        socket.hears_words("elsewhere").await;
        socket.hears(|event| *event == Event::RoomGone { room }).await;
        assert_eq!(socket.ask(Command::Ping).await, Event::Pong);
        assert_eq!(words(socket, room), ["before"]);
    }
}

fn words(socket: &Socket, room: RoomId) -> Vec<&str> {
    socket.heard(room).map(|(_, message)| message.text.as_str()).collect()
}
