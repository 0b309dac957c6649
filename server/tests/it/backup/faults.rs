//! `natter check` finds what cannot be.

use super::support::{backup, cluster, empty, furnished, natter, restore, tamper};
use serde_json::Value;

/// What is done to the database, and a word of the sentence that tells it.
const FAULTS: [(&str, &str); 9] = [
    ("update rooms set last_no = last_no - 1 where id = 1", "counts 9 messages, and its last one is number 10"),
    ("update rooms set rev = 3, last_no = 3 where id = 1", "stands at revision 3, and a message at"),
    ("delete from messages where no = 4", "has 9 messages up to number 10"),
    ("update rooms set members = 7 where id = 1", "counts 7 members and has 2"),
    ("update members set read_no = 11 where user_id = 2", "has read room 1 up to number 11 of 10"),
    ("update members set role = 'member'", "has 0 owners"),
    ("update users set bot_of = 99 where id = 3", "belongs to 99"),
    ("delete from users where id = 2", "where there is no such room or person"),
    ("delete from messages", "counts 10 messages and has none"),
];

async fn faults(url: &str) -> Vec<String> {
    let done = natter(&["check", "--json", "--database-url", url]).await;
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(done.err.contains("fault"), "{}", done.err);
    let told: Value = serde_json::from_str(&done.out).unwrap();
    let lines = natter(&["check", "--database-url", url]).await.out;
    let faults: Vec<String> = serde_json::from_value(told["faults"].clone()).unwrap();
    assert_eq!(lines.lines().collect::<Vec<_>>(), faults);
    faults
}

#[tokio::test]
async fn every_fault_is_told_by_a_sentence_on_sqlite() {
    for (act, words) in FAULTS {
        let folder = tempfile::tempdir().unwrap();
        let url = furnished(&folder, 10).await;
        let act = format!("pragma foreign_keys = off; {act}").leak();
        tamper(&url, act).await;
        let told = faults(&url).await;
        assert!(told.iter().any(|fault| fault.contains(words)), "{act}: {told:?}");
    }
}

#[tokio::test]
async fn every_fault_is_told_by_a_sentence_on_postgres() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    backup(&furnished(&folder, 10).await, &archive).await;
    let sound = empty().await;
    restore(&archive, &cluster().await.url(&sound)).await.ok();
    for (act, words) in FAULTS {
        let name = empty().await;
        cluster().await.execute("postgres", &format!("drop database {name}")).await;
        cluster().await.execute("postgres", &format!("create database {name} template {sound}")).await;
        cluster().await.execute(&name, &format!("set session_replication_role = replica; {act}")).await;
        let told = faults(&cluster().await.url(&name)).await;
        assert!(told.iter().any(|fault| fault.contains(words)), "{act}: {told:?}");
    }
}

#[tokio::test]
async fn a_page_that_the_disk_has_spoilt_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let url = furnished(&folder, 500).await;
    let file = super::support::file_of(&url);
    let mut bytes = std::fs::read(&file).unwrap();
    // In the middle of the last page that is in use, where the cells are.
    let at = bytes.len() - 4096 * 3;
    bytes[at..at + 64].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
    let done = natter(&["check", "--database-url", &url]).await;
    assert_eq!(done.code, Some(1), "{done:?}");
}
