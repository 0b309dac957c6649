//! One order for all (promise R3).

use super::support::{Server, Socket, client_id, text, within};
use futures::future::join_all;
use protocol::{Command, Event, RoomId};

const SOCKETS_EACH: usize = 16;
const EACH: usize = 6;

/// Sends everything before it reads an answer, then hears what all have said.
async fn sends_and_hears(mut socket: Socket, room: RoomId, me: usize, all: usize) -> Socket {
    let mut asked = Vec::new();
    for n in 0..EACH {
        asked.push(
            socket.send(Command::NewMessage { room, client_id: client_id(), text: text(&format!("{me}:{n}")) }).await,
        );
    }
    let mut last = None;
    for id in asked {
        match socket.answer(id).await {
            Event::Ack { no, rev, .. } => {
                assert!(last < Some((no, rev)), "acknowledged in the order in which they were sent");
                last = Some((no, rev));
            }
            other => panic!("{other:?}"),
        }
    }
    within("all messages", async {
        while socket.heard(room).count() < all {
            socket.listen().await.unwrap();
        }
    })
    .await;
    socket
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_senders_are_heard_in_one_order_by_all() {
    let server = Server::start().await;
    let names = ["ines", "jona", "bea", "emil"];
    let mut people = Vec::new();
    for name in names {
        people.push(server.person(name).await);
    }
    let room = people[0].room_with(&people.iter().skip(1).collect::<Vec<_>>()).await;
    let mut sockets = Vec::new();
    for person in &people {
        for _ in 0..SOCKETS_EACH {
            sockets.push(person.socket().await);
        }
    }
    let all = sockets.len() * EACH;
    let sending =
        sockets.into_iter().enumerate().map(|(me, socket)| tokio::spawn(sends_and_hears(socket, room, me, all)));
    let sockets: Vec<_> = join_all(sending).await.into_iter().map(Result::unwrap).collect();

    let order: Vec<_> = sockets[0].heard(room).map(|(rev, message)| (rev, message.clone())).collect();
    assert_eq!(order.len(), all);
    for (at, (rev, message)) in order.iter().enumerate() {
        assert_eq!((rev.get(), message.no.get()), (at as i64 + 1, at as i64 + 1), "numbers without a hole");
    }
    for socket in &sockets {
        assert_eq!(socket.gaps, 0);
        assert!(socket.heard(room).map(|(rev, message)| (rev, message.clone())).eq(order.iter().cloned()));
    }
    let mut next = vec![0; sockets.len()];
    for (_, message) in &order {
        let (me, n) = message.text.as_str().split_once(':').unwrap();
        let (me, n): (usize, usize) = (me.parse().unwrap(), n.parse().unwrap());
        assert_eq!(n, next[me], "a sender's own order");
        next[me] += 1;
    }
    assert!(next.iter().all(|&sent| sent == EACH));
}
