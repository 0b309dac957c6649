use crate::world::{Order, Way, World};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// R7
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_lines_are_found_from_both_ends_and_a_sleeper_comes_back() {
    let mut world = World::start().await;
    let gone = world.person("gone").await;
    let cut = world.person("cut").await;
    let sleeper = world.person("sleeper").await;
    let speaker = world.person("speaker").await;
    let people: Vec<_> = world.people.clone();
    let room = world.room(&people).await;
    world.is_ready().await;

    let held = world.node().connections();
    let begun = Instant::now();
    gone.link.vanish();
    gone.order(Order::Leave).await;
    sleeper.order(Order::Stall).await;
    (cut.link).change(|weather| (weather.there, weather.back) = (Way::Held, Way::Held));
    speaker.sends(room).await;
    speaker.is_acknowledged().await;

    cut.is("that its line is dead", |status| !status.is_ready).await;
    assert!(begun.elapsed() <= Duration::from_secs(45), "noticed after {:?}", begun.elapsed());
    cut.link.calm();
    cut.link.reset();
    // Nothing tells of the server's own end but the server's own connections: "gone" and "sleeper" are both given up.
    while world.node().connections() > held - 2 && begun.elapsed() < Duration::from_secs(95) {
        sleep(Duration::from_millis(250)).await;
    }
    assert!(begun.elapsed() <= Duration::from_secs(90), "{} connections of {held}", world.node().connections());
    gone.order(Order::Return).await;
    sleeper.order(Order::Read).await;
    world.check().await;
}
