use crate::world::{Crowd, Traffic, World};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// R23
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_in_slices_of_one_byte_and_late_is_like_any_other() {
    let mut world = World::start().await;
    world.populate(Crowd { people: 6, rooms: 2, members: 4 }).await;
    for client in &world.clients[..3] {
        client.link.change(|weather| weather.slice = 1);
    }
    for client in &world.clients[3..5] {
        client.link.change(|weather| weather.latency = Duration::from_millis(30));
    }
    let traffic = Traffic::start(&world, Duration::from_millis(10));
    world.acknowledges(100).await;
    traffic.stop().await;
    for client in &world.clients {
        client.is_acknowledged().await;
    }
    world.check().await;
    assert!(world.clients.iter().all(|client| client.status().readies == 1), "no line broke");
}

/// R23
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn junk_from_hundreds_of_lines_brings_nothing_down_and_disturbs_nobody() {
    let mut world = World::start().await;
    world.populate(Crowd { people: 6, rooms: 2, members: 4 }).await;
    let mut dice = world.seed.dice("junk");
    let traffic = Traffic::start(&world, Duration::from_millis(5));
    let held = world.node().connections();
    let (addr, cookie) = (world.addr(), world.people[0].cookie.clone());
    let upgrade = format!(
        "GET /ws HTTP/1.1\r\nhost: {addr}\r\norigin: http://{addr}\r\ncookie: {cookie}\r\nconnection: upgrade\r\n\
         upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    for _ in 0..200 {
        let mut tcp = TcpStream::connect(addr).await.unwrap();
        let junk: Vec<u8> = (0..64).flat_map(|_| *dice.uuid().as_bytes()).collect();
        // Half an upgrade and then nothing, or a whole one and then bytes without a meaning.
        let head = if dice.below(4) == 0 { &upgrade[..dice.below(upgrade.len())] } else { &upgrade };
        tcp.write_all(head.as_bytes()).await.unwrap();
        // The server may close at the first of them.
        let _ = tcp.write_all(&junk).await;
    }
    world.acknowledges(50).await;
    traffic.stop().await;
    world.check().await;
    assert!(world.clients.iter().all(|client| client.status().readies == 1), "nobody else noticed");
    assert!(!world.node().log().contains("panicked"), "{}", world.story());
    let left = async {
        while world.node().connections() > held {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let left = tokio::time::timeout(Duration::from_secs(30), left).await;
    assert!(left.is_ok(), "{} connections stay of {held}", world.node().connections());
}
