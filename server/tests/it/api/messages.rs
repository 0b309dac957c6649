//! Messages and read marks.

use super::support::{Program, each, text};
use crate::live::support::{Server, client_id};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_message_is_stored_and_read() {
    let server = Server::start().await;
    let stranger = Program::of(&server);
    let (ines, jona) = (stranger.registers("ines").await, stranger.registers("jona").await);
    let room = ines.makes_room(&[jona.id]).await;
    let mut socket = jona.opens("/ws").await.unwrap();
    socket.catches_up(None).await;
    let sent = ines.post(&format!("/rooms/{room}/messages"), json!({"text": "\r\n  Good\r\nmorning 🎉 "})).await;
    assert_eq!((sent.status, &sent.body["no"]), (201, &json!(1)));
    socket.hears_words("  Good\nmorning 🎉").await;
    let message = jona.get(sent.header("location")).await.ok();
    let author = json!({"id": ines.id, "username": "ines", "display_name": "Ines", "is_bot": false});
    let told = json!({"no": 1, "author": author, "client_id": sent.body["client_id"], "text": "  Good\nmorning 🎉",
        "sent_at": sent.body["sent_at"]});
    assert_eq!(message, told);
    let moment = text(&message["sent_at"]);
    assert!(moment.len() == 24 && moment.starts_with("20") && moment.ends_with('Z'), "{moment}");
    for no in ["2", "0", "-1", "x", "9007199254740992"] {
        assert_eq!(jona.get(&format!("/rooms/{room}/messages/{no}")).await.refusal(), (404, "not_found"), "{no}");
    }
}

#[tokio::test]
async fn messages_come_in_pages_with_links() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let room = ines.makes_room(&[]).await;
    let path = format!("/rooms/{room}/messages");
    let empty = ines.get(&path).await;
    assert_eq!((&empty.body, empty.header("link")), (&json!({"items": [], "next": null, "prev": null}), ""));
    for n in 1..=20 {
        ines.says(room, &format!("message {n}")).await;
    }
    let numbers = |body: &Value| each(body, "no").iter().map(|no| no.as_i64().unwrap()).collect::<Vec<_>>();
    let newest = ines.get(&path).await;
    assert_eq!(numbers(&newest.body), (6..=20).collect::<Vec<_>>());
    assert_eq!(newest.header("link"), format!("</api/v1{path}?before=6&limit=15>; rel=\"prev\""));
    assert_eq!(newest.body["next"], Value::Null);
    let older = ines.get(text(&newest.body["prev"])).await;
    assert_eq!((numbers(&older.body), &older.body["prev"]), ((1..=5).collect(), &Value::Null));
    assert_eq!(numbers(&ines.get(text(&older.body["next"])).await.body), (6..=20).collect::<Vec<_>>());
    let after = ines.get(&format!("{path}?after=0&limit=3")).await;
    assert_eq!(numbers(&after.body), [1, 2, 3]);
    assert_eq!(numbers(&ines.get(&format!("{path}?limit=100")).await.body), (1..=20).collect::<Vec<_>>());
    assert_eq!(numbers(&ines.get(&format!("{path}?after=9007199254740991&limit=100")).await.ok()), Vec::<i64>::new());
    let wrong = ["limit=0", "limit=101", "limit=4294967296", "before=-1", "after=9007199254740992", "before=x", "at=1"];
    for query in wrong {
        assert_eq!(ines.get(&format!("{path}?{query}")).await.refusal(), (422, "invalid"), "{query}");
    }
}

