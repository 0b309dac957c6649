//! Archives that are not whole, and places that cannot be written.

use super::support::{backup, command, content, done, file_of, furnished, natter, nowhere, places, restore};
use serde_json::json;
use server::archive::{Progress, verified};
use std::fs;
use std::path::Path;
use std::process::Stdio;

async fn is_damaged(archive: &Path) -> Result<(), String> {
    match verified(archive, 0, &Progress::hidden()).await {
        Ok(_) => Err("it was taken for a whole one".into()),
        Err(error) => {
            let sentence = format!("{error:#}");
            let is_told =
                sentence.contains("damaged") || sentence.contains("not an archive") || sentence.contains("newer");
            if is_told { Ok(()) } else { Err(sentence) }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_byte_of_an_archive_can_be_missing_or_altered() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, broken) = (folder.path().join("archive"), folder.path().join("broken"));
    backup(&furnished(&folder, 40).await, &archive).await;
    let whole = fs::read(&archive).unwrap();
    verified(&archive, 0, &Progress::hidden()).await.unwrap();
    // Every byte of both ends, and steps of a prime in between.
    let (head, tail) = (64, whole.len() - 400);
    let places = (0..head).chain((head..tail).step_by(17)).chain(tail..whole.len());
    for at in places {
        fs::write(&broken, &whole[..at]).unwrap();
        is_damaged(&broken).await.unwrap_or_else(|problem| panic!("cut at {at} of {}: {problem}", whole.len()));
        for bit in [0x01, 0x10, 0x80] {
            let mut altered = whole.clone();
            altered[at] ^= bit;
            fs::write(&broken, altered).unwrap();
            is_damaged(&broken).await.unwrap_or_else(|problem| panic!("byte {at} of {}: {problem}", whole.len()));
        }
    }
    for more in [&b"\0"[..], b"x", &whole] {
        fs::write(&broken, [&whole, more].concat()).unwrap();
        is_damaged(&broken).await.unwrap();
    }
}

#[tokio::test]
async fn a_damaged_archive_touches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, broken) = (folder.path().join("archive"), folder.path().join("broken"));
    backup(&furnished(&folder, 40).await, &archive).await;
    let whole = fs::read(&archive).unwrap();
    let mut altered = whole.clone();
    altered[whole.len() / 2] ^= 4;
    for bytes in [&altered, &whole[..whole.len() - 1], &whole[..whole.len() / 2], &[]] {
        fs::write(&broken, bytes).unwrap();
        for place in places(&folder).await {
            let sentence = restore(&broken, &place).await.refusal();
            assert!(sentence.contains("damaged") || sentence.contains("not an archive"), "{sentence}");
            assert!(natter(&["check", "--database-url", &place]).await.refusal().contains("no database"));
        }
        assert!(natter(&["check", broken.to_str().unwrap()]).await.refusal().contains("broken"));
    }
    assert!(!folder.path().join("place").exists());
    let missing = natter(&["restore", "--data", "x", folder.path().join("nothing").to_str().unwrap()]).await.refusal();
    assert!(missing.contains("cannot be read"), "{missing}");
}

#[tokio::test]
async fn what_an_interrupted_backup_left_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let source = furnished(&folder, 10).await;
    let (archive, partial) = (folder.path().join("archive"), folder.path().join("archive.partial"));
    fs::write(&partial, "half ".repeat(100_000)).unwrap();
    backup(&source, &archive).await;
    assert!(!partial.exists());
    assert_eq!(
        natter(&["check", "--json", archive.to_str().unwrap()]).await.json()["content"],
        json!(content(&source).await)
    );
    backup(&source, &archive).await;
}

#[tokio::test]
async fn two_backups_never_write_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let source = furnished(&folder, 1).await;
    let partial = fs::File::create(folder.path().join("archive.partial")).unwrap();
    partial.lock().unwrap();
    let archive = folder.path().join("archive");
    let sentence = natter(&["backup", "--database-url", &source, archive.to_str().unwrap()]).await.refusal();
    assert!(sentence.contains("Another backup"), "{sentence}");
}

/// Runs a task whose files cannot grow beyond so many kilobytes, as on a disk that is full.
async fn on_a_full_disk(kilobytes: u32, flags: &[&str]) -> String {
    let limited = command(flags);
    let mut full = tokio::process::Command::new("bash");
    full.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {kilobytes}; exec \"$@\"")).arg("bash");
    full.arg(limited.as_std().get_program()).args(limited.as_std().get_args());
    full.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    done(full.spawn().unwrap()).await.refusal()
}

#[tokio::test]
async fn a_full_disk_is_told_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let source = furnished(&folder, 2500).await;
    let archive = folder.path().join("archive");
    let path = archive.to_str().unwrap();
    backup(&source, &archive).await;
    let before = fs::read(&archive).unwrap();
    assert!(before.len() > 70_000, "the test's own premise: {}", before.len());
    let sentence = on_a_full_disk(64, &["backup", "--database-url", &source, path]).await;
    assert!(sentence.contains("cannot be written") && sentence.contains("File too large"), "{sentence}");
    assert_eq!(fs::read(&archive).unwrap(), before, "the one from before stays");
    assert!(!folder.path().join("archive.partial").exists());

    let place = nowhere(&folder, "place");
    let sentence = on_a_full_disk(200, &["restore", "--database-url", &place, path]).await;
    assert!(sentence.contains("could not be restored"), "{sentence}");
    let left: Vec<_> =
        fs::read_dir(file_of(&place).parent().unwrap()).unwrap().flatten().map(|e| e.file_name()).collect();
    assert_eq!(left, ["natter.db.lock"]);
    restore(&archive, &place).await.ok();
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let source = furnished(&folder, 1).await;
    let (letter, archive) = (folder.path().join("letter"), folder.path().join("archive"));
    fs::write(&letter, "").unwrap();
    for to in ["letter/archive", "nowhere/archive"] {
        let to = folder.path().join(to);
        let sentence = natter(&["backup", "--database-url", &source, to.to_str().unwrap()]).await.refusal();
        assert!(sentence.contains("cannot be written"), "{sentence}");
    }
    let sentence = natter(&["backup", "--database-url", &source, folder.path().to_str().unwrap()]).await.refusal();
    assert!(sentence.contains("is a folder"), "{sentence}");
    backup(&source, &archive).await;
    let data = letter.join("data");
    let sentence = natter(&["restore", "--data", data.to_str().unwrap(), archive.to_str().unwrap()]).await.refusal();
    assert!(sentence.contains("cannot be opened"), "{sentence}");
}
