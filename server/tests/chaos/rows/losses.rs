use crate::world::{Crowd, Traffic, World};
use std::time::Duration;

/// R6: every third notice is lost, and now and then the last one of a burst, which no later one betrays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_bus_has_lost_arrives_all_the_same() {
    let mut world = World::start_with(&[("NATTER_SABOTAGE", "drop-notices")]).await;
    world.populate(Crowd { people: 6, rooms: 4, members: 4 }).await;
    for burst in 1..=3 {
        let traffic = Traffic::start(&world, Duration::from_millis(5));
        world.acknowledges(burst * 40).await;
        traffic.stop().await;
        world.check().await;
    }
}