#[tokio::test]
async fn a_draft_that_is_sent_again_is_stored_once() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let (room, id) = (ines.makes_room(&[]).await, client_id().to_string());
    let path = format!("/rooms/{room}/messages");
    let first = ines.post(&path, json!({"text": "once", "client_id": id})).await;
    let again = ines.post(&path, json!({"text": "once", "client_id": id})).await;
    assert_eq!((first.status, again.status, &first.body), (201, 200, &again.body));
    for key in [id.clone(), format!("\"{id}\""), id.to_uppercase()] {
        let request = ines.request(Method::POST, &path).json(&json!({"text": "once"})).header("idempotency-key", &key);
        let by_header = ines.answer(request).await;
        assert_eq!((by_header.status, &by_header.body), (200, &first.body), "{key}");
    }
    let other = ines.post(&path, json!({"text": "another", "client_id": id})).await;
    assert_eq!(other.refusal(), (409, "conflict"));
    let both = json!({"text": "once", "client_id": client_id().to_string()});
    let both = ines.answer(ines.request(Method::POST, &path).json(&both).header("idempotency-key", &id)).await;
    assert_eq!(both.refusal(), (409, "conflict"));
    for bad in ["", "x", &id[1..], &id.replace('-', ""), "urn:uuid:00000000-0000-0000-0000-000000000000"] {
        let answer = ines.post(&path, json!({"text": "once", "client_id": bad})).await;
        assert_eq!((answer.refusal(), answer.fields()), ((422, "invalid"), vec!["client_id"]), "{bad}");
        let header = ines.request(Method::POST, &path).json(&json!({"text": "once"})).header("idempotency-key", bad);
        assert_eq!(ines.answer(header).await.refusal(), (422, "invalid"), "{bad}");
    }
    assert_eq!(ines.hears(room).await, ["once"]);
}

#[tokio::test]
async fn the_same_draft_sent_many_times_at_once_is_one_message() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    let (room, id) = (ines.makes_room(&[]).await, client_id().to_string());
    let path = format!("/rooms/{room}/messages");
    let send = || ines.post(&path, json!({"text": "once", "client_id": id}));
    let answers = futures::future::join_all((0..8).map(|_| send())).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 7);
    assert!(answers.iter().all(|answer| answer.body == answers[0].body));
    assert_eq!(ines.hears(room).await, ["once"]);
}

#[tokio::test]
async fn a_read_mark_counts_on_all_devices_and_never_goes_back() {
    let server = Server::start().await;
    let stranger = Program::of(&server);
    let (ines, jona) = (stranger.registers("ines").await, stranger.registers("jona").await);
    let room = ines.makes_room(&[jona.id]).await;
    for words in ["one", "two", "three"] {
        ines.says(room, words).await;
    }
    let unread = async || jona.get(&format!("/rooms/{room}")).await.ok()["unread"].clone();
    assert_eq!(unread().await, 3);
    for (no, left) in [(2, 1), (1, 1), (9_007_199_254_740_991_i64, 0)] {
        assert_eq!(jona.put(&format!("/rooms/{room}/read"), json!({"no": no})).await.status, 204);
        assert_eq!(unread().await, left);
    }
    assert_eq!(jona.put(&format!("/rooms/{room}/read"), json!({"no": -1})).await.refusal(), (422, "invalid"));
}

#[tokio::test]
async fn messages_are_marked_as_unread_whatever_a_device_reports_late() {
    let server = Server::start().await;
    let stranger = Program::of(&server);
    let (ines, jona) = (stranger.registers("ines").await, stranger.registers("jona").await);
    let room = ines.makes_room(&[jona.id]).await;
    for words in ["one", "two", "three"] {
        ines.says(room, words).await;
    }
    let (read, unread) = (format!("/rooms/{room}/read"), format!("/rooms/{room}/unread"));
    let marker = async || {
        let room = jona.get(&format!("/rooms/{room}")).await.ok();
        (room["read_generation"].as_i64().unwrap(), room["read_no"].as_i64().unwrap(), room["unread"].as_i64().unwrap())
    };
    assert_eq!(jona.put(&read, json!({"no": 3})).await.status, 204);
    assert_eq!(jona.put(&unread, json!({"no": 2})).await.status, 204);
    assert_eq!(marker().await, (1, 1, 2));
    assert_eq!(jona.put(&read, json!({"no": 3, "generation": 0})).await.status, 204);
    assert_eq!(marker().await, (1, 1, 2), "said late");
    for no in [0, 4] {
        assert_eq!(jona.put(&unread, json!({"no": no})).await.refusal(), (404, "not_found"), "{no}");
    }
    assert_eq!(jona.put(&read, json!({"no": 3, "generation": 1})).await.status, 204);
    assert_eq!(marker().await, (1, 3, 0));
}
