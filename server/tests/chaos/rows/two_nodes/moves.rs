use super::Pair;
use crate::rows::absences::some_go_and_come_back;
use crate::rows::crashes::killed_again_and_again;
use crate::rows::order::all_talk_at_once;
use crate::rows::retries::one_is_sent_again_and_again;
use crate::world::{Crowd, Traffic, Way, World};
use std::time::Duration;

/// R1, R16
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_are_killed_again_and_again_lose_double_and_reorder_nothing() {
    let mut world = World::of_two_nodes().await;
    world.populate(Crowd { people: 20, rooms: 6, members: 8 }).await;
    killed_again_and_again(&mut world, 6, 120).await;
    let verdict = world.check().await;
    assert!(verdict.acknowledged > 100 && verdict.applied > 5 * 100, "the test's own premise: {verdict:?}");
}

/// R16
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_a_node_is_gone_its_people_go_on_through_the_other() {
    let mut world = World::of_two_nodes().await;
    world.populate(Crowd { people: 8, rooms: 3, members: 6 }).await;
    let traffic = Traffic::start(&world, Duration::from_millis(4));
    for at in [0, 1, 0] {
        world.acknowledges(60).await;
        world.kill_node(at).await;
        for client in &world.clients {
            let Some(room) = world.rooms_of(client.person.id).first().copied() else { continue };
            client.sends(room).await;
            let acked = client.status().acked;
            client.is("an acknowledgement of the other node", |status| status.acked > acked).await;
        }
        world.start_server().await;
    }
    traffic.stop().await;
    world.check().await;
}

/// R16
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_loses_nothing() {
    let mut world = World::of_two_nodes().await;
    world.populate(Crowd { people: 10, rooms: 3, members: 6 }).await;
    let traffic = Traffic::start(&world, Duration::from_millis(4));
    for at in [0, 1, 0, 1] {
        world.acknowledges(60).await;
        world.suffers(format!("server {at} stopped"));
        let (status, took) = world.node_at(at).stop().await;
        assert!(status.success() && took <= Duration::from_secs(10), "{status:?} after {took:?}\n{}", world.story());
        world.start_server().await;
    }
    traffic.stop().await;
    world.check().await;
}

/// R2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_sent_again_through_the_other_node_is_stored_and_told_once() {
    let mut world = World::of_two_nodes().await;
    let Pair { alice, bob, room } = Pair::settle(&mut world).await;
    // Alice begins at the first node, and changes to the one that is left each time.
    for at in [0, 1, 0] {
        let told = bob.status().heads[&room];
        alice.link.change(|weather| weather.back = Way::Held);
        let id = alice.sends(room).await;
        bob.is("the message", |status| status.heads[&room] > told).await;
        world.kill_node(at).await;
        alice.link.reset();
        alice.is("a line that breaks", |status| !status.is_ready).await;
        alice.link.calm();
        alice.is_acknowledged().await;
        assert_eq!(bob.history().told(id), 1, "told once, by either node");
        world.start_server().await;
    }
    assert_eq!(world.check().await.stored, 3);
}

/// R2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_at_either_node_gets_the_first_receipt_and_another_body_a_conflict() {
    one_is_sent_again_and_again(&mut World::of_two_nodes().await).await;
}

/// R3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn senders_on_both_nodes_all_see_one_order_and_each_keeps_its_own() {
    all_talk_at_once(&mut World::of_two_nodes().await, 32, 20).await;
}

/// R4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_back_to_either_node_has_exactly_what_was_missed() {
    some_go_and_come_back(&mut World::of_two_nodes().await).await;
}
