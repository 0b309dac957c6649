//! Archives that go through pipes and links, and what they may hold.

use super::support::{backup, command, content, done, furnished, natter, nowhere, places};
use serde_json::Value;
use server::archive::{Contents, Draft, Progress, verified};
use sha2::{Digest, Sha256};
use std::fs;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::Path;
use std::process::Stdio;
use tokio::io::AsyncWriteExt;

/// Runs a task that reads these bytes.
async fn natter_reading(flags: &[&str], bytes: &[u8]) -> super::support::Done {
    let mut child = command(flags).stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    // A task that refuses what it reads may be gone before the end.
    let _ = input.write_all(bytes).await;
    drop(input);
    done(child).await
}

#[tokio::test]
async fn an_archive_goes_from_one_database_to_another_without_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let source = furnished(&folder, 300).await;
    let streamed = command(&["backup", "--json", "--database-url", &source, "-"]).output().await.unwrap();
    assert!(streamed.status.success(), "{streamed:?}");
    let told: Value = serde_json::from_slice(&streamed.stderr).unwrap();
    assert_eq!(told["bytes"], streamed.stdout.len());
    let archive = folder.path().join("archive");
    backup(&source, &archive).await;
    let digest = content(&source).await;
    assert_eq!(told["content"], digest);
    for input in ["-", "/dev/stdin"] {
        let checked = natter_reading(&["check", "--json", input], &streamed.stdout).await.json();
        assert_eq!(checked["content"], digest, "{input}");
        let cut = natter_reading(&["check", input], &streamed.stdout[..streamed.stdout.len() - 1]).await.refusal();
        assert!(cut.contains("cut off"), "{cut}");
    }
    for place in places(&folder).await {
        let flags = ["restore", "--json", "--database-url", &place, "-"];
        assert_eq!(natter_reading(&flags, &streamed.stdout).await.json()["content"], digest);
        assert_eq!(content(&place).await, digest);
    }
    let full =
        command(&["backup", "--database-url", &source, "-"]).stdout(fs::File::create("/dev/full").unwrap()).spawn();
    let refusal = done(full.unwrap()).await.refusal();
    assert!(refusal.contains("standard output cannot be written"), "{refusal}");
}

#[tokio::test]
async fn a_backup_replaces_nothing_but_a_regular_file() {
    let folder = tempfile::tempdir().unwrap();
    let source = furnished(&folder, 1).await;
    let at = |name: &str| folder.path().join(name);
    let refused =
        async |to: &Path| natter(&["backup", "--database-url", &source, to.to_str().unwrap()]).await.refusal();
    let made = std::process::Command::new("mkfifo").arg(at("fifo")).status().unwrap();
    assert!(made.success());
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    symlink(at("fifo"), at("link to fifo")).unwrap();
    for name in ["fifo", "socket", "link to fifo"] {
        let sentence = refused(&at(name)).await;
        assert!(sentence.contains("no regular file") && sentence.contains("standard output"), "{sentence}");
    }
    assert!(at("fifo").metadata().unwrap().file_type().is_fifo());
    assert!(refused(Path::new("/dev/null")).await.contains("no regular file"));
    assert!(Path::new("/dev/null").metadata().unwrap().file_type().is_char_device());
    symlink(at("nowhere"), at("dangling")).unwrap();
    assert!(refused(&at("dangling")).await.contains("leads nowhere"));

    fs::create_dir(at("other")).unwrap();
    fs::write(at("other/archive"), "old").unwrap();
    symlink(at("other/archive"), at("link")).unwrap();
    backup(&source, &at("link")).await;
    assert!(at("link").is_symlink(), "it is followed, not replaced");
    verified(&at("other/archive"), 0, &Progress::hidden()).await.unwrap();
    assert_eq!(fs::read_dir(at("other")).unwrap().count(), 1);
}

/// An archive of one table without rows.
async fn of_table(folder: &Path, table: &str) -> Result<(), String> {
    let header = verified(&folder.join("archive"), 0, &Progress::hidden()).await.unwrap().0;
    let name = serde_json::from_str::<Value>(table).unwrap()["table"].as_str().unwrap().to_owned();
    let lines = format!("{table}\n{{\"end\":\"{name}\",\"rows\":0}}\n");
    let digest = Sha256::digest(lines.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let crafted = folder.join("crafted");
    let mut draft = Draft::begin(&crafted, &header).unwrap();
    draft.write(lines.as_bytes()).unwrap();
    let partial = draft.finish(&Contents { tables: Vec::new(), digest }).unwrap().0;
    partial.unwrap().put().unwrap();
    verified(&crafted, 0, &Progress::hidden()).await.map(drop).map_err(|error| format!("{error:#}"))
}

#[tokio::test]
async fn an_archive_with_what_archives_never_hold_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    backup(&furnished(&folder, 1).await, &folder.path().join("archive")).await;
    let sound = r#"{"table":"contacts","columns":[["user_id","int"],["contact_id","int"]],"key":2}"#;
    of_table(folder.path(), sound).await.expect("the test's own premise");
    for foreign in [
        r#"{"table":"tickets","columns":[["digest","bytes"]],"key":1}"#,
        r#"{"table":"password_resets","columns":[["digest","bytes"]],"key":1}"#,
        r#"{"table":"instance","columns":[["name","text"],["cookie_key","bytes"]],"key":0}"#,
        r#"{"table":"others","columns":[["id","int"]],"key":1}"#,
    ] {
        let sentence = of_table(folder.path(), foreign).await.unwrap_err();
        assert!(sentence.contains("damaged"), "{sentence}");
    }
    let place = nowhere(&folder, "place");
    let crafted = folder.path().join("crafted");
    let flags = ["restore", "--database-url", &place, crafted.to_str().unwrap()];
    assert!(natter(&flags).await.refusal().contains("damaged"));
}
