//! The checker is checked: it has to notice servers that are broken on purpose.

use super::crashes::killed_again_and_again;
use super::retries::one_whose_acknowledgement_is_lost;
use crate::checker::{Invariant, Verdict};
use crate::world::{Crowd, Draft, Traffic, Way, World};
use protocol::ClientId;
use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;

async fn broken(sabotage: &str) -> World {
    World::start_with(&[("NATTER_SABOTAGE", sabotage)]).await
}

const FEW: Crowd = Crowd { people: 8, rooms: 2, members: 6 };

/// Kills a broken server until a crash has shown what it breaks: not every one hits the moment.
async fn noticed(world: &mut World, invariant: Invariant) -> Verdict {
    for _ in 0..10 {
        killed_again_and_again(world, 4, 30).await;
        let verdict = world.verdict().await;
        if verdict.count(invariant) > 0 {
            return verdict;
        }
    }
    panic!("the checker noticed nothing\n{}", world.story());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checker_notices_an_acknowledgement_before_its_commit() {
    let mut world = broken("ack-before-commit").await;
    world.populate(FEW).await;
    noticed(&mut world, Invariant::Kept).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checker_notices_an_announcement_before_its_commit() {
    let mut world = broken("publish-before-commit").await;
    world.populate(FEW).await;
    let verdict = noticed(&mut world, Invariant::True).await;
    assert_eq!(verdict.acknowledged, verdict.stored, "the acknowledgements themselves were honest");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checker_notices_a_retry_that_is_stored_again() {
    let mut world = broken("no-unique-index").await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let room = world.room(&[alice.person.clone(), bob.person.clone()]).await;
    world.is_ready().await;
    one_whose_acknowledgement_is_lost(&alice, &bob, room).await;
    alice.link.calm();
    alice.is_acknowledged().await;
    let verdict = world.verdict().await;
    assert!(verdict.count(Invariant::Once) > 0, "{verdict:?}\n{}", world.story());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checker_notices_what_was_skipped_for_a_slow_reader() {
    let mut world = broken("skip-on-full-queue").await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let room = world.room(&[alice.person.clone(), bob.person.clone()]).await;
    world.is_ready().await;
    let mut dice = world.seed.dice("long words");
    bob.link.change(|weather| weather.back = Way::Held);
    // Long enough to fill the queue, and short enough for a page of them to find room in it.
    for _ in 0..1200 {
        let (client_id, text) = (ClientId(dice.uuid()), "🥖".repeat(2000));
        alice.sends_draft(Draft { client_id, room, text }).await;
    }
    alice.is_acknowledged().await;
    let silence = alice.status().heads[&room];
    bob.link.calm();
    // What comes first may be skipped as well, as long as the queue is full.
    let heard = bob.is("a word after the silence", |status| status.heads.get(&room) > Some(&silence));
    let mut heard = pin!(heard);
    while timeout(Duration::from_millis(20), &mut heard).await.is_err() {
        alice.sends(room).await;
        alice.is_acknowledged().await;
    }
    let verdict = world.verdict().await;
    assert!(verdict.count(Invariant::Ordered) > 0, "{}\n{}", verdict.tells(), world.story());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checker_notices_a_bus_without_head_repair() {
    let mut world = broken("drop-notices,no-head-repair").await;
    world.populate(FEW).await;
    let traffic = Traffic::start(&world, Duration::from_millis(5));
    world.acknowledges(50).await;
    traffic.stop().await;
    let verdict = world.verdict().await;
    assert!(verdict.count(Invariant::Agreed) > 0, "{}\n{}", verdict.tells(), world.story());
}
