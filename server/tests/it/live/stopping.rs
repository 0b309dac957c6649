//! A stop that loses nothing (promise R20).

use super::support::{Person, Server, Socket, client_id, no, text};
use protocol::{ClientId, Command, Event, RoomId, close};
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

#[tokio::test]
async fn every_socket_is_told_to_come_back() {
    let mut server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let mut sockets = [ines.socket().await, jona.socket().await, jona.socket_at(&format!("/ws/rooms/{room}")).await];
    let start = Instant::now();
    let codes = async {
        let mut codes = Vec::new();
        for socket in &mut sockets {
            codes.push(socket.ends().await);
        }
        codes
    };
    let ((), codes) = tokio::join!(server.stop(), codes);
    assert_eq!(codes, [Some(close::RESTART); 3]);
    for socket in sockets {
        assert_eq!(socket.reason, "come back within 500 ms and resume");
    }
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

type Drafts = HashMap<u64, (ClientId, String)>;

/// Sends without a pause until the server says goodbye; what was sent, and what was answered to each.
async fn sends_to_the_end(mut socket: Socket, room: RoomId) -> (Drafts, HashMap<u64, Event>) {
    let mut drafts = HashMap::new();
    for n in 0.. {
        let (id, words) = (client_id(), format!("message {n}"));
        let asked = socket.send(Command::NewMessage { room, client_id: id, text: text(&words) }).await;
        drafts.insert(asked, (id, words));
        for _ in 0..if n < 32 { 0 } else { 2 } {
            if socket.code.is_none() {
                socket.listen().await;
            }
        }
        if socket.code.is_some() {
            break;
        }
    }
    socket.ends().await;
    let answers = socket.log.iter().filter_map(|frame| Some((frame.id?, frame.event.clone()))).collect();
    (drafts, answers)
}

/// Somebody sends while the server stops and starts again: server, sender, room, what was sent and what was answered.
async fn restarted_in_traffic() -> (Server, Person, RoomId, Drafts, HashMap<u64, Event>) {
    let mut server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let mut listener = jona.socket().await;
    let sending = tokio::spawn(sends_to_the_end(ines.socket().await, room));
    while listener.heard(room).count() < 100 {
        listener.listen().await.unwrap();
    }
    server.restart().await;
    let (drafts, answers) = sending.await.unwrap();
    assert!(answers.values().any(|event| matches!(event, Event::Ack { .. })), "the test's own premise");
    (server, ines, room, drafts, answers)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_again_after_a_restart_stands_there_once() {
    let (_server, ines, room, drafts, answers) = restarted_in_traffic().await;
    let mut back = ines.socket().await;
    for (asked, (id, words)) in &drafts {
        let again = back.says_as(room, *id, words).await;
        match answers.get(asked).filter(|event| matches!(event, Event::Ack { .. })) {
            Some(first) => assert_eq!(again, *first),
            None => assert!(matches!(again, Event::Ack { .. }), "{again:?}"),
        }
    }
    assert_eq!(ines.sees("/rooms").await.room(room).unwrap().room.last_no.get(), drafts.len() as i64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_stopping_server_has_stored_it_has_acknowledged() {
    let (_server, ines, room, drafts, answers) = restarted_in_traffic().await;
    let mut back = ines.socket().await;
    let mut stored = HashSet::new();
    let mut after = no(0);
    loop {
        let page = Command::FetchMessages { room, before: None, after: Some(after), around: None, limit: Some(100) };
        let Event::Messages { slice, .. } = back.ask(page).await else { panic!("no page") };
        stored.extend(slice.messages.iter().map(|message| message.client_id));
        match slice.last_no().filter(|_| slice.later) {
            Some(last) => after = last,
            None => break,
        }
    }
    let is_acked = |asked| matches!(answers.get(asked), Some(Event::Ack { .. }));
    for (asked, (id, words)) in &drafts {
        assert_eq!(is_acked(asked), stored.contains(id), "{words}: acknowledged, stored");
    }
}

/// A server that stops answers nobody new; a socket that was just being opened is told to come back like the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_socket_opens_behind_a_stop() {
    let mut server = Server::start().await;
    for round in 0..4 {
        let mut people = Vec::new();
        for n in 0..3 {
            people.push(server.person(&format!("person-{round}-{n}")).await);
        }
        let opening: Vec<_> = (0..24)
            .map(|n| {
                let person = people[n % 3].clone();
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_micros(200 * n as u64)).await;
                    match person.upgrade("/ws").await {
                        Ok(mut socket) => socket.ends().await,
                        Err(_) => None,
                    }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(2)).await;
        let start = Instant::now();
        server.stop().await;
        let took = start.elapsed();
        for socket in opening {
            let code = socket.await.expect("each socket ends");
            assert!(code.is_none_or(|code| code == close::RESTART), "round {round}: {code:?}");
        }
        assert!(took < Duration::from_secs(4), "round {round}: {took:?}");
        server.restart().await;
    }
}

#[tokio::test]
async fn a_connection_that_asks_nothing_does_not_hold_up_a_stop() {
    let mut server = Server::start().await;
    let ines = server.person("ines").await;
    let silent = TcpStream::connect(ines.addr()).await.unwrap();
    assert_eq!(ines.get("/healthz").await.status, 200, "the silent one has been accepted before this");
    let start = Instant::now();
    server.stop().await;
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    drop(silent);
}
