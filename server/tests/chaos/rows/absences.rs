use crate::world::{Crowd, Entry, Order, Traffic, World};
use futures::future::join_all;
use std::time::Duration;
use tokio::time::sleep;

/// Clients go away for a while, or lose their lines, while others talk.
pub async fn some_go_and_come_back(world: &mut World) {
    world.populate(Crowd { people: 12, rooms: 3, members: 8 }).await;
    let mut dice = world.seed.dice("absences");
    let first = told_whole(world);
    let traffic = Traffic::start(world, Duration::from_millis(3));
    for _ in 0..24 {
        let client = dice.pick(&world.clients);
        if dice.below(2) == 0 {
            client.order(Order::Leave).await;
            world.acknowledges(dice.below(60)).await;
            client.order(Order::Return).await;
        } else {
            client.link.reset();
        }
    }
    traffic.stop().await;
    let verdict = world.check().await;
    assert!(verdict.applied > 500, "the test's own premise: {verdict:?}");
    assert_eq!(told_whole(world), first, "little was missed, so nobody starts anew");
}

/// How often clients were told the whole room in place of what they had missed.
fn told_whole(world: &World) -> usize {
    let is_anew = |entry: &Entry| matches!(entry, Entry::Anew { .. });
    world.clients.iter().map(|client| client.history().count(is_anew)).sum()
}

/// R4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_back_has_exactly_what_was_missed_and_then_what_is_live() {
    some_go_and_come_back(&mut World::start().await).await;
}

/// R4, by the clock
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_away_for_half_a_minute_has_exactly_what_was_missed() {
    let mut world = World::start().await;
    world.populate(Crowd { people: 8, rooms: 2, members: 6 }).await;
    let first = told_whole(&world);
    let traffic = Traffic::start(&world, Duration::from_millis(200));
    join_all(world.clients.iter().take(3).zip([1, 10, 30]).map(async |(client, seconds)| {
        client.order(Order::Leave).await;
        sleep(Duration::from_secs(seconds)).await;
        client.order(Order::Return).await;
    }))
    .await;
    traffic.stop().await;
    let verdict = world.check().await;
    assert!(verdict.applied > 300, "the test's own premise: {verdict:?}");
    assert_eq!(told_whole(&world), first, "little was missed, so nobody starts anew");
}
