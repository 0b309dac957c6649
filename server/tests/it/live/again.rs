//! Sending twice is harmless (promise R2).

use super::support::{Raw, Server, client_id, frame, refusal, text};
use protocol::{ClientId, Code, Command, Event, Request, RoomId};

fn receipt(event: &Event) -> (ClientId, i64, i64) {
    match event {
        Event::Ack { client_id, no, rev, .. } => (*client_id, no.get(), rev.get()),
        other => panic!("{other:?}"),
    }
}

fn texts(event: Event) -> Vec<String> {
    match event {
        Event::Messages { slice, .. } => slice.messages.iter().map(|message| message.text.to_string()).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_retry_brings_the_first_receipt_and_nobody_hears_it() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (mut one, mut two, mut jonas) = (ines.socket().await, ines.socket().await, jona.socket().await);
    let id = client_id();
    let first = one.says_as(room, id, "once").await;
    one.says(room, "something else").await;
    assert_eq!(one.says_as(room, id, "once").await, first);
    assert_eq!(two.says_as(room, id, "\nonce \n").await, first, "on another line, and after trimming the same text");
    let (page, number, name) = (format!("/rooms/{room}"), room.to_string(), id.to_string());
    ines.does("send_message", &[("room", &number), ("client_id", &name), ("text", "once"), ("page", &page)]).await;
    one.says(room, "the last").await;
    jonas.hears_words("the last").await;
    let heard: Vec<_> = jonas.heard(room).map(|(_, message)| message.text.as_str()).collect();
    assert_eq!(heard, ["once", "something else", "the last"]);
    assert_eq!(texts(jonas.fetches(room).await), ["once", "something else", "the last"]);
}

#[tokio::test]
async fn retries_at_the_same_time_make_one_message() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (mut one, mut two, mut jonas) = (ines.socket().await, ines.socket().await, jona.socket().await);
    let draft = |id| Command::NewMessage { room, client_id: id, text: text("once") };
    let mut ids = Vec::new();
    for _ in 0..20 {
        let id = client_id();
        let (a, b, c) = (one.send(draft(id)).await, two.send(draft(id)).await, one.send(draft(id)).await);
        let first = receipt(&one.answer(a).await);
        assert_eq!(receipt(&two.answer(b).await), first);
        assert_eq!(receipt(&one.answer(c).await), first);
        ids.push(id);
    }
    one.says(room, "the last").await;
    jonas.hears_words("the last").await;
    let heard: Vec<_> = jonas.heard(room).map(|(_, message)| message.client_id).collect();
    assert_eq!(heard[..20], ids);
    assert_eq!(heard.len(), 21);
}

#[tokio::test]
async fn another_text_under_the_same_id_is_a_conflict_and_overwrites_nothing() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let (room, other) = (ines.room_with(&[&jona]).await, ines.room_with(&[&jona]).await);
    let (mut ines, mut jona) = (ines.socket().await, jona.socket().await);
    let id = client_id();
    ines.says_as(room, id, "once").await;
    assert_eq!(refusal(&ines.says_as(room, id, "twice").await), Some(Code::Conflict));
    assert_eq!(refusal(&ines.says_as(other, id, "once").await), Some(Code::Conflict));
    assert!(matches!(jona.says_as(room, id, "mine").await, Event::Ack { .. }), "an id is its author's own");
    assert_eq!(texts(ines.fetches(room).await), ["once", "mine"]);
    assert_eq!(texts(ines.fetches(other).await), Vec::<String>::new());
}

/// A frame that leaves, on a line that is cut before the answer.
async fn sends_and_hangs_up(mut raw: Raw, room: RoomId, client_id: ClientId, words: &str) {
    let command = Command::NewMessage { room, client_id, text: text(words) };
    let request = serde_json::to_string(&Request { id: Some(1), command }).unwrap();
    raw.write(&frame(0x81, request.as_bytes())).await;
}

#[tokio::test]
async fn a_line_cut_before_the_answer_costs_and_doubles_nothing() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let mut jonas = jona.socket().await;
    let mut sent = Vec::new();
    for n in 0..12 {
        let (id, words) = (client_id(), format!("message {n}"));
        sends_and_hangs_up(Raw::open(&ines).await, room, id, &words).await;
        let mut retry = ines.line("/ws").await;
        let first = receipt(&retry.says_as(room, id, &words).await);
        assert_eq!(receipt(&retry.says_as(room, id, &words).await), first);
        assert_eq!(refusal(&retry.says_as(room, id, "something else").await), Some(Code::Conflict));
        sent.push((id, words));
    }
    let mut ines = ines.socket().await;
    ines.says(room, "the last").await;
    jonas.hears_words("the last").await;
    let heard: Vec<_> = jonas.heard(room).map(|(_, m)| (m.client_id, m.text.to_string())).take(sent.len()).collect();
    assert_eq!(heard, sent, "each was told once, in the order of the acknowledgements");
    assert_eq!(texts(ines.fetches(room).await).len(), sent.len() + 1);
}
