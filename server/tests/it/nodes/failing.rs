//! A node that is killed, and nodes that restart one after the other, cost nobody a message (promises R16 and R20).

use super::support::{Client, Installation};
use crate::live::support::{Person, within};
use protocol::{RoomId, close};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Somebody speaks without a pause and two listen, while something happens to the nodes.
struct Talk {
    progress: Arc<Progress>,
    clients: JoinHandle<Vec<Client>>,
}

#[derive(Default)]
struct Progress {
    said: AtomicUsize,
    is_enough: AtomicBool,
    /// How many it will be; known before the last one is said.
    total: OnceLock<usize>,
}

impl Talk {
    /// The speaker is at the first node, and a listener at each.
    async fn start(home: &Installation, ines: &Person, jona: &Person, room: RoomId) -> Self {
        let speaker = Client::new(ines, room, home.socket_at(0, ines).await);
        let [one, two] = home.sockets(jona).await.map(|socket| Client::new(jona, room, socket));
        let progress = Arc::new(Progress::default());
        let shared = progress.clone();
        let clients = tokio::spawn(async move {
            let (speaker, one, two) = tokio::join!(shared.speaks(speaker), shared.listens(one), shared.listens(two));
            vec![speaker, one, two]
        });
        Self { progress, clients }
    }

    /// Waits until so many more messages are acknowledged.
    async fn goes_on(&self, count: usize) {
        let until = self.progress.said.load(Ordering::Relaxed) + count;
        within("the talk to go on", async {
            while self.progress.said.load(Ordering::Relaxed) < until {
                assert!(!self.clients.is_finished(), "the talk has broken off");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    }

    /// Hears it to its end: everybody has everything, once and in one order. How many messages it was, and the codes
    /// with which sockets ended.
    async fn ends(self) -> (i64, Vec<Option<u16>>) {
        self.progress.is_enough.store(true, Ordering::Relaxed);
        let clients = within("the end of the talk", self.clients).await.unwrap();
        let total = *self.progress.total.get().unwrap() as i64;
        for client in &clients {
            assert_eq!(client.taken.iter().map(|no| no.get()).collect::<Vec<_>>(), (1..=total).collect::<Vec<_>>());
        }
        (total, clients.into_iter().flat_map(|client| client.codes).collect())
    }
}

impl Progress {
    async fn speaks(&self, mut client: Client) -> Client {
        for n in 1.. {
            let is_last = self.is_enough.load(Ordering::Relaxed);
            if is_last {
                self.total.set(n).unwrap();
            }
            assert_eq!(client.says(&format!("message {n}")).await.get(), n as i64);
            self.said.store(n, Ordering::Relaxed);
            if is_last {
                break;
            }
        }
        self.listens(client).await
    }

    async fn listens(&self, mut client: Client) -> Client {
        client.listens(|count| self.total.get().is_some_and(|total| count >= *total)).await;
        client
    }
}

async fn two_in_a_room(home: &Installation) -> (Person, Person, RoomId) {
    let (ines, jona) = (home.person("ines").await, home.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    (ines, jona, room)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_at_a_killed_node_goes_on_at_the_other_and_misses_nothing() {
    let mut home = Installation::start().await;
    let (ines, jona, room) = two_in_a_room(&home).await;
    let talk = Talk::start(&home, &ines, &jona, room).await;
    talk.goes_on(50).await;
    home.nodes[0].kill().await;
    talk.goes_on(100).await;
    for _ in 0..6 {
        assert_eq!(ines.get(&format!("/rooms/{room}")).await.status, 200, "pages come from the node that is left");
    }
    home.nodes[0].start().await;
    let (total, codes) = talk.ends().await;
    assert_eq!(codes, [None; 2], "the speaker and one listener were at that node; a killed one says no goodbye");
    assert_eq!(ines.sees("/rooms").await.room(room).unwrap().room.last_no.get(), total);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_restart_one_after_the_other_while_people_talk() {
    let mut home = Installation::start().await;
    let (ines, jona, room) = two_in_a_room(&home).await;
    let talk = Talk::start(&home, &ines, &jona, room).await;
    for node in 0..2 {
        talk.goes_on(40).await;
        let begun = Instant::now();
        assert_eq!(home.nodes[node].stop().await.code(), Some(0));
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        talk.goes_on(40).await;
        home.nodes[node].start().await;
    }
    let (total, codes) = talk.ends().await;
    assert!(codes.len() >= 3, "everybody was at one of them");
    assert!(codes.iter().all(|code| *code == Some(close::RESTART)), "{codes:?}");
    assert_eq!(ines.sees("/rooms").await.room(room).unwrap().room.last_no.get(), total);
}
