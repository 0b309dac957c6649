use super::*;
use crate::hub::connection::tests::connection;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use tokio::net::TcpStream;

fn entry(rev: i64, left: Option<i64>) -> Entry {
    let left = left.map(|user| UserId::try_from(user).unwrap());
    Entry { rev: self::rev(rev), left, frame: format!("{rev} ").into() }
}

fn rev(rev: i64) -> Rev {
    Rev::try_from(rev).unwrap()
}

/// A socket and what its client hears.
struct Socket {
    connection: Arc<Connection>,
    far: TcpStream,
}

impl Socket {
    async fn of(user: i64) -> Self {
        let (connection, far) = connection(user).await;
        Self { connection, far }
    }

    /// The frames that came, and then what its task has to do.
    async fn heard(&self) -> String {
        let mut tasks = String::new();
        while let Poll::Ready(task) = pin!(self.connection.next()).poll(&mut Context::from_waker(Waker::noop())) {
            tasks.push_str(&format!("{task:?}"));
        }
        // The loopback takes a moment; a mark behind the frames tells that all have come.
        self.connection.write(Bytes::from_static(b"|"));
        let mut frames = String::new();
        while !frames.ends_with('|') {
            self.far.readable().await.unwrap();
            let mut buffer = [0; 1024];
            if let Ok(count) = self.far.try_read(&mut buffer) {
                frames.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
            }
        }
        frames.replace('|', &tasks).trim_end().to_owned()
    }
}

async fn room_with<const N: usize>(users: [i64; N]) -> (Room, Vec<Socket>) {
    let room = Room::new(RoomId::try_from(7).unwrap());
    room.settle(Rev::ZERO);
    let mut sockets = Vec::new();
    for user in users {
        let socket = Socket::of(user).await;
        assert!(room.add(&socket.connection));
        assert!(room.admit(&socket.connection, Rev::ZERO));
        sockets.push(socket);
    }
    (room, sockets)
}

#[tokio::test]
async fn changes_go_out_in_the_order_of_their_revisions() {
    let (room, sockets) = room_with([1]).await;
    for rev in [2, 3, 1, 1, 5] {
        room.deliver(entry(rev, None));
    }
    assert_eq!(room.pump(), Round { gone: 0, frames: 3 });
    assert_eq!(sockets[0].heard().await, "1 2 3");
    assert!(room.has_gap());
    assert!(room.mend(vec![entry(4, None), entry(5, None)]));
    room.pump();
    assert_eq!(sockets[0].heard().await, "4 5");
    assert!(!room.has_gap());
}

#[tokio::test]
async fn nobody_hears_anything_after_their_removal() {
    let (room, sockets) = room_with([1, 2]).await;
    room.deliver(entry(3, None));
    room.deliver(entry(2, Some(2)));
    room.deliver(entry(1, None));
    assert_eq!(room.pump(), Round { gone: 1, frames: 4 });
    assert_eq!(sockets[0].heard().await, "1 2 3");
    assert_eq!(sockets[1].heard().await, "1 Gone(RoomId(7))");
}

#[tokio::test]
async fn a_socket_that_joins_late_hears_what_came_after_its_reading_once() {
    let (room, sockets) = room_with([1]).await;
    let late = Socket::of(2).await;
    room.add(&late.connection);
    (1..=3).for_each(|rev| assert!(room.deliver(entry(rev, None))));
    room.pump();
    room.deliver(entry(4, None));
    room.deliver(entry(5, None));
    assert_eq!(late.heard().await, "");
    // It has read the database at 4, which is not handed out yet.
    assert!(room.admit(&late.connection, rev(4)));
    room.pump();
    room.deliver(entry(6, None));
    room.pump();
    assert_eq!(late.heard().await, "5 6");
    assert_eq!(sockets[0].heard().await, "1 2 3 4 5 6");
}

#[tokio::test]
async fn a_client_resumes_from_memory_as_far_as_that_reaches_back() {
    let (room, sockets) = room_with([1]).await;
    let far_back = RING as i64 + 10;
    (1..=far_back).for_each(|rev| assert!(room.deliver(entry(rev, None))));
    room.pump();
    sockets[0].heard().await;
    let socket = &sockets[0].connection;
    room.pause(socket);
    assert!(!room.resume(socket, rev(9)), "10 is forgotten");
    assert!(!room.resume(socket, rev(far_back + 1)), "that is not known to exist");
    assert!(room.resume(socket, rev(far_back - 1)));
    assert_eq!(sockets[0].heard().await, far_back.to_string());
    room.pause(socket);
    assert!(room.resume(socket, rev(far_back)));
    assert_eq!(sockets[0].heard().await, "");
}

/// Two changes of one thing while the bus is away leave one row, at the newer revision.
#[tokio::test]
async fn a_client_in_front_of_a_repaired_gap_is_not_answered_from_memory() {
    let (room, sockets) = room_with([1]).await;
    [1, 2].into_iter().for_each(|rev| assert!(room.deliver(entry(rev, None))));
    room.pump();
    room.deliver(entry(5, None));
    assert!(room.mend(vec![entry(4, None), entry(5, None)]), "3 and 4 changed one thing");
    room.pump();
    assert_eq!(sockets[0].heard().await, "1 2 4 5");
    let socket = &sockets[0].connection;
    room.pause(socket);
    for behind in [0, 1, 2] {
        assert!(!room.resume(socket, rev(behind)), "memory does not tell what came after {behind}");
    }
    assert!(room.resume(socket, rev(3)), "whoever has 3 lacks 4 and 5 only");
    assert_eq!(sockets[0].heard().await, "4 5");
    room.deliver(entry(6, None));
    room.pump();
    assert_eq!(sockets[0].heard().await, "6");
}

#[tokio::test]
async fn a_removal_between_reading_and_joining_is_heeded() {
    let (room, sockets) = room_with([1]).await;
    room.deliver(entry(1, Some(2)));
    room.pump();
    let late = Socket::of(2).await;
    room.add(&late.connection);
    assert!(room.admit(&late.connection, Rev::ZERO));
    room.deliver(entry(2, None));
    room.pump();
    assert_eq!(late.heard().await, "Gone(RoomId(7))");
    assert_eq!(sockets[0].heard().await, "1 2");
}

#[tokio::test]
async fn what_comes_before_the_head_is_known_waits_for_it() {
    let room = Room::new(RoomId::try_from(7).unwrap());
    let socket = Socket::of(1).await;
    room.add(&socket.connection);
    [6, 4, 5].into_iter().for_each(|rev| assert!(!room.deliver(entry(rev, None))));
    assert!(room.settle(rev(4)));
    assert!(room.admit(&socket.connection, rev(4)));
    room.pump();
    assert_eq!(socket.heard().await, "5 6");
}

#[tokio::test]
async fn who_has_read_ahead_of_the_room_is_written_nothing_twice() {
    let (room, sockets) = room_with([1]).await;
    room.pause(&sockets[0].connection);
    assert!(room.admit(&sockets[0].connection, rev(2)));
    room.deliver(entry(1, None));
    room.deliver(entry(2, None));
    assert_eq!(room.pump(), Round { gone: 0, frames: 0 });
    assert_eq!(sockets[0].heard().await, "");
    room.deliver(entry(3, None));
    room.pump();
    assert_eq!(sockets[0].heard().await, "3");
}
