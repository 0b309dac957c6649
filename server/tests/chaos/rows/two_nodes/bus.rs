//! R14: Redis is away, and nobody who sends or reads has to wait for it.

use super::Pair;
use crate::checker::Truth;
use crate::world::{Crowd, Lines, Traffic, Way, World, bound};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// After the end of a fault the members on the other node know everything so soon.
const HEALED: Duration = Duration::from_secs(3);

/// A message is acknowledged so soon, whatever Redis does.
const ACKNOWLEDGED: Duration = Duration::from_secs(1);

/// A fault of the bus that lasts.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Killed,
    Paused,
    /// Nothing passes between this node and Redis.
    Partitioned(usize),
}

impl Fault {
    fn begin(self, world: &mut World) {
        world.suffers(format!("Redis {self:?}"));
        match self {
            Self::Killed => world.engines_mut().kill_redis(),
            Self::Paused => world.engines().redis().pause(),
            Self::Partitioned(node) => {
                let Lines { redis, .. } = world.engines().lines(node);
                redis.change(|weather| (weather.there, weather.back) = (Way::Held, Way::Held));
            }
        }
    }

    fn end(self, world: &mut World) {
        match self {
            Self::Killed => world.engines_mut().restart_redis(),
            Self::Paused => world.engines().redis().resume(),
            Self::Partitioned(node) => world.engines().lines(node).redis.calm(),
        }
    }
}

/// Both talk while the fault lasts, and have all of it soon after its end.
async fn lasts(fault: Fault, long: Duration) {
    let mut world = World::of_two_nodes().await;
    let Pair { alice, bob, room } = Pair::settle(&mut world).await;
    alice.sends(room).await;
    bob.is("what is said before", |status| status.heads[&room].get() > 0).await;

    fault.begin(&mut world);
    let begun = Instant::now();
    let mut longest = Duration::ZERO;
    let mut behind = Vec::new();
    while begun.elapsed() < long {
        for client in [&alice, &bob] {
            let said = Instant::now();
            client.sends(room).await;
            client.is_acknowledged().await;
            longest = longest.max(said.elapsed());
        }
        sleep(Duration::from_millis(50)).await;
        behind.push(alice.status().heads[&room] != bob.status().heads[&room]);
    }
    assert!(longest <= bound(ACKNOWLEDGED), "acknowledged after {longest:?}\n{}", world.story());
    // Now and then the nodes compare with the database, and nobody is behind.
    let lost = behind.iter().filter(|is_behind| **is_behind).count();
    assert!(lost * 2 > behind.len(), "the test's own premise: {fault:?} is noticed {lost} of {} times", behind.len());

    fault.end(&mut world);
    let healed = Instant::now();
    let newest = Truth::heads(&world, alice.person.id).await[&room];
    for client in [&alice, &bob] {
        client.is("all that was said", |status| status.heads[&room] >= newest).await;
    }
    assert!(healed.elapsed() <= bound(HEALED), "caught up after {:?}\n{}", healed.elapsed(), world.story());
    world.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_is_killed_and_comes_back_holds_nobody_up() {
    lasts(Fault::Killed, Duration::from_secs(2)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_stands_still_holds_nobody_up() {
    lasts(Fault::Paused, Duration::from_secs(20)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_cannot_reach_redis_holds_nobody_up() {
    lasts(Fault::Partitioned(0), Duration::from_secs(7)).await;
}

/// Without a fault that lasts: each time what was on its way is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscribers_that_are_cut_again_and_again_miss_nothing() {
    let mut world = World::of_two_nodes().await;
    world.populate(Crowd { people: 8, rooms: 3, members: 6 }).await;
    let traffic = Traffic::start(&world, Duration::from_millis(4));
    let mut cut = 0;
    for _ in 0..10 {
        world.acknowledges(20).await;
        world.suffers("subscribers cut");
        cut += world.engines().cut_subscribers().await;
    }
    traffic.stop().await;
    assert!(cut >= 10, "only {cut} subscribers were cut");
    world.check().await;
}
