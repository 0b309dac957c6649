use super::*;
use crate::hub::Caller;
use domain::ports::SessionId;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

fn entry(rev: i64, left: Option<i64>) -> Entry {
    let left = left.map(|user| UserId::try_from(user).unwrap());
    Entry { rev: Rev::try_from(rev).unwrap(), left, frame: rev.to_string().into() }
}

fn room_with(users: &[i64]) -> (Room, Vec<Arc<Connection>>) {
    let mut room = Room::new(RoomId::try_from(7).unwrap());
    let sockets: Vec<_> = users.iter().map(|user| socket(*user)).collect();
    sockets.iter().for_each(|socket| room.add(socket.clone()));
    room.settle(Rev::ZERO);
    (room, sockets)
}

fn socket(user: i64) -> Arc<Connection> {
    let (user, session) = (UserId::try_from(user).unwrap(), SessionId(String::new()));
    Arc::new(Connection::new(Caller { user, session, only: None }))
}

/// What waits for a socket, as text.
fn heard(socket: &Connection) -> Vec<String> {
    let mut heard = Vec::new();
    while let Poll::Ready(out) = pin!(socket.next()).poll(&mut Context::from_waker(Waker::noop())) {
        heard.push(match out {
            Out::Frame(text) => text.to_string(),
            other => format!("{other:?}"),
        });
    }
    heard
}

#[test]
fn changes_go_out_in_the_order_of_their_revisions() {
    let (mut room, sockets) = room_with(&[1]);
    for rev in [2, 3, 1, 1, 5] {
        room.deliver(entry(rev, None));
    }
    assert_eq!(heard(&sockets[0]), ["1", "2", "3"]);
    assert!(room.has_gap());
    room.mend(vec![entry(4, None), entry(5, None)]);
    assert_eq!(heard(&sockets[0]), ["4", "5"]);
    assert!(!room.has_gap());
}

#[test]
fn nobody_hears_anything_after_their_removal() {
    let (mut room, sockets) = room_with(&[1, 2]);
    room.deliver(entry(3, None));
    room.deliver(entry(2, Some(2)));
    room.deliver(entry(1, None));
    assert_eq!(heard(&sockets[0]), ["1", "2", "3"]);
    assert_eq!(heard(&sockets[1]), ["1", "Gone(RoomId(7))"]);
}

#[test]
fn a_socket_that_joins_late_hears_what_came_after_its_reading() {
    let (mut room, sockets) = room_with(&[1, 2]);
    (1..=3).for_each(|rev| room.deliver(entry(rev, None)));
    assert_eq!(heard(&sockets[1]).len(), 3);
    room.replay(&sockets[1], Rev::try_from(1).unwrap());
    assert_eq!(heard(&sockets[1]), ["2", "3"]);
}

#[test]
fn a_removal_between_reading_and_joining_is_heeded() {
    let (mut room, sockets) = room_with(&[1]);
    let late = socket(2);
    room.deliver(entry(1, Some(2)));
    room.add(late.clone());
    room.replay(&late, Rev::ZERO);
    room.deliver(entry(2, None));
    assert_eq!(heard(&late), ["Gone(RoomId(7))"]);
    assert_eq!(heard(&sockets[0]), ["1", "2"]);
}

#[test]
fn what_comes_before_the_head_is_known_waits_for_it() {
    let mut room = Room::new(RoomId::try_from(7).unwrap());
    let socket = socket(1);
    room.add(socket.clone());
    [6, 4, 5].into_iter().for_each(|rev| room.deliver(entry(rev, None)));
    assert!(heard(&socket).is_empty());
    room.settle(Rev::try_from(4).unwrap());
    assert_eq!(heard(&socket), ["5", "6"]);
}
