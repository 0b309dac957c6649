use crate::world::{Closed, Crowd, Entry, Line, Traffic, World};
use protocol::close;
use std::time::Duration;

/// R20
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_in_traffic_ends_in_good_order_and_loses_nothing() {
    let mut world = World::start().await;
    world.populate(Crowd { people: 20, rooms: 4, members: 8 }).await;
    let traffic = Traffic::start(&world, Duration::from_millis(2));
    for _ in 0..3 {
        world.acknowledges(100).await;
        world.faults.push(format!("server stopped after {} acknowledgements", world.acknowledged()));
        let told = restarts(&world);
        let (addr, cookie) = (world.addr(), world.people[0].cookie.clone());
        let knocking = tokio::spawn(async move {
            loop {
                match Line::open(addr, &cookie, "/ws").await {
                    Ok(_) => tokio::task::yield_now().await,
                    Err(closed) => return closed,
                }
            }
        });
        let (status, took) = world.node_mut().stop().await;
        assert!(status.success() && took <= Duration::from_secs(10), "{status:?} after {took:?}\n{}", world.story());
        let closed = knocking.await.unwrap();
        let is_expected = matches!(closed, Closed::Refused(503) | Closed::Code(close::RESTART) | Closed::Lost);
        assert!(is_expected, "who knocks at a stopping server: {closed:?}");
        for client in &world.clients {
            client.is("the end of its line", |status| !status.is_ready).await;
        }
        assert_eq!(restarts(&world), told + world.clients.len(), "every client is told to come back");
        world.start_server().await;
        world.is_ready().await;
    }
    traffic.stop().await;
    world.check().await;
}

/// How many connections ended with the code to come back.
fn restarts(world: &World) -> usize {
    let is_told = |entry: &Entry| matches!(entry, Entry::Ended(Some(close::RESTART)));
    world.clients.iter().map(|client| client.history().count(is_told)).sum()
}
