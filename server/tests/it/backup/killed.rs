//! A restore that ends in the middle leaves nothing, or all of it.

use super::moves::tables;
use super::support::{backup, cluster, command, content, empty, file_of, furnished, natter, nowhere, restore};
use crate::live::support::within;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::Path;
use std::time::{Duration, Instant};

const POINTS: u32 = 10;

/// Kills a restore after so long; whether it had ended before.
async fn killed_after(pause: Duration, archive: &Path, url: &str) -> bool {
    let mut child = command(&["restore", "--database-url", url, archive.to_str().unwrap()]).spawn().unwrap();
    // The moment is the point here: there is no event to wait for in the middle of a process.
    tokio::time::sleep(pause).await;
    let has_ended = child.try_wait().unwrap().is_some();
    if let Some(pid) = child.id() {
        let _ = kill(Pid::from_raw(pid.try_into().unwrap()), Signal::SIGKILL);
    }
    within("the end of a restore", child.wait()).await.unwrap();
    has_ended
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_into_a_file_is_whole_or_was_never_there() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    let source = furnished(&folder, 2000).await;
    backup(&source, &archive).await;
    let whole = content(&source).await;
    let begun = Instant::now();
    restore(&archive, &nowhere(&folder, "measure")).await.ok();
    let took = begun.elapsed();
    for point in 1..=POINTS {
        let place = nowhere(&folder, &format!("place{point}"));
        killed_after(took * point / POINTS, &archive, &place).await;
        if file_of(&place).exists() {
            assert_eq!(content(&place).await, whole);
        } else {
            restore(&archive, &place).await.ok();
        }
        assert_eq!(content(&place).await, whole);
        assert_eq!(left_beside(&file_of(&place)), ["natter.db", "natter.db.lock"]);
    }
}

/// The files of a folder, without the log that whoever has just read the database may not have taken away yet.
fn left_beside(file: &Path) -> Vec<String> {
    let files = std::fs::read_dir(file.parent().unwrap()).unwrap();
    let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.ends_with("-wal") && !name.ends_with("-shm"));
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_into_a_database_is_whole_or_was_never_there() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    let source = furnished(&folder, 2000).await;
    backup(&source, &archive).await;
    let whole = content(&source).await;
    let begun = Instant::now();
    restore(&archive, &cluster().await.url(&empty().await)).await.ok();
    let took = begun.elapsed();
    let name = empty().await;
    let place = cluster().await.url(&name);
    for point in 1..POINTS {
        if killed_after(took * point / POINTS, &archive, &place).await {
            break;
        }
        // Its transaction ends a moment after it.
        within("the end of its session", async { while is_connected(&name).await {} }).await;
        if tables(cluster().await, &name).await > 0 {
            break;
        }
    }
    if tables(cluster().await, &name).await == 0 {
        restore(&archive, &place).await.ok();
    }
    assert_eq!(content(&place).await, whole);
    assert!(natter(&["check", "--database-url", &place]).await.ok().contains("sound"));
}

async fn is_connected(name: &str) -> bool {
    let mut db = cluster().await.connect("postgres").await;
    let sql = "select exists(select 1 from pg_stat_activity where datname = $1)";
    sqlx::query_scalar(sql).bind(name).fetch_one(&mut db).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_is_killed_leaves_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    let source = furnished(&folder, 2000).await;
    let begun = Instant::now();
    let told = backup(&source, &archive).await;
    let took = begun.elapsed();
    for point in 1..POINTS {
        let mut child = command(&["backup", "--database-url", &source, archive.to_str().unwrap()]).spawn().unwrap();
        tokio::time::sleep(took * point / POINTS).await;
        child.start_kill().unwrap();
        within("the end of a backup", child.wait()).await.unwrap();
        assert_eq!(natter(&["check", "--json", archive.to_str().unwrap()]).await.json()["content"], told["content"]);
    }
    backup(&source, &archive).await;
    assert!(!folder.path().join("archive.partial").exists());
}
