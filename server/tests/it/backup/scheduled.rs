//! Backups that the server makes by itself.

use super::support::{cluster, empty, natter};
use crate::live::support::{Server, within};
use std::fs;
use std::path::{Path, PathBuf};

fn archives(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<_> = entries.filter(|path| path.to_string_lossy().ends_with("Z.jsonl.gz")).collect();
    found.sort();
    found
}

async fn metric(server: &Server, sample: &str) -> f64 {
    let text = server.stranger().get("/metrics").await.body;
    text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' ')).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backups_come_by_themselves_and_the_oldest_go() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = folder.path().join("backups");
    fs::create_dir(&shelf).unwrap();
    for other in ["letter", "natter-before-the-move.jsonl.gz"] {
        fs::write(shelf.join(other), "").unwrap();
    }
    let old = shelf.join("natter-20000102T030405Z.jsonl.gz");
    fs::write(&old, "").unwrap();
    let server =
        Server::with(&["--backup-dir", shelf.to_str().unwrap(), "--backup-every", "1s", "--backup-keep", "2"]).await;
    server.person("ines").await;
    let made = "natter_backups_total{outcome=\"made\"}";
    within("three backups", async { while metric(&server, made).await < 3.0 {} }).await;
    within("the oldest to go", async { while old.exists() || archives(&shelf).len() > 2 {} }).await;
    assert!(metric(&server, "natter_backup_newest_seconds").await > 1.7e9);
    assert_eq!(metric(&server, "natter_backups_total{outcome=\"failed\"}").await, 0.0);
    let newest = archives(&shelf).pop().unwrap();
    let told = natter(&["check", "--json", newest.to_str().unwrap()]).await.json();
    assert_eq!(told["rows"]["users"], 1);
    assert!(shelf.join("letter").exists() && shelf.join("natter-before-the-move.jsonl.gz").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_makes_no_backup_too_many() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::with(&["--backup-dir", folder.path().to_str().unwrap()]).await;
    within("a backup", async { while archives(folder.path()).is_empty() {} }).await;
    server.restart().await;
    within("it to be known", async { while metric(&server, "natter_backup_newest_seconds").await == 0.0 {} }).await;
    assert_eq!(metric(&server, "natter_backups_total{outcome=\"made\"}").await, 0.0);
    assert_eq!(archives(folder.path()).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_fails_is_counted_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = folder.path().join("backups");
    fs::write(&shelf, "in the way").unwrap();
    let server = Server::with(&["--backup-dir", shelf.to_str().unwrap(), "--backup-every", "1s"]).await;
    let failed = "natter_backups_total{outcome=\"failed\"}";
    within("a failure", async { while metric(&server, failed).await < 1.0 {} }).await;
    fs::remove_file(&shelf).unwrap();
    within("a backup", async { while archives(&shelf).is_empty() {} }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_nodes_one_makes_backups() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let url = cluster().await.url(&empty().await);
    let flags = |folder: &Path| {
        let folder = folder.to_str().unwrap().to_owned();
        ["--database-url", &url, "--backup-every", "1s", "--backup-dir", &folder].map(str::to_owned)
    };
    let node = async |folder: &Path| {
        let flags = flags(folder);
        Server::with(&flags.iter().map(String::as_str).collect::<Vec<_>>()).await
    };
    let mut first = node(one.path()).await;
    within("a backup", async { while archives(one.path()).is_empty() {} }).await;
    let _second = node(two.path()).await;
    let known = archives(one.path()).len();
    within("more backups", async { while archives(one.path()).len() < known + 3 {} }).await;
    assert_eq!(archives(two.path()).len(), 0);
    first.stop().await;
    within("the other one to take over", async { while archives(two.path()).is_empty() {} }).await;
}
