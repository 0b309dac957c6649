//! A message from one person to another, with scripts and without.

use super::support::{Server, Tags, client_id, no, refusal, text};
use protocol::{Code, Command, Event};

#[tokio::test]
async fn the_messages_stand_in_the_first_html() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let page = format!("/rooms/{room}");
    assert!(!jona.get(&page).await.body.contains("Soup is ready"), "the test's own premise");
    ines.posts(room, "Soup is ready").await;
    let answer = jona.get(&page).await;
    let (before_the_island, _) = answer.body.split_once("</body>").unwrap();
    assert!(before_the_island.contains("<p dir=\"auto\" class=\"message__text\">Soup is ready<"), "{}", answer.body);
    assert!(before_the_island.contains("Ines"));
    assert_eq!(jona.sees(&page).await.room(room).unwrap().room.unread(), 1);
}

#[tokio::test]
async fn a_message_reaches_the_others_and_ones_own_tabs() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (mut one, mut two, mut jonas) = (ines.socket().await, ines.socket().await, jona.socket().await);
    let ack = one.says(room, "\n Soup is ready\r\n").await;
    let said = jonas.hears_words(" Soup is ready").await;
    assert!(
        matches!(ack, Event::Ack { no, at, client_id, .. } if (no, at, client_id) == (said.no, said.at, said.client_id))
    );
    assert_eq!((said.author.id, said.author.name.as_str()), (ines.id, "Ines"));
    assert_eq!(one.hears_words(" Soup is ready").await, said);
    assert_eq!(two.hears_words(" Soup is ready").await, said);
}

#[tokio::test]
async fn a_plain_form_reaches_the_sockets_too() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let mut jonas = jona.socket().await;
    ines.posts(room, "without a script").await;
    jonas.hears_words("without a script").await;
}

#[tokio::test]
async fn a_form_that_fails_keeps_the_draft_and_its_id() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (page, id) = (format!("/rooms/{room}"), room.to_string());
    let client_id = client_id().to_string();
    let long = "word ".repeat(2000);
    let fields = [("room", id.as_str()), ("client_id", &client_id), ("text", &long), ("page", &page)];
    let answer = ines.form("send_message", &fields).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("A message holds 8,000 characters"));
    assert!(answer.body.contains(&client_id) && answer.body.contains(long.trim_end()));
    assert_eq!(ines.sees(&page).await.room(room).unwrap().room.last_no, no(0));
}

#[tokio::test]
async fn a_message_that_no_composer_holds_any_more_is_shown_to_be_copied() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (page, id, client_id) = (format!("/rooms/{room}"), room.to_string(), client_id().to_string());
    let words = "Soup & </textarea><b>bread";
    let fields = [("room", id.as_str()), ("client_id", &client_id), ("text", words), ("page", &page)];
    ines.removes(&jona, room).await;
    let before = ines.copy();
    ines.does("logout", &[]).await;
    let read = before.form("mark_read", &[("room", &id), ("no", "1"), ("page", &page)]).await;
    assert_eq!(read.location(), format!("/login?next=%2Frooms%2F{room}&done=ended"), "the test's own premise");
    for (what, browser, status) in [("a session that has ended", &before, 401), ("a room that is lost", &*jona, 404)] {
        let answer = browser.form("send_message", &fields).await;
        assert_eq!((answer.status, answer.location()), (status, ""), "{what}");
        let field = Tags::of(&answer.body).find(|tag| tag.attribute("id").as_deref() == Some("unsent-0")).expect(what);
        assert!(field.name == "textarea" && field.names().any(|name| name == "readonly"), "{what}");
        assert!(answer.body.contains(">Soup &amp; &lt;/textarea&gt;&lt;b&gt;bread</textarea>"), "{}", answer.body);
        assert!(answer.body.contains("This was not sent. Copy it, and send it again afterwards."), "{what}");
    }
    let log_in = before.form("send_message", &fields).await;
    let mut next = Tags::of(&log_in.body).filter(|tag| tag.attribute("name").as_deref() == Some("next"));
    assert_eq!(next.next().and_then(|tag| tag.attribute("value")), Some(page));
}

#[tokio::test]
async fn pages_of_messages_join_without_a_hole() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let mut socket = ines.socket().await;
    for n in 1..=40 {
        socket.says(room, &format!("message {n}")).await;
    }
    let numbers = |event: Event| match event {
        Event::Messages { slice, .. } => {
            let numbers: Vec<_> = slice.messages.iter().map(|message| message.no.get()).collect();
            (numbers, slice.earlier, slice.later)
        }
        other => panic!("{other:?}"),
    };
    let fetch = |before, after, limit| Command::FetchMessages { room, before, after, around: None, limit };
    assert_eq!(numbers(socket.ask(fetch(None, None, None)).await), ((26..=40).collect(), true, false));
    assert_eq!(numbers(socket.ask(fetch(Some(no(26)), None, Some(20))).await), ((6..=25).collect(), true, true));
    assert_eq!(numbers(socket.ask(fetch(Some(no(6)), None, None)).await), ((1..=5).collect(), false, true));
    assert_eq!(numbers(socket.ask(fetch(None, Some(no(30)), Some(3))).await), ((31..=33).collect(), true, true));
    let widest = numbers(socket.ask(fetch(None, None, Some(u32::MAX))).await);
    assert_eq!(widest, ((1..=40).collect(), false, false));
    assert_eq!(numbers(socket.ask(fetch(None, Some(no(0)), Some(0))).await), (vec![1], false, true));
}

#[tokio::test]
async fn a_socket_of_one_room_hears_and_serves_that_room_only() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let (kitchen, hall) = (ines.room_with(&[&jona]).await, ines.room_with(&[&jona]).await);
    let mut socket = ines.socket_at(&format!("/ws/rooms/{kitchen}")).await;
    assert_eq!(socket.state.rooms().len(), 1);
    jona.posts(hall, "in the hall").await;
    let cellar = jona.room_with(&[&ines]).await;
    jona.posts(cellar, "in the cellar").await;
    jona.posts(kitchen, "in the kitchen").await;
    socket.hears_words("in the kitchen").await;
    assert_eq!(socket.heard(hall).chain(socket.heard(cellar)).count(), 0);
    assert_eq!(socket.state.rooms().len(), 1);
    for room in [hall, cellar] {
        assert_eq!(refusal(&socket.fetches(room).await), Some(Code::NotFound));
        assert_eq!(refusal(&socket.says(room, "from outside").await), Some(Code::NotFound));
        assert_eq!(
            refusal(&socket.ask(Command::Seen { room, no: no(1), generation: None }).await),
            Some(Code::NotFound)
        );
    }
    assert!(matches!(socket.says(kitchen, "at home").await, Event::Ack { .. }));
    assert_eq!(
        text("at home"),
        ines.sees(&format!("/rooms/{kitchen}")).await.room(kitchen).unwrap().window.as_ref().unwrap().messages[1].text
    );
}
