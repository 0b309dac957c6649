//! S2 and S3: what ends at one node ends at the other, whether or not Redis carries the news.

use crate::world::{Closed, Heard, Line, Person, Traffic, World, bound, form};
use protocol::{Command, Event, Rev, RoomId, UserId, What, close};
use std::time::Duration;
use tokio::time::timeout;

/// With a bus, and without: how soon a socket of an ended session is closed.
const ENDED: Duration = Duration::from_secs(2);
const ENDED_ALONE: Duration = Duration::from_secs(30);

/// What carries the news from node to node.
#[derive(Clone, Copy)]
enum Bus {
    Well,
    Gone,
}

impl Bus {
    fn befalls(self, world: &mut World) {
        match self {
            Self::Well => {}
            Self::Gone => world.engines_mut().kill_redis(),
        }
    }
}

/// Somebody's socket at a node, with everything told.
async fn socket(world: &World, at: usize, cookie: &str) -> Line {
    let mut line = Line::open(world.addr_of(at), cookie, "/ws").await.expect("a socket");
    line.greets().await;
    line
}

/// The code with which it ends, in this time.
async fn ends(line: &mut Line, within: Duration) -> Option<u16> {
    let end = async {
        loop {
            if let Heard::End(code) = line.hears().await {
                return code;
            }
        }
    };
    timeout(within, end).await.expect("a socket of an ended session is closed")
}

/// A log-out and another password at the first node, with sockets at the second.
async fn sessions_end_at_the_other_node(bus: Bus, within: Duration) {
    let mut world = World::of_two_nodes().await;
    let ines = world.person("ines").await.person.clone();
    let (phone, tablet) = (ines.logs_in(world.addr_of(0)).await, ines.logs_in(world.addr_of(1)).await);
    let (mut one, mut two) = (socket(&world, 1, &phone).await, socket(&world, 1, &tablet).await);
    bus.befalls(&mut world);
    assert_eq!(form(world.addr_of(0), &phone, "logout", &[]).await.status(), 303);
    assert_eq!(ends(&mut one, within).await, Some(close::LOGGED_OUT), "{}", world.story());

    let words = [("password", Person::PASSWORD), ("new_password", "a new and better one"), ("page", "/settings")];
    assert_eq!(form(world.addr_of(0), &ines.cookie, "set_password", &words).await.status(), 303);
    assert_eq!(ends(&mut two, within).await, Some(close::LOGGED_OUT), "{}", world.story());
    for cookie in [&phone, &tablet] {
        let refused = Line::open(world.addr_of(1), cookie, "/ws").await.err();
        assert_eq!(refused, Some(Closed::Refused(401)), "an old cookie opens nothing");
    }
}

/// S2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_at_one_node_closes_its_sockets_at_the_other() {
    sessions_end_at_the_other_node(Bus::Well, bound(ENDED)).await;
}

/// S2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_closes_its_sockets_at_the_other_node_without_redis_too() {
    sessions_end_at_the_other_node(Bus::Gone, ENDED_ALONE).await;
}

/// The revisions of a room that a socket hears live, until the room is gone.
async fn hears_until_gone(line: &mut Line, room: RoomId) -> Vec<Rev> {
    let mut revs = Vec::new();
    loop {
        match line.next().await.expect("a socket that stays open") {
            Event::Change(change) if change.room == room => revs.push(change.rev),
            Event::RoomGone { room: gone } if gone == room => return revs,
            _ => {}
        }
    }
}

/// When somebody left, as another member hears it.
async fn hears_of_leaving(line: &mut Line, who: UserId) -> Rev {
    loop {
        match line.next().await.expect("a socket that stays open") {
            Event::Change(change) if change.what == What::MemberLeft(who) => return change.rev,
            _ => {}
        }
    }
}

/// The owner at the first node removes somebody at the second, while people at both go on talking.
async fn nothing_follows_a_removal(bus: Bus) {
    let mut world = World::of_two_nodes().await;
    let (ines, jona) = (world.person("ines").await.person.clone(), world.person("jona").await.person.clone());
    let mallory = Person::registers(world.addr_of(0), "mallory").await;
    let room = world.room(&[ines.clone(), jona, mallory.clone()]).await;
    world.rooms.insert(room, world.people.iter().map(|person| person.id).collect());
    world.is_ready().await;
    let (mut owner, mut removed) = (socket(&world, 0, &ines.cookie).await, socket(&world, 1, &mallory.cookie).await);
    let traffic = Traffic::start(&world, Duration::from_millis(5));
    world.acknowledges(40).await;
    bus.befalls(&mut world);
    world.acknowledges(20).await;
    let fields = [("room", &*room.to_string()), ("user", &*mallory.id.to_string())];
    assert_eq!(form(world.addr_of(0), &ines.cookie, "remove_member", &fields).await.status(), 303);
    world.acknowledges(60).await;
    let heard = hears_until_gone(&mut removed, room).await;
    let left = hears_of_leaving(&mut owner, mallory.id).await;
    traffic.stop().await;
    assert!(heard.len() >= 20, "the test's own premise: {heard:?}");
    assert!(heard.iter().all(|rev| *rev < left), "{:?} after {left}\n{}", heard.last(), world.story());
    removed.send(9, Command::Ping).await;
    assert_eq!(removed.next().await, Some(Event::Pong), "the room's end is its last word");
    world.check().await;
}

/// S3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_removed_at_one_node_hears_nothing_that_came_after_at_the_other() {
    nothing_follows_a_removal(Bus::Well).await;
}

/// S3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_removed_hears_nothing_that_came_after_without_redis_either() {
    nothing_follows_a_removal(Bus::Gone).await;
}
