use crate::seed::Seed;
use crate::world::{Crowd, Entry, Line, Strace, Topology, Traffic, World};
use protocol::Code;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A small disk of memory, gone with this.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: &Path, size: &str) -> Self {
        std::fs::create_dir_all(at).unwrap();
        let size = format!("size={size},mode=700");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "natter-chaos"]).arg(at).status().unwrap();
        assert!(mounted.success(), "root can mount a tmpfs");
        Self(at.to_owned())
    }

    /// Takes all the room there is.
    fn fill(&self) {
        let mut size = 1 << 20;
        let mut full = std::fs::File::create(self.0.join("filler")).unwrap();
        while size > 0 {
            if std::io::Write::write_all(&mut full, &vec![b'x'; size]).is_err() {
                size /= 2;
            }
        }
    }

    fn empty(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a server that is still ending holds files there.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn unavailable(world: &World) -> usize {
    let is_refused = |entry: &Entry| matches!(entry, Entry::Refused(Code::Unavailable));
    world.clients.iter().map(|client| client.history().count(is_refused)).sum()
}

/// Waits until this many messages were refused because the server could not store them.
async fn refuses(world: &World, many: usize) {
    let refused = async {
        while unavailable(world) < many {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(30), refused).await.is_ok(), "{}", world.story());
}

/// R11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_messages_and_takes_them_once_there_is_room() {
    let me = std::fs::metadata("/proc/self").expect("Linux").uid();
    if me != 0 {
        assert!(std::env::var_os("CI").is_none(), "this test needs root to mount a small disk");
        eprintln!("NOT TESTED: a full disk; only root can mount a small one");
        return;
    }
    let mut world = World::new(Topology::OneSqlite, Seed::choose()).await;
    let disk = Disk::mount(&world.folder().join("disk"), "3m");
    world.node_mut().moves_to(disk.0.join("data"));
    world.start_server().await;
    world.populate(Crowd { people: 4, rooms: 1, members: 4 }).await;
    let room = *world.rooms.keys().next().unwrap();
    let traffic = Traffic::start(&world, Duration::from_millis(5));
    world.acknowledges(30).await;

    world.faults.push("the disk is full".into());
    disk.fill();
    refuses(&world, 20).await;
    let acknowledged = world.acknowledged();
    let mut line = Line::open(world.addr(), &world.people[0].cookie, "/ws").await.expect("reads go on");
    assert!(line.reads(room).await.expect("reads go on").len() >= 30);
    refuses(&world, unavailable(&world) + 20).await;
    let got_through = world.acknowledged() - acknowledged;
    disk.empty();
    world.acknowledges(50).await;
    traffic.stop().await;
    let verdict = world.check().await;
    assert!(verdict.acknowledged > got_through + 80, "the test's own premise");
}

/// R12
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_fsync_that_fails_acknowledges_nothing_and_is_recovered_from() {
    let mut world = World::start().await;
    world.populate(Crowd { people: 4, rooms: 1, members: 4 }).await;
    let traffic = Traffic::start(&world, Duration::from_millis(5));
    world.acknowledges(30).await;
    for _ in 0..3 {
        world.faults.push(format!("fsync fails after {} acknowledgements", world.acknowledged()));
        let inject = ["-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:error=EIO"];
        let strace = Strace::attach(world.node().pid(), &inject, world.folder()).await;
        // What was on its way when the fault began may still be told.
        refuses(&world, unavailable(&world) + 4).await;
        let acknowledged = world.acknowledged();
        refuses(&world, unavailable(&world) + 12).await;
        assert_eq!(world.acknowledged(), acknowledged, "nothing is acknowledged without its fsync\n{}", world.story());
        strace.detach().await;
        world.acknowledges(20).await;
    }
    world.kill_server().await;
    world.start_server().await;
    traffic.stop().await;
    world.check().await;
}
