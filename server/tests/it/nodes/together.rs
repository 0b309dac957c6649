//! People at different nodes are in one place.

use super::support::{Installation, Node};
use crate::live::support::{Browser, Person, Socket, client_id, refusal};
use protocol::{Code, Event, RoomId};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// What comes without Redis takes seconds.
const LIVE: Duration = Duration::from_millis(500);

/// The words that a socket heard in a room, with their numbers.
fn heard(socket: &Socket, room: RoomId) -> Vec<(i64, String)> {
    socket.heard(room).map(|(_, message)| (message.no.get(), message.text.as_str().to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_at_different_nodes_talk_live_in_one_order() {
    let home = Installation::start().await;
    let (ines, jona) = (home.person("ines").await, home.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (mut one, mut two) = (home.socket_at(0, &ines).await, home.socket_at(1, &jona).await);
    let begun = Instant::now();
    for round in 0..20 {
        let (asked, answered) = (format!("question {round}"), format!("answer {round}"));
        one.says(room, &asked).await;
        two.hears_words(&asked).await;
        two.says(room, &answered).await;
        one.hears_words(&answered).await;
    }
    assert!(begun.elapsed() < 40 * LIVE, "not live: {:?}", begun.elapsed());
    // All at once, so that the nodes take turns at random.
    let many = async |socket: &mut Socket, who: &str| {
        for n in 0..30 {
            assert!(matches!(socket.says(room, &format!("{who} {n}")).await, Event::Ack { .. }));
        }
    };
    tokio::join!(many(&mut one, "ines"), many(&mut two, "jona"));
    let last = ines.sees("/rooms").await.room(room).unwrap().room.rev;
    for socket in [&mut one, &mut two] {
        socket.reaches(room, last).await;
    }
    let order = heard(&one, room);
    assert_eq!(order.iter().map(|(no, _)| *no).collect::<Vec<_>>(), (1..=100).collect::<Vec<_>>());
    assert_eq!(heard(&two, room), order);
    assert_eq!((one.gaps, two.gaps), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_made_at_one_node_is_accepted_at_the_other() {
    let home = Installation::start().await;
    let ines = home.person("ines").await;
    let mut nodes = BTreeSet::new();
    for _ in 0..8 {
        let answer = ines.get("/settings").await;
        assert_eq!(answer.status, 200, "at {}: led to {:?}", answer.header("x-node"), answer.location());
        nodes.insert(answer.header("x-node").to_owned());
    }
    let address = |node: &Node| node.addr.to_string();
    assert_eq!(nodes, home.nodes.iter().map(address).collect(), "both have answered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_sent_again_through_the_other_node_is_stored_once() {
    let home = Installation::start().await;
    let (ines, jona) = (home.person("ines").await, home.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let [mut one, mut two] = home.sockets(&ines).await;
    let mut listener = home.socket_at(1, &jona).await;
    let id = client_id();
    let first = one.says_as(room, id, "once").await;
    assert!(matches!(first, Event::Ack { .. }), "{first:?}");
    for _ in 0..3 {
        assert_eq!(two.says_as(room, id, "once").await, first);
        assert_eq!(one.says_as(room, id, "once").await, first);
    }
    assert_eq!(refusal(&two.says_as(room, id, "twice").await), Some(Code::Conflict));
    two.says(room, "the end").await;
    listener.hears_words("the end").await;
    assert_eq!(heard(&listener, room), [(1, "once".to_owned()), (2, "the end".to_owned())]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_nodes_print_and_take_one_setup_code() {
    let home = Installation::start().await;
    let [one, two] = [home.nodes[0].setup_code(), home.nodes[1].setup_code()];
    assert!(one.len() == 24 && one == two, "{one:?} {two:?}");
    let forged = Browser::new(home.stranger().addr().into()).with_setup_code("0000-0000-0000-0000-0000");
    let fields = [
        ("username", "mallory"),
        ("display_name", "Mallory"),
        ("email", "mallory@example.org"),
        ("password", Person::PASSWORD),
        ("setup_code", "0000-0000-0000-0000-0000"),
        ("page", "/register"),
    ];
    assert_eq!(forged.form("register", &fields).await.status, 422);
    let ines = home.person("ines").await;
    assert!(ines.get("/settings").await.body.contains("Administrator"));
}
