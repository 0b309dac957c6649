use crate::world::World;

/// Each of so many senders says so many things without waiting for an answer.
pub async fn all_talk_at_once(world: &mut World, senders: usize, each: usize) {
    for n in 0..senders / 4 {
        world.person(&format!("person-{n}")).await;
    }
    let people = world.people.clone();
    for person in people.iter().cycle().take(senders - people.len()) {
        world.device(person).await;
    }
    let room = world.room(&people).await;
    world.is_ready().await;
    for client in &world.clients {
        for _ in 0..each {
            client.sends(room).await;
        }
    }
    for client in &world.clients {
        client.is_acknowledged().await;
    }
    let verdict = world.check().await;
    assert_eq!((verdict.acknowledged, verdict.stored), (senders * each, senders * each));
    assert_eq!(verdict.applied, senders * senders * each, "every client took every message once");
}

/// R3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_senders_at_once_all_see_one_order_and_each_keeps_its_own() {
    all_talk_at_once(&mut World::start().await, 64, 30).await;
}
