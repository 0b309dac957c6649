//! Long messages arrive whole, and much of them at once (promises R4 and R5).

use super::support::{Server, text};
use protocol::{Event, MessageText};

/// The longest message: 8,000 characters of four bytes.
fn longest() -> MessageText {
    text(&"𝄞".repeat(8000))
}

#[tokio::test]
async fn the_longest_message_arrives_whole() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (mut one, mut other) = (ines.socket().await, jona.socket().await);
    assert!(matches!(one.says(room, longest().as_str()).await, Event::Ack { .. }));
    assert_eq!(other.hears_words(longest().as_str()).await.text, longest());
}

#[tokio::test]
async fn a_page_of_the_longest_messages_arrives_whole() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let room = ines.room_with(&[&ines]).await;
    let mut socket = ines.socket().await;
    for _ in 0..100 {
        socket.says(room, longest().as_str()).await;
    }
    match socket.fetches(room).await {
        Event::Messages { slice, .. } => assert_eq!(slice.messages.len(), 100),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn who_missed_many_long_messages_can_come_back() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let state = jona.socket().await.state;
    let mut socket = ines.socket().await;
    for _ in 0..20 {
        socket.says(room, longest().as_str()).await;
    }
    let mut back = jona.resumes(state).await;
    assert_eq!(back.state.room(room).unwrap().room.last_no.get(), 20);
    socket.says(room, "and live").await;
    back.hears_words("and live").await;
}
