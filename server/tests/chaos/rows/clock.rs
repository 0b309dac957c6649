use crate::seed::Seed;
use crate::world::Topology;
use crate::world::{Crowd, Traffic, World};
use std::path::{Path, PathBuf};
use std::time::Duration;

fn library() -> PathBuf {
    let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"];
    let files = folders.map(|folder| Path::new(folder).join("faketime/libfaketimeMT.so.1"));
    files.into_iter().find(|file| file.exists()).expect("libfaketime is installed (scripts/tools test)")
}

/// R18
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_by_a_day_changes_no_order_and_no_count() {
    let mut world = World::new(Topology::OneSqlite, Seed::choose()).await;
    let offset = world.folder().join("offset");
    std::fs::write(&offset, "+0d\n").unwrap();
    let node = world.node_mut();
    node.set("LD_PRELOAD", library().display().to_string());
    node.set("FAKETIME_TIMESTAMP_FILE", offset.display().to_string());
    node.set("FAKETIME_NO_CACHE", "1");
    node.set("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    world.start_server().await;
    world.populate(Crowd { people: 8, rooms: 2, members: 6 }).await;
    let traffic = Traffic::start(&world, Duration::from_millis(4));
    for jump in ["+1d", "-1d", "+2d", "+0d"] {
        world.acknowledges(40).await;
        world.faults.push(format!("the clock jumps to {jump}"));
        std::fs::write(&offset, format!("{jump}\n")).unwrap();
        world.clients[0].link.reset();
        world.acknowledges(40).await;
        world.clients[1].link.reset();
        kill_server(&mut world).await;
        world.start_server().await;
    }
    traffic.stop().await;
    world.check().await;
    kill_server(&mut world).await;
    let days = days(&world);
    assert!(
        days.iter().any(|day| *day > days[0]) && days.iter().any(|day| *day < days[0]),
        "the clock did jump: {days:?}"
    );
}

/// Kills the server, and removes what the library leaves behind then: no later process of that number could start.
async fn kill_server(world: &mut World) {
    let pid = world.node().pid();
    world.kill_server().await;
    for file in [format!("faketime_shm_{pid}"), format!("sem.faketime_sem_{pid}")] {
        // Not every version of it leaves them.
        let _ = std::fs::remove_file(Path::new("/dev/shm").join(file));
    }
}

/// On which days the messages of the first client's first room were said, in their order.
fn days(world: &World) -> Vec<i64> {
    let history = world.clients.iter().find_map(|client| client.history().shown.first().cloned());
    let (_, shown) = history.expect("a room");
    shown.iter().map(|message| message.at.get() / 86_400_000).collect()
}
