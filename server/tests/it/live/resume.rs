//! Coming back: exactly what was missed, and then live (promises R4, R5 and R8).

use super::support::{Person, Server, Socket, client_id, hello, refusal, rev, room_id, text};
use protocol::{Code, Command, Epoch, Event, Known, RoomId, What, Workspace};

/// What is told before `ready`, read marks apart.
async fn told(socket: &mut Socket, command: Command) -> Vec<Event> {
    let from = socket.log.len();
    assert_eq!(socket.ask(command).await, Event::Ready);
    let told = socket.log[from..socket.log.len() - 1].iter().map(|frame| frame.event.clone());
    told.filter(|event| !matches!(event, Event::OwnState(_))).collect()
}

async fn pair(server: &Server) -> (Person, Person, RoomId) {
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    (ines, jona, room)
}

#[tokio::test]
async fn who_comes_back_hears_exactly_what_was_missed() {
    let server = Server::start().await;
    let (ines, jona, room) = pair(&server).await;
    let quiet = ines.room_with(&[&jona]).await;
    let mut before = jona.socket().await;
    ines.posts(room, "heard").await;
    before.hears_words("heard").await;
    let state = before.state.clone();
    drop(before);
    ines.posts(room, "missed one").await;
    ines.does("rename_room", &[("room", &room.to_string()), ("room_name", "Pantry")]).await;
    ines.posts(room, "missed two").await;

    let mut back = jona.line("/ws").await;
    let command = hello(back.epoch, &state);
    back.state = state;
    let told = told(&mut back, command).await;
    let [Event::Changes(missed)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((missed.room.id, missed.since), (room, rev(1)));
    assert_eq!(missed.changes.iter().map(|change| change.rev).collect::<Vec<_>>(), [rev(2), rev(3), rev(4)]);
    ines.posts(quiet, "live").await;
    back.hears_words("live").await;
    assert_eq!(back.gaps, 0);
    assert_eq!(back.state.room(room).unwrap().room, jona.sees("/rooms").await.room(room).unwrap().room);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_at_the_seam_while_messages_flow() {
    const MESSAGES: usize = 400;
    let server = Server::start().await;
    let (ines, jona, room) = pair(&server).await;
    let mut state = jona.socket().await.state;
    let mut heard = Vec::new();
    let mut inesens = ines.socket().await;
    let flow = tokio::spawn(async move {
        let mut asked = Vec::new();
        for n in 0..MESSAGES {
            let draft = Command::NewMessage { room, client_id: client_id(), text: text(&n.to_string()) };
            asked.push(inesens.send(draft).await);
            if n % 8 == 7 {
                inesens.answer(asked[n - 7]).await;
            }
        }
        inesens.answer(asked[MESSAGES - 1]).await
    });
    while state.room(room).unwrap().room.last_no.get() < MESSAGES as i64 {
        let mut socket = jona.resumes(state.clone()).await;
        for _ in 0..5 {
            if socket.state.room(room).unwrap().room.last_no.get() < MESSAGES as i64 {
                socket.listen().await.unwrap();
            }
        }
        assert_eq!(socket.gaps, 0);
        heard.extend(applied(&state, &socket, room));
        state = socket.state;
    }
    assert!(matches!(flow.await.unwrap(), Event::Ack { .. }));
    assert_eq!(heard, (0..MESSAGES).map(|n| n.to_string()).collect::<Vec<_>>());
}

/// The words that a client with this state takes from what the socket heard: only what follows on what it knows.
fn applied(state: &Workspace, socket: &Socket, room: RoomId) -> Vec<String> {
    let (mut known, mut words) = (state.room(room).unwrap().room.rev, Vec::new());
    for frame in &socket.log {
        let changes = match &frame.event {
            Event::Change(change) if change.rev == known.next() => std::slice::from_ref(change),
            Event::Changes(missed) if missed.since <= known => missed.changes.as_slice(),
            Event::Room { .. } => panic!("the whole room, though little was missed"),
            _ => &[],
        };
        let before = known;
        for change in changes.iter().filter(|change| change.room == room && change.rev > before) {
            known = change.rev;
            if let What::Message(message) = &change.what {
                words.push(message.text.to_string());
            }
        }
    }
    words
}

#[tokio::test]
async fn who_was_away_too_long_gets_the_room_as_it_stands() {
    let server = Server::start().await;
    let (ines, jona, room) = pair(&server).await;
    let state = jona.socket().await.state;
    let mut socket = ines.socket().await;
    let mut last = 0;
    for n in 0..501 {
        last = socket.send(Command::NewMessage { room, client_id: client_id(), text: text(&n.to_string()) }).await;
    }
    socket.answer(last).await;

    let mut back = jona.line("/ws").await;
    let told_all = told(&mut back, hello(None, &state)).await;
    let [Event::Room { room: view }] = told_all.as_slice() else { panic!("{} events", told_all.len()) };
    assert_eq!((view.rev, view.last_no.get(), view.unread()), (rev(501), 501, 501));
    let near = Command::Hello { epoch: back.epoch, rooms: vec![Known { room, rev: rev(1) }] };
    let told_some = told(&mut back, near).await;
    let [Event::Changes(missed)] = told_some.as_slice() else { panic!("{} events", told_some.len()) };
    assert_eq!(missed.changes.len(), 500);
}

#[tokio::test]
async fn a_revision_from_the_future_or_another_life_brings_the_room_anew() {
    let server = Server::start().await;
    let (ines, jona, room) = pair(&server).await;
    ines.posts(room, "one").await;
    let mut socket = jona.line("/ws").await;
    let epoch = socket.epoch;
    let other = Some(Epoch(client_id().0));
    let known = |n| vec![Known { room, rev: rev(n) }];
    for (epoch, rooms) in [(epoch, known(2)), (epoch, known((1 << 53) - 1)), (other, known(1)), (other, known(0))] {
        let told = told(&mut socket, Command::Hello { epoch, rooms }).await;
        assert!(matches!(told.as_slice(), [Event::Room { room: view }] if view.rev == rev(1)), "{told:?}");
    }
    let nothing = told(&mut socket, Command::Hello { epoch, rooms: known(1) }).await;
    assert_eq!(nothing, [], "it knows all: no loop");
}

#[tokio::test]
async fn a_hello_may_come_in_parts_and_a_gap_asks_for_its_room_alone() {
    let server = Server::start().await;
    let (ines, jona, room) = pair(&server).await;
    let [first, quiet] = [ines.room_with(&[&jona]).await, ines.room_with(&[&jona]).await];
    for room in [first, room] {
        ines.posts(room, "known").await;
        ines.posts(room, "missed").await;
    }
    let mut socket = jona.line("/ws").await;
    let known = |room, n| Known { room, rev: rev(n) };
    let foreign = room_id(99);
    for part in [vec![known(first, 1), known(foreign, 4)], vec![known(quiet, 0)]] {
        assert_eq!(socket.ask(Command::HelloPart { rooms: part }).await, Event::Ok);
    }
    assert!(socket.log.iter().any(|frame| frame.event == Event::RoomGone { room: foreign }));
    let last = Command::Hello { epoch: socket.epoch, rooms: vec![known(room, 1)] };
    let mut words = said(&told(&mut socket, last).await);
    assert_eq!(words, ["missed", "missed"], "no room is told whole");
    let again = told(&mut socket, hello(None, &jona.socket().await.state)).await;
    assert_eq!(again, [], "the parts are for one hello");

    let from = socket.log.len();
    assert_eq!(socket.ask(Command::ResumeRoom { room, rev: rev(0) }).await, Event::Ok);
    words = said(&socket.log[from..].iter().map(|frame| frame.event.clone()).collect::<Vec<_>>());
    assert_eq!(words, ["known", "missed"]);
    ines.posts(room, "live").await;
    socket.hears_words("live").await;
    assert_eq!(refusal(&socket.ask(Command::ResumeRoom { room: foreign, rev: rev(0) }).await), Some(Code::NotFound));
}

/// The words of the messages in events, in order.
fn said(events: &[Event]) -> Vec<String> {
    let changes = events.iter().flat_map(|event| match event {
        Event::Change(change) => std::slice::from_ref(change),
        Event::Changes(missed) => missed.changes.as_slice(),
        Event::Room { room } => panic!("{room:?} is told whole"),
        _ => &[],
    });
    let words = changes.filter_map(|change| match &change.what {
        What::Message(message) => Some(message.text.to_string()),
        _ => None,
    });
    words.collect()
}

#[tokio::test]
async fn rooms_that_are_not_theirs_are_gone_and_nothing_leaks() {
    let server = Server::start().await;
    let (ines, jona, room) = pair(&server).await;
    let mallory = server.person("mallory").await;
    ines.posts(room, "secret").await;
    let mut socket = mallory.line("/ws").await;
    let known = |room, n| Known { room, rev: rev(n) };
    let rooms = vec![known(room, 0), known(room_id(99), 0), known(room_id((1 << 53) - 1), 7)];
    let (epoch, nothing) = (socket.epoch, hello(None, &socket.state));
    let told_mallory = told(&mut socket, Command::Hello { epoch, rooms }).await;
    assert_eq!(told_mallory.len(), 3);
    assert!(told_mallory.iter().all(|event| matches!(event, Event::RoomGone { .. })), "{told_mallory:?}");
    jona.posts(room, "another secret").await;
    assert_eq!(told(&mut socket, nothing).await, []);
    assert_eq!(socket.ask(Command::Ping).await, Event::Pong);
    assert_eq!(socket.heard(room).count(), 0);
}

#[tokio::test]
async fn two_resumes_at_once_and_a_message_between_are_all_served() {
    let server = Server::start().await;
    let (ines, jona, room) = pair(&server).await;
    let state = jona.socket().await.state;
    ines.posts(room, "missed").await;
    let mut socket = jona.line("/ws").await;
    let epoch = socket.epoch;
    socket.state = state.clone();
    let draft = Command::NewMessage { room, client_id: client_id(), text: text("between") };
    let one = socket.send(hello(epoch, &state)).await;
    let sent = socket.send(draft).await;
    let two = socket.send(hello(epoch, &state)).await;
    assert_eq!(socket.answer(one).await, Event::Ready);
    assert!(matches!(socket.answer(sent).await, Event::Ack { .. }));
    assert_eq!(socket.answer(two).await, Event::Ready);
    socket.reaches(room, rev(2)).await;
    assert_eq!(socket.gaps, 0);
    assert_eq!(socket.state.room(room).unwrap().room, jona.sees("/rooms").await.room(room).unwrap().room);
    assert_eq!(refusal(&socket.says(room_id(99), "x").await), Some(Code::NotFound));
}

#[tokio::test]
async fn who_comes_back_learns_what_was_seen_on_another_device() {
    let server = Server::start().await;
    let (ines, jona, room) = pair(&server).await;
    let mut phone = jona.socket().await;
    ines.posts(room, "read at the desk").await;
    phone.hears_words("read at the desk").await;
    let state = phone.state.clone();
    assert_eq!(state.unread(), 1, "the test's own premise");
    drop(phone);
    jona.does("mark_read", &[("room", &room.to_string()), ("no", "1")]).await;
    assert_eq!(jona.resumes(state).await.state.unread(), 0);
}
