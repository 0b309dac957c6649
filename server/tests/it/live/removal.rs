//! After a removal nothing more is heard (promise S3).

use super::support::{Person, Server, Socket, client_id, no, refusal, text, within};
use protocol::{Code, Command, Event, Rev, RoomId, What, close};

/// Says so many things without a pause.
async fn chatters(mut socket: Socket, room: RoomId, times: usize) {
    for n in 0..times {
        let draft = Command::NewMessage { room, client_id: client_id(), text: text(&format!("chatter {n}")) };
        let asked = socket.send(draft).await;
        if n % 16 == 15 {
            socket.answer(asked).await;
        }
    }
}

/// The revision of the removal, as the owner hears it.
async fn removal(owner: &mut Socket, gone: &Person) -> Rev {
    let is_it = |event: &Event| matches!(event, Event::Change(change) if change.what == What::MemberLeft(gone.id));
    match owner.hears(is_it).await {
        Event::Change(change) => change.rev,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_removed_hears_nothing_that_came_after() {
    let server = Server::start().await;
    let (ines, jona, mallory) =
        (server.person("ines").await, server.person("jona").await, server.person("mallory").await);
    let room = ines.room_with(&[&jona, &mallory]).await;
    let path = format!("/ws/rooms/{room}");
    let (mut owner, mut all, mut one) = (ines.socket().await, mallory.socket().await, mallory.socket_at(&path).await);
    let chatter = tokio::spawn(chatters(jona.socket().await, room, 480));
    within("some chatter", async {
        while all.heard(room).count() < 20 {
            all.listen().await.unwrap();
        }
    })
    .await;
    ines.removes(&mallory, room).await;
    let removed = removal(&mut owner, &mallory).await;
    all.hears(|event| matches!(event, Event::RoomGone { room: gone } if *gone == room)).await;
    assert_eq!(one.ends().await, Some(close::ROOM_GONE));
    chatter.await.unwrap();

    assert_eq!(all.ask(Command::Ping).await, Event::Pong);
    let after = all.log.iter().skip_while(|frame| !matches!(frame.event, Event::RoomGone { .. })).skip(1);
    assert_eq!(after.filter(|frame| !matches!(frame.event, Event::Pong)).count(), 0, "the room's end is its last word");
    for socket in [&all, &one] {
        assert!(socket.heard(room).all(|(rev, _)| rev < removed));
        assert!(socket.heard(room).count() >= 1 && socket.gaps == 0);
    }
}

#[tokio::test]
async fn whoever_is_removed_can_do_nothing_more() {
    let server = Server::start().await;
    let (ines, mallory) = (server.person("ines").await, server.person("mallory").await);
    let room = ines.room_with(&[&mallory]).await;
    let mut socket = mallory.socket().await;
    ines.posts(room, "before").await;
    socket.hears_words("before").await;
    let before = socket.state.clone();
    ines.removes(&mallory, room).await;

    assert_eq!(refusal(&socket.says(room, "still here").await), Some(Code::NotFound));
    assert_eq!(refusal(&socket.fetches(room).await), Some(Code::NotFound));
    assert_eq!(refusal(&socket.ask(Command::Seen { room, no: no(1), generation: None }).await), Some(Code::NotFound));
    ines.posts(room, "after").await;
    assert_eq!(mallory.upgrade(&format!("/ws/rooms/{room}")).await.err(), Some(404));
    assert_eq!(mallory.get(&format!("/rooms/{room}")).await.status, 404);
    assert!(!mallory.get("/rooms").await.body.contains("before"));

    let back = mallory.resumes(before).await;
    assert!(back.state.room(room).is_none());
    assert!(back.log.iter().all(|frame| !frame.encode().contains("after")), "{:?}", back.log);
    assert!(socket.heard(room).all(|(_, message)| message.text.as_str() == "before"));
}

#[tokio::test]
async fn a_message_under_way_when_its_author_is_removed_is_stored_or_refused() {
    let server = Server::start().await;
    let (ines, mallory) = (server.person("ines").await, server.person("mallory").await);
    let room = ines.room_with(&[&mallory]).await;
    let (mut owner, mut socket) = (ines.socket().await, mallory.socket().await);
    let mut asked = Vec::new();
    for n in 0..40 {
        let draft = Command::NewMessage { room, client_id: client_id(), text: text(&n.to_string()) };
        asked.push(socket.send(draft).await);
    }
    ines.removes(&mallory, room).await;
    let removed = removal(&mut owner, &mallory).await;
    let mut stored = 0;
    for id in asked {
        match socket.answer(id).await {
            Event::Ack { rev, .. } => {
                assert!(rev < removed);
                stored += 1;
            }
            other => assert_eq!(refusal(&other), Some(Code::NotFound)),
        }
    }
    owner.fetches(room).await;
    assert_eq!(owner.state.room(room).unwrap().window.as_ref().unwrap().messages.len(), stored);
}

#[tokio::test]
async fn leaving_closes_the_room_on_all_of_ones_tabs() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (mut one, mut two) = (jona.socket().await, jona.socket_at(&format!("/ws/rooms/{room}")).await);
    jona.does("leave_room", &[("room", &room.to_string())]).await;
    one.hears(|event| matches!(event, Event::RoomGone { room: gone } if *gone == room)).await;
    assert_eq!(two.ends().await, Some(close::ROOM_GONE));
}

#[tokio::test]
async fn a_deleted_room_is_gone_for_everybody_at_once() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (mut one, mut two) = (jona.socket().await, ines.socket_at(&format!("/ws/rooms/{room}")).await);
    ines.posts(room, "before").await;
    let (id, page) = (room.to_string(), format!("/rooms/{room}/members"));
    let fields = |name| [("room", id.as_str()), ("room_name", name), ("page", page.as_str())];
    assert_eq!(jona.form("delete_room", &fields("Room")).await.status, 403);
    let name = ines.sees(&page).await.room(room).unwrap().room.name.clone();
    let other = ines.form("delete_room", &fields("Another")).await;
    assert_eq!(other.status, 422);
    assert!(other.body.contains("as it stands"), "{}", other.body);
    assert_eq!(ines.form("delete_room", &fields(&name)).await.location(), "/rooms");

    one.hears(|event| matches!(event, Event::RoomGone { room: gone } if *gone == room)).await;
    assert_eq!(two.ends().await, Some(close::ROOM_GONE));
    for person in [&ines, &jona] {
        assert_eq!(person.get(&format!("/rooms/{room}")).await.status, 404);
        assert!(!person.get("/rooms").await.body.contains("before"));
    }
    assert_eq!(refusal(&one.says(room, "still here").await), Some(Code::NotFound));
}

/// The removal and the return are told by two requests; whichever comes first, the socket follows the database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_removed_and_brought_back_at_once_hears_the_room() {
    let server = Server::start().await;
    let (ines, jona, bea) = (server.person("ines").await, server.person("jona").await, server.person("bea").await);
    let room = ines.room_with(&[&jona, &bea]).await;
    let mut socket = bea.socket().await;
    for round in 0..40 {
        tokio::join!(ines.removes(&bea, room), jona.adds(&bea, room));
        if ines.sees(&format!("/rooms/{room}")).await.room(room).unwrap().room.members == 2 {
            jona.adds(&bea, room).await;
        }
        let words = format!("round {round}");
        ines.posts(room, &words).await;
        // Live, or with the room as it stands when the socket is back in it.
        let rev = ines.sees(&format!("/rooms/{room}")).await.room(room).unwrap().room.rev;
        socket.reaches(room, rev).await;
        assert_eq!(socket.state.room(room).unwrap().room.last.as_ref().unwrap().text, words);
    }
}
