use crate::world::{Draft, Entry, Line, Person, Way, World, bound};
use futures::future::join_all;
use protocol::{ClientId, close};
use std::sync::Arc;
use std::time::{Duration, Instant};

const SLOW: usize = 50;
const MEBIBYTE: u64 = 1 << 20;

/// So often as a message may hold letters, 32 KB: the system takes some megabytes before a server has to wait.
const LONGEST: &str = "🥖";

/// R19
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_who_stop_reading_cost_bounded_memory_and_hold_nobody_up() {
    let mut world = World::start().await;
    for n in 0..8 {
        world.person(&format!("person-{n}")).await;
    }
    let (people, fast) = (world.people.clone(), world.clients.clone());
    let sleeper = world.device(&people[0]).await;
    let room = world.room(&people).await;
    world.is_ready().await;

    let (held, before) = (world.node().connections(), world.node().memory());
    let mut silent = Vec::new();
    for person in people.iter().cycle().take(SLOW - 1) {
        silent.push(Line::narrow(world.addr(), &person.cookie).await.expect("a socket"));
    }
    sleeper.link.change(|weather| weather.back = Way::Held);
    let mut most = before;
    let mut dice = world.seed.dice("long words");
    for _ in 0..24 {
        for client in &fast {
            client.sends_draft(Draft { client_id: ClientId(dice.uuid()), room, text: LONGEST.repeat(8000) }).await;
        }
        for client in &fast {
            client.is_acknowledged().await;
        }
        most = most.max(world.node().memory());
    }
    // The server gives them up by itself; nothing tells of that but its connections.
    let closed = Instant::now();
    while world.node().connections() >= held {
        assert!(closed.elapsed() < Duration::from_secs(10), "{} connections of {held}", world.node().connections());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let more = most.saturating_sub(before) / MEBIBYTE;
    assert!(more <= SLOW as u64 + 64, "{more} MiB more");
    assert!(fast.iter().all(|client| client.status().readies == 1), "the others were never disconnected");
    world.check().await;
    assert_eq!(sleeper.status().readies, 2, "who stopped reading was closed, came back and lost nothing");
    let codes = |entry: &Entry| matches!(entry, Entry::Ended(Some(code)) if *code != close::TOO_SLOW);
    assert_eq!(sleeper.history().count(codes), 0, "nobody is told another reason");
}

/// R21, with 300 sockets
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_clients_dropped_at_once_are_all_back_soon() {
    let mut world = World::start().await;
    let at = world.addr();
    let names: Vec<_> = (0..20).map(|n| format!("person-{n}")).collect();
    world.people = join_all(names.iter().map(|name| Person::registers(at, name))).await;
    let people = world.people.clone();
    for chunk in people.chunks(10) {
        world.room(chunk).await;
    }
    for person in people.iter().cycle().take(300) {
        world.device(person).await;
    }
    world.is_ready().await;
    let readies = |client: &Arc<crate::world::Client>| client.status().readies;
    let before: Vec<_> = world.clients.iter().map(readies).collect();
    let dropped = Instant::now();
    world.clients.iter().for_each(|client| client.link.reset());
    for (client, before) in world.clients.iter().zip(before) {
        client.is("a new connection", |status| status.is_ready && status.readies > before).await;
    }
    assert!(dropped.elapsed() <= bound(Duration::from_secs(10)), "{:?}", dropped.elapsed());
    for room in world.rooms.keys() {
        let member = world.clients.iter().find(|client| world.rooms[room].contains(&client.person.id)).unwrap();
        member.sends(*room).await;
    }
    world.check().await;
    drop(Line::open(world.addr(), &people[0].cookie, "/ws").await.expect("there is room for one more"));
}
