//! What one person may take up (promises S4 and R19).

use super::support::{Raw, Server, Socket, frame, within};
use protocol::{Command, Event, close};
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::Message;

const SOCKETS: usize = 20;

#[tokio::test]
async fn the_twenty_first_socket_of_a_person_is_refused() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let mut open = Vec::new();
    for _ in 0..SOCKETS {
        open.push(ines.line("/ws").await);
    }
    for _ in 0..2 {
        assert_eq!(ines.upgrade("/ws").await.unwrap().ends().await, Some(close::TOO_MANY));
    }
    assert_eq!(server.again(&ines).await.upgrade("/ws").await.unwrap().ends().await, Some(close::TOO_MANY));
    jona.line("/ws").await;
    for socket in &mut open {
        assert_eq!(socket.ask(Command::Ping).await, Event::Pong);
    }
    drop(open.pop());
    within("a free place", async { while ines.upgrade("/ws").await.unwrap().listen().await.is_none() {} }).await;
}

#[tokio::test]
async fn too_many_commands_close_the_socket_and_no_other() {
    let server = Server::with(&[]).await;
    let ines = server.person("ines").await;
    let (mut hasty, mut calm) = (ines.line("/ws").await, ines.line("/ws").await);
    let mut answered = 0;
    // Pings weigh a quarter of a command.
    for n in 0..160 {
        hasty.raw(Message::text(format!("{{\"id\":{n},\"type\":\"ping\"}}"))).await;
    }
    assert_eq!(hasty.ends().await, Some(close::TOO_FAST));
    answered += hasty.log.iter().filter(|frame| frame.event == Event::Pong).count();
    assert!((80..96).contains(&answered), "{answered}");
    assert_eq!(calm.ask(Command::Ping).await, Event::Pong);
    ines.line("/ws").await;
}

#[tokio::test]
async fn a_flood_of_pings_closes_the_socket() {
    let server = Server::with(&[]).await;
    let ines = server.person("ines").await;
    let mut raw = Raw::open(&ines).await;
    for _ in 0..160 {
        raw.write(&frame(0x89, b"?")).await;
    }
    assert_eq!(raw.ends().await, Some(close::TOO_FAST));
}

#[tokio::test]
async fn junk_counts_as_commands() {
    let server = Server::with(&[]).await;
    let ines = server.person("ines").await;
    let mut socket = ines.line("/ws").await;
    for _ in 0..40 {
        socket.raw(Message::text("junk")).await;
    }
    assert_eq!(socket.ends().await, Some(close::TOO_FAST));
}

/// A reader that is stuck is closed, the others are not held up, and it can resume without a loss.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_is_closed_and_holds_nobody_up() {
    let server = Server::start().await;
    let (ines, jona, bea) = (server.person("ines").await, server.person("jona").await, server.person("bea").await);
    let room = ines.room_with(&[&jona, &bea]).await;
    let state = jona.socket().await.state;
    let (mut author, mut reader) = (ines.socket().await, bea.socket().await);
    let mut stuck = Socket::narrow(&jona).await;
    within("three sockets", async {
        while server.sockets() != 3 {
            tokio::task::yield_now().await;
        }
    })
    .await;

    let big = "𝄞".repeat(7900);
    let (mut sent, mut slowest) = (0, Duration::ZERO);
    while server.sockets() == 3 {
        assert!(sent < 600, "still open after {sent} big messages");
        let (start, words) = (Instant::now(), format!("{sent} {big}"));
        assert!(matches!(author.says(room, &words).await, Event::Ack { .. }));
        reader.hears_words(&words).await;
        slowest = slowest.max(start.elapsed());
        sent += 1;
    }
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
    assert!(stuck.ends().await.is_none_or(|code| code == close::TOO_SLOW));
    assert!(stuck.heard(room).count() < sent);

    let back = jona.resumes(state).await;
    assert_eq!(back.state.room(room).unwrap().room.last_no.get(), sent as i64);
}
