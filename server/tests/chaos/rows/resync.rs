use crate::world::{Crowd, Entry, Line, Order, World};
use protocol::{Command, Event, Known};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

fn anew(entry: &Entry) -> bool {
    matches!(entry, Entry::Anew { .. })
}

/// R5
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_away_too_long_starts_anew_and_has_no_hole() {
    let mut world = World::start().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let room = world.room(&[alice.person.clone(), bob.person.clone()]).await;
    world.is_ready().await;
    alice.sends(room).await;
    bob.is("the first message", |status| status.heads[&room].get() == 1).await;
    let before = bob.history().count(anew);
    bob.order(Order::Leave).await;
    for _ in 0..502 {
        alice.sends(room).await;
    }
    alice.is_acknowledged().await;
    bob.order(Order::Return).await;
    world.check().await;
    assert_eq!(bob.history().count(anew), before + 1, "told once that it starts anew");
}

/// R5
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_backup_makes_every_client_start_anew() {
    let mut world = World::start().await;
    world.populate(Crowd { people: 6, rooms: 2, members: 5 }).await;
    let speak = async |world: &World| {
        for client in &world.clients {
            for room in world.rooms_of(client.person.id) {
                client.sends(room).await;
            }
        }
        for client in &world.clients {
            client.is_acknowledged().await;
        }
    };
    speak(&world).await;
    world.node_mut().stop().await;
    let (database, backup) = (world.node().database(), world.node().database().with_extension("backup"));
    std::fs::copy(&database, &backup).unwrap();
    world.start_server().await;
    speak(&world).await;

    world.node_mut().stop().await;
    std::fs::rename(&backup, &database).unwrap();
    let mut db = SqliteConnectOptions::new().filename(&database).connect().await.unwrap();
    sqlx::query("update instance set epoch = randomblob(16)").execute(&mut db).await.unwrap();
    db.close().await.unwrap();
    world.start_server().await;
    for client in &world.clients {
        client.has("another life", |entry| matches!(entry, Entry::OtherEpoch)).await;
        client.is_ready().await;
    }
    speak(&world).await;
    let verdict = world.check().await;
    assert_eq!(verdict.stored, 2 * verdict.acknowledged, "what was said before the backup, and after the restore");
}

/// R5
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revision_from_the_future_is_answered_once_and_never_again() {
    let mut world = World::start().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let room = world.room(&[alice.person.clone(), bob.person.clone()]).await;
    world.is_ready().await;
    let mut line = Line::open(world.addr(), &alice.person.cookie, "/ws").await.unwrap();
    let mut rev = ((1_i64 << 53) - 1).try_into().unwrap();
    for expected in [1, 0] {
        let rooms = vec![Known { room, rev }];
        let epoch = Some(line.epoch);
        line.send(1, Command::Hello { epoch, rooms }).await;
        let mut told = 0;
        loop {
            match line.next().await.unwrap() {
                Event::Room { room } => (told, rev) = (told + 1, room.rev),
                Event::Ready => break,
                _ => {}
            }
        }
        assert_eq!(told, expected);
    }
    world.check().await;
}
