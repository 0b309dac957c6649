use crate::world::{Crowd, Line, Traffic, World, form};
use protocol::{ClientId, Command, MessageText};
use std::time::Duration;

/// R25
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_in_a_handler_ends_that_request_alone() {
    panics(5).await;
}

/// R25, more often than one person may have sockets open
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_that_ended_in_a_panic_leave_nothing_behind() {
    panics(25).await;
}

async fn panics(times: usize) {
    let mut world = World::start_with(&[("NATTER_SABOTAGE", "panic")]).await;
    world.populate(Crowd { people: 4, rooms: 1, members: 4 }).await;
    let room = *world.rooms.keys().next().unwrap();
    let cookie = world.people[0].cookie.clone();
    let mut dice = world.seed.dice("panics");
    let traffic = Traffic::start(&world, Duration::from_millis(10));
    for n in 0..times {
        let mut line = Line::open(world.addr(), &cookie, "/ws").await.unwrap_or_else(|closed| {
            panic!("after {n} panics there is no socket: {closed:?}");
        });
        let text = MessageText::parse("panic").unwrap();
        line.send(1, Command::NewMessage { room, client_id: ClientId(dice.uuid()), text }).await;
        let ends = async { while line.next().await.is_some() {} };
        let ended = tokio::time::timeout(Duration::from_secs(5), ends).await;
        assert!(ended.is_ok(), "the socket that asked for it ends");
        let (room, id) = (room.to_string(), dice.uuid().to_string());
        let fields = [("room", room.as_str()), ("client_id", &id), ("text", "panic"), ("page", "/rooms")];
        assert_eq!(form(world.addr(), &cookie, "send_message", &fields).await.status(), 500);
    }
    assert!(world.node().log().matches("a handler was asked to panic").count() >= 2 * times, "the test's own premise");
    traffic.stop().await;
    world.check().await;
    assert!(world.clients.iter().all(|client| client.status().readies == 1), "nobody else noticed");
}
