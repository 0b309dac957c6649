use crate::world::World;

/// R3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_senders_at_once_all_see_one_order_and_each_keeps_its_own() {
    const EACH: usize = 30;
    let mut world = World::start().await;
    for n in 0..16 {
        world.person(&format!("person-{n}")).await;
    }
    let people = world.people.clone();
    for person in people.iter().cycle().take(48) {
        world.device(person).await;
    }
    let room = world.room(&people).await;
    world.is_ready().await;
    for client in &world.clients {
        for _ in 0..EACH {
            client.sends(room).await;
        }
    }
    for client in &world.clients {
        client.is_acknowledged().await;
    }
    let verdict = world.check().await;
    assert_eq!((verdict.acknowledged, verdict.stored), (64 * EACH, 64 * EACH));
    assert_eq!(verdict.applied, 64 * 64 * EACH, "every client took every message once");
}
