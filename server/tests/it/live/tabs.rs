//! A person with several tabs.

use super::support::{Server, no, within};
use protocol::{Command, Event};

#[tokio::test]
async fn what_was_seen_in_one_tab_is_seen_in_all() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (mut one, mut two, mut other) = (jona.socket().await, jona.socket().await, ines.socket().await);
    for n in 1..=3 {
        ines.posts(room, &format!("message {n}")).await;
    }
    for tab in [&mut one, &mut two] {
        tab.hears_words("message 3").await;
        assert_eq!(tab.state.unread(), 3);
    }
    assert_eq!(one.ask(Command::Seen { room, no: no(2), generation: None }).await, Event::Ok);
    for tab in [&mut one, &mut two] {
        tab.hears(|event| matches!(event, Event::OwnState(own) if own.read.no == no(2))).await;
        assert_eq!(tab.state.unread(), 1);
    }
    assert!(jona.get("/rooms").await.body.contains("<title>(1) Rooms"));
    assert_eq!(jona.sees("/rooms").await.unread(), 1);

    assert_eq!(two.ask(Command::Seen { room, no: no(1), generation: None }).await, Event::Ok);
    jona.does("mark_read", &[("room", &room.to_string()), ("no", "999")]).await;
    for tab in [&mut one, &mut two] {
        tab.hears(|event| matches!(event, Event::OwnState(own) if own.read.no == no(3))).await;
        assert_eq!(tab.state.unread(), 0);
    }
    assert_eq!(jona.sees("/rooms").await.unread(), 0);
    ines.posts(room, "message 4").await;
    other.hears_words("message 4").await;
    assert!(
        !other.log.iter().any(|frame| matches!(frame.event, Event::OwnState(own) if own.read.no > no(0))),
        "what Jona has seen is told to nobody else"
    );
}

#[tokio::test]
async fn what_was_marked_as_unread_is_unread_in_all_tabs_whatever_one_of_them_says_late() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (mut one, mut two) = (jona.socket().await, jona.socket().await);
    for n in 1..=3 {
        ines.posts(room, &format!("message {n}")).await;
    }
    for tab in [&mut one, &mut two] {
        tab.hears_words("message 3").await;
    }
    let generation = one.state.room(room).unwrap().room.read.generation;
    assert_eq!(one.ask(Command::Seen { room, no: no(3), generation: Some(generation) }).await, Event::Ok);
    assert_eq!(one.ask(Command::MarkUnread { room, no: no(2) }).await, Event::Ok);
    assert_eq!(two.ask(Command::Seen { room, no: no(3), generation: Some(generation) }).await, Event::Ok);
    for tab in [&mut one, &mut two] {
        tab.hears(|event| matches!(event, Event::OwnState(own) if own.read.generation > generation)).await;
        assert_eq!(tab.state.unread(), 2);
    }
    assert_eq!(jona.sees("/rooms").await.unread(), 2);

    jona.does("mark_unread", &[("room", &room.to_string()), ("no", "1")]).await;
    for tab in [&mut one, &mut two] {
        tab.hears(|event| matches!(event, Event::OwnState(own) if own.read.no == no(0))).await;
        assert_eq!(tab.state.unread(), 3);
    }
}

#[tokio::test]
async fn the_welcome_is_the_first_frame_while_another_tab_moves_the_marker() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    ines.posts(room, "message").await;
    let mut moving = jona.socket().await;
    let moves = async {
        loop {
            assert_eq!(moving.ask(Command::MarkUnread { room, no: no(1) }).await, Event::Ok);
        }
    };
    let opens = async {
        for _ in 0..100 {
            let mut tab = jona.upgrade("/ws").await.unwrap();
            let first = within("a first frame", tab.listen()).await.unwrap();
            assert!(matches!(first.event, Event::Welcome { .. }), "{first:?}");
        }
    };
    tokio::select! {
        () = moves => {}
        () = opens => {}
    }
}

#[tokio::test]
async fn ones_own_message_is_read_in_all_tabs() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (mut one, mut two) = (jona.socket().await, jona.socket().await);
    ines.posts(room, "a question").await;
    one.says(room, "an answer").await;
    two.hears_words("an answer").await;
    assert_eq!((two.state.unread(), jona.sees("/rooms").await.unread()), (0, 0));
    assert_eq!(ines.sees("/rooms").await.unread(), 1);
}
