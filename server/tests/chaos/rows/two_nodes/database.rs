//! R15: PostgreSQL goes away in every way, and nothing is acknowledged that it does not keep.

use super::Pair;
use crate::checker::read_shared;
use crate::world::{Closed, Crowd, Entry, Line, Traffic, Way, World, bound, page};
use protocol::Code;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// After the end of a fault the nodes store and read again so soon.
const RECOVERED: Duration = Duration::from_secs(5);

fn is_unavailable(entry: &Entry) -> bool {
    matches!(entry, Entry::Refused(Code::Unavailable))
}

/// Until a node shows pages and lets sockets in.
async fn serves(world: &World, at: usize) {
    let (addr, cookie) = (world.addr_of(at), &world.people[0].cookie);
    while page(addr, cookie, "/rooms").await != 200 || Line::open(addr, cookie, "/ws").await.is_err() {
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crashed_database_is_missed_clearly_and_found_again_by_both_nodes() {
    let mut world = World::of_two_nodes().await;
    world.populate(Crowd { people: 8, rooms: 3, members: 6 }).await;
    let traffic = Traffic::start(&world, Duration::from_millis(4));
    world.acknowledges(60).await;
    world.suffers("PostgreSQL crashed");
    world.engines().crash_postgres();
    for at in 0..2 {
        let (addr, cookie) = (world.addr_of(at), &world.people[0].cookie);
        assert_eq!(page(addr, cookie, "/rooms").await, 503, "a page\n{}", world.story());
        assert_eq!(Line::open(addr, cookie, "/ws").await.err(), Some(Closed::Refused(503)), "a new socket");
    }
    for client in world.clients.iter().filter(|client| !world.rooms_of(client.person.id).is_empty()) {
        client.has("a clear refusal", is_unavailable).await;
    }
    world.engines().restart_postgres();
    let back = Instant::now();
    for at in 0..2 {
        let found = timeout(bound(RECOVERED), serves(&world, at)).await;
        assert!(found.is_ok(), "away {:?} after its return\n{}", back.elapsed(), world.story());
    }
    world.acknowledges(60).await;
    traffic.stop().await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_to_the_database_that_are_ended_at_any_moment_lose_and_double_nothing() {
    let mut world = World::of_two_nodes().await;
    world.populate(Crowd { people: 8, rooms: 3, members: 6 }).await;
    let traffic = Traffic::start(&world, Duration::from_millis(4));
    let mut ended = 0;
    for _ in 0..10 {
        world.acknowledges(20).await;
        world.suffers("backends terminated");
        ended += world.engines().terminate_backends().await;
    }
    traffic.stop().await;
    assert!(ended >= 20, "only {ended} connections were ended");
    world.check().await;
}

/// Nobody knows what became of a commit: the sender is told nothing, and asks again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_nobody_hears_of_is_no_acknowledgement_and_its_messages_are_stored_once() {
    const SAID: usize = 5;
    let mut world = World::of_two_nodes().await;
    let Pair { alice, bob, room } = Pair::settle(&mut world).await;
    world.suffers("commits are not heard of");
    world.engines().lines(0).postgres.change(|weather| weather.back = Way::CutBefore(b"COMMIT"));
    for _ in 0..SAID {
        alice.sends(room).await;
    }
    alice.is("refusals", |_| alice.history().count(is_unavailable) >= 3 * SAID).await;
    assert_eq!(alice.status().acked, 0, "nothing is acknowledged\n{}", world.story());
    assert_eq!(read_shared(world.engines()).await.len(), SAID, "the test's own premise: everything is stored");
    bob.sends(room).await;
    bob.is_acknowledged().await;
    world.engines().calm();
    alice.is_acknowledged().await;
    assert_eq!(world.check().await.stored, SAID + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_to_the_database_that_break_after_any_byte_lose_and_double_nothing() {
    let mut world = World::of_two_nodes().await;
    world.populate(Crowd { people: 8, rooms: 3, members: 6 }).await;
    let mut dice = world.seed.dice("cuts");
    let traffic = Traffic::start(&world, Duration::from_millis(4));
    for _ in 0..20 {
        let (at, bytes, is_there) = (dice.below(2), dice.below(4000), dice.below(2) == 0);
        world.suffers(format!("server {at} cut from PostgreSQL after {bytes} bytes, there: {is_there}"));
        world.engines().lines(at).postgres.change(|weather| match is_there {
            true => weather.there = Way::CutAfter(bytes),
            false => weather.back = Way::CutAfter(bytes),
        });
        world.acknowledges(8).await;
        world.engines().calm();
    }
    traffic.stop().await;
    world.check().await;
}

/// The other node goes on, although the lost one may have held a room's lock.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_cannot_reach_the_database_says_so_and_holds_the_other_up_for_seconds_only() {
    let mut world = World::of_two_nodes().await;
    let Pair { alice, bob, room } = Pair::settle(&mut world).await;
    world.suffers("server 0 partitioned from PostgreSQL");
    let line = &world.engines().lines(0).postgres;
    line.change(|weather| (weather.there, weather.back) = (Way::Held, Way::Held));
    alice.sends(room).await;
    for _ in 0..5 {
        let begun = Instant::now();
        bob.sends(room).await;
        bob.is_acknowledged().await;
        assert!(begun.elapsed() <= bound(RECOVERED), "held up for {:?}\n{}", begun.elapsed(), world.story());
    }
    alice.has("a clear refusal", is_unavailable).await;
    world.engines().calm();
    let back = Instant::now();
    alice.is_acknowledged().await;
    assert!(back.elapsed() <= bound(RECOVERED), "away for {:?}\n{}", back.elapsed(), world.story());
    world.check().await;
}
