use super::round::SLICE;
use super::*;
use crate::hub::connection::tests::connection;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use tokio::net::TcpStream;

fn entry(rev: i64, left: Option<i64>) -> Entry {
    let leavers = left.map_or(Leavers::Nobody, |user| Leavers::One(UserId::try_from(user).unwrap()));
    Entry { rev: self::rev(rev), leavers, frame: format!("{rev} ").into() }
}

fn rev(rev: i64) -> Rev {
    Rev::try_from(rev).unwrap()
}

/// A socket and what its client hears.
struct Socket {
    connection: Arc<Connection>,
    far: TcpStream,
    slot: Slot,
}

impl Socket {
    /// In the audience of the room, but it has not been told how the room stands.
    async fn in_room(room: &Room, user: i64) -> Self {
        let (connection, far) = connection(user).await;
        let (slot, is_new) = room.add(&connection, None);
        assert!(is_new);
        Self { connection, far, slot }
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

async fn room_with(users: impl IntoIterator<Item = i64>) -> (Arc<Room>, Vec<Socket>) {
    let room = Arc::new(Room::new(RoomId::try_from(7).unwrap()));
    room.settle(Rev::ZERO);
    let mut sockets = Vec::new();
    for user in users {
        let socket = Socket::in_room(&room, user).await;
        assert!(room.admit(&socket.connection, socket.slot, Rev::ZERO));
        sockets.push(socket);
    }
    (room, sockets)
}

/// Hands out all that is in order: sockets let out, frames and system calls.
fn pump(room: &Arc<Room>) -> (usize, usize, usize) {
    let mut all = (0, 0, 0);
    if let Some(mut round) = room.begin() {
        loop {
            let progress = round.slice();
            all = (all.0 + progress.gone, all.1 + progress.frames, all.2 + progress.writes);
            if progress.is_done {
                break;
            }
        }
    }
    all
}

#[tokio::test]
async fn changes_go_out_in_the_order_of_their_revisions() {
    let (room, sockets) = room_with([1]).await;
    for rev in [2, 3, 1, 1, 5] {
        room.deliver(entry(rev, None));
    }
    assert_eq!(pump(&room), (0, 3, 1));
    assert_eq!(sockets[0].heard().await, "1 2 3");
    assert!(room.has_gap());
    assert!(room.mend(vec![entry(4, None), entry(5, None)]));
    pump(&room);
    assert_eq!(sockets[0].heard().await, "4 5");
    assert!(!room.has_gap());
}

#[tokio::test]
async fn nobody_hears_anything_after_their_removal() {
    let (room, sockets) = room_with([1, 2]).await;
    room.deliver(entry(3, None));
    room.deliver(entry(2, Some(2)));
    room.deliver(entry(1, None));
    assert_eq!(pump(&room), (1, 4, 2));
    assert_eq!(sockets[0].heard().await, "1 2 3");
    assert_eq!(sockets[1].heard().await, "1 Gone(RoomId(7))");
}

#[tokio::test]
async fn a_socket_that_joins_late_hears_what_came_after_its_reading_once() {
    let (room, sockets) = room_with([1]).await;
    let late = Socket::in_room(&room, 2).await;
    (1..=3).for_each(|rev| assert!(room.deliver(entry(rev, None))));
    pump(&room);
    room.deliver(entry(4, None));
    room.deliver(entry(5, None));
    assert_eq!(late.heard().await, "");
    // It has read the database at 4, which is not handed out yet.
    assert!(room.admit(&late.connection, late.slot, rev(4)));
    pump(&room);
    room.deliver(entry(6, None));
    pump(&room);
    assert_eq!(late.heard().await, "5 6");
    assert_eq!(sockets[0].heard().await, "1 2 3 4 5 6");
}

#[tokio::test]
async fn a_client_resumes_from_memory_as_far_as_that_reaches_back() {
    let (room, sockets) = room_with([1]).await;
    let far_back = audience::RING as i64 + 10;
    (1..=far_back).for_each(|rev| assert!(room.deliver(entry(rev, None))));
    pump(&room);
    sockets[0].heard().await;
    let (socket, slot) = (&sockets[0].connection, sockets[0].slot);
    room.pause(socket, slot);
    assert!(!room.resume(socket, slot, rev(9)), "10 is forgotten");
    assert!(!room.resume(socket, slot, rev(far_back + 1)), "that is not known to exist");
    assert!(room.resume(socket, slot, rev(far_back - 1)));
    assert_eq!(sockets[0].heard().await, far_back.to_string());
    room.pause(socket, slot);
    assert!(room.resume(socket, slot, rev(far_back)));
    assert_eq!(sockets[0].heard().await, "");
}

/// Two changes of one thing while the bus is away leave one row, at the newer revision.
#[tokio::test]
async fn a_client_in_front_of_a_repaired_gap_is_not_answered_from_memory() {
    let (room, sockets) = room_with([1]).await;
    [1, 2].into_iter().for_each(|rev| assert!(room.deliver(entry(rev, None))));
    pump(&room);
    room.deliver(entry(5, None));
    assert!(room.mend(vec![entry(4, None), entry(5, None)]), "3 and 4 changed one thing");
    pump(&room);
    assert_eq!(sockets[0].heard().await, "1 2 4 5");
    let (socket, slot) = (&sockets[0].connection, sockets[0].slot);
    room.pause(socket, slot);
    for behind in [0, 1, 2] {
        assert!(!room.resume(socket, slot, rev(behind)), "memory does not tell what came after {behind}");
    }
    assert!(room.resume(socket, slot, rev(3)), "whoever has 3 lacks 4 and 5 only");
    assert_eq!(sockets[0].heard().await, "4 5");
    room.deliver(entry(6, None));
    pump(&room);
    assert_eq!(sockets[0].heard().await, "6");
}

#[tokio::test]
async fn a_removal_between_reading_and_joining_is_heeded() {
    let (room, sockets) = room_with([1]).await;
    room.deliver(entry(1, Some(2)));
    pump(&room);
    let late = Socket::in_room(&room, 2).await;
    assert!(room.admit(&late.connection, late.slot, Rev::ZERO));
    room.deliver(entry(2, None));
    pump(&room);
    assert_eq!(late.heard().await, "Gone(RoomId(7))");
    assert_eq!(sockets[0].heard().await, "1 2");
}

#[tokio::test]
async fn what_comes_before_the_head_is_known_waits_for_it() {
    let room = Arc::new(Room::new(RoomId::try_from(7).unwrap()));
    let socket = Socket::in_room(&room, 1).await;
    [6, 4, 5].into_iter().for_each(|rev| assert!(!room.deliver(entry(rev, None))));
    assert!(room.settle(rev(4)));
    assert!(room.admit(&socket.connection, socket.slot, rev(4)));
    pump(&room);
    assert_eq!(socket.heard().await, "5 6");
}

#[tokio::test]
async fn who_has_read_ahead_of_the_room_is_written_nothing_twice() {
    let (room, sockets) = room_with([1]).await;
    room.pause(&sockets[0].connection, sockets[0].slot);
    assert!(room.admit(&sockets[0].connection, sockets[0].slot, rev(2)));
    room.deliver(entry(1, None));
    room.deliver(entry(2, None));
    assert_eq!(pump(&room), (0, 0, 0));
    assert_eq!(sockets[0].heard().await, "");
    room.deliver(entry(3, None));
    pump(&room);
    assert_eq!(sockets[0].heard().await, "3");
}

#[tokio::test]
async fn the_end_of_a_room_costs_no_write_and_lets_everybody_out() {
    let (room, sockets) = room_with(1..=3).await;
    let late = Socket::in_room(&room, 4).await;
    room.deliver(Entry::end(rev(1)));
    assert_eq!(pump(&room), (4, 0, 0), "the sockets' own tasks tell it");
    assert_eq!(room.watchers().len(), 0);
    for socket in sockets.iter().chain([&late]) {
        assert_eq!(socket.heard().await, "Ended(RoomId(7))");
    }
    let later = Socket::in_room(&room, 5).await;
    assert!(room.admit(&later.connection, later.slot, Rev::ZERO));
    assert_eq!(later.heard().await, "Ended(RoomId(7))");
}

/// Each removal was once a round of writes of its own to everybody who remained.
#[tokio::test]
async fn many_who_leave_at_once_cost_one_write_a_socket() {
    let (room, sockets) = room_with(1..=20).await;
    (2..=20).for_each(|user| assert!(room.deliver(entry(user - 1, Some(user)))));
    let (gone, _, writes) = pump(&room);
    assert_eq!(gone, 19);
    assert!(writes <= 20, "{writes}");
    let all: Vec<_> = (1..=19).map(|rev| rev.to_string()).collect();
    assert_eq!(sockets[0].heard().await, all.join(" "));
    assert_eq!(sockets[19].heard().await, all[..18].join(" ") + " Gone(RoomId(7))");
}

/// Returning to a room between two slices finds the same changes in memory.
#[tokio::test]
async fn a_large_audience_is_served_in_slices_between_which_sockets_come_and_go() {
    let count = SLICE as i64 + 3;
    let (room, sockets) = room_with(1..=count).await;
    (1..=2).for_each(|rev| assert!(room.deliver(entry(rev, None))));
    let mut round = room.begin().unwrap();
    let first = round.slice();
    assert_eq!((first.writes, first.frames, first.is_done), (SLICE, 2 * SLICE, false));
    room.deliver(entry(3, None));

    let [resuming, leaving, last] = &sockets[SLICE..] else { panic!("three are in the second slice") };
    room.pause(&resuming.connection, resuming.slot);
    assert!(room.resume(&resuming.connection, resuming.slot, rev(1)));
    assert!(room.remove(&leaving.connection, leaving.slot));
    let late = Socket::in_room(&room, count + 1).await;
    assert_eq!(late.slot, leaving.slot, "slots are used again");
    assert!(!room.remove(&leaving.connection, leaving.slot), "by another socket");
    assert!(room.admit(&late.connection, late.slot, rev(1)));

    let second = round.slice();
    assert_eq!((second.writes, second.is_done), (1, true), "two of three were told already");
    pump(&room);
    for (socket, heard) in [(&sockets[0], "1 2 3"), (resuming, "2 3"), (leaving, ""), (last, "1 2 3"), (&late, "2 3")] {
        assert_eq!(socket.heard().await, heard);
    }
}
