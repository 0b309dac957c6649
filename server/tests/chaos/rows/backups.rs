use crate::checker::{Stored, read_file, read_shared};
use crate::seed::Seed;
use crate::world::{Crowd, Topology, Traffic, World, binary};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use tokio::process::Command;

/// Runs the program for one task, which succeeds.
async fn natter(flags: &[&str]) {
    let done = Command::new(binary()).args(flags).kill_on_drop(true).output();
    let done = tokio::time::timeout(Duration::from_secs(60), done).await.expect("a task that ends").unwrap();
    assert!(done.status.success(), "{flags:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// Each room's messages, in order.
fn by_room(stored: Vec<Stored>) -> BTreeMap<i64, Vec<Stored>> {
    let mut rooms: BTreeMap<i64, Vec<Stored>> = BTreeMap::new();
    for message in stored {
        rooms.entry(message.room.get()).or_default().push(message);
    }
    rooms
}

/// Backs up in the midst of talk, restores into a file, and compares; the live database goes on and loses nothing.
async fn is_kept(mut world: World, url: &str) {
    world.start_server().await;
    world.populate(Crowd { people: 12, rooms: 4, members: 8 }).await;
    let traffic = Traffic::start(&world, Duration::from_millis(2));
    for round in 0..3 {
        world.acknowledges(50).await;
        let acknowledged = world.acknowledged();
        let place = world.folder().join(format!("restored{round}")).join("natter.db");
        let (archive, restored) = (world.folder().join("archive"), format!("sqlite:{}", place.display()));
        natter(&["backup", "--database-url", url, archive.to_str().unwrap()]).await;
        natter(&["restore", "--database-url", &restored, archive.to_str().unwrap()]).await;
        natter(&["check", "--database-url", &restored]).await;
        world.acknowledges(10).await;
        holds(&world, &place, acknowledged).await;
    }
    traffic.stop().await;
    world.check().await;
}

/// In each room the backup has what is stored, from the first message on, without a hole; and all that had been
/// acknowledged before it began.
async fn holds(world: &World, place: &Path, acknowledged: usize) {
    let stored = match world.topology() {
        Topology::OneSqlite => read_file(&world.node().database()).await,
        Topology::TwoNodes => read_shared(world.engines()).await,
    };
    let (kept, stored) = (by_room(read_file(place).await), by_room(stored));
    for (room, kept) in &kept {
        assert_eq!(kept[..], stored[room][..kept.len()], "room {room}\n{}", world.story());
    }
    let count: usize = kept.values().map(Vec::len).sum();
    assert!(count >= acknowledged, "{count} messages, and {acknowledged} were acknowledged\n{}", world.story());
}

/// R13
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_in_the_midst_of_talk_has_every_room_up_to_some_message() {
    let world = World::new(Topology::OneSqlite, Seed::choose()).await;
    let url = format!("sqlite:{}", world.node().database().display());
    is_kept(world, &url).await;
}

/// R13
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_two_nodes_has_every_room_up_to_some_message() {
    let world = World::new(Topology::TwoNodes, Seed::choose()).await;
    let (_, url) = world.engines().settings(0).swap_remove(0);
    is_kept(world, &url).await;
}
