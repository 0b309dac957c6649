use crate::world::{Crowd, Traffic, World, bound};
use std::time::Duration;

/// Kills a server so often, each time after some acknowledgements, at a moment drawn by chance.
pub async fn killed_again_and_again(world: &mut World, times: usize, acknowledgements: usize) {
    let mut dice = world.seed.dice("crashes");
    let traffic = Traffic::start(world, Duration::from_millis(2));
    for _ in 0..times {
        world.acknowledges(1 + dice.below(acknowledgements)).await;
        // Between two acknowledgements lies a commit; the crash shall come anywhere in it.
        tokio::time::sleep(dice.millis(0, 9)).await;
        world.kill_node(dice.below(world.topology().nodes())).await;
        let took = world.start_server().await;
        assert!(took <= bound(Duration::from_secs(1)), "ready again after {took:?}\n{}", world.story());
    }
    traffic.stop().await;
}

/// R1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_again_and_again_loses_doubles_and_reorders_nothing() {
    let mut world = World::start().await;
    world.populate(Crowd { people: 50, rooms: 10, members: 12 }).await;
    killed_again_and_again(&mut world, 6, 200).await;
    let verdict = world.check().await;
    assert!(verdict.acknowledged > 200 && verdict.applied > 10 * 200, "the test's own premise: {verdict:?}");
}
