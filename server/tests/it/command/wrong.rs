//! What is refused, and how a script tells a refusal (1) from wrong usage (2).

use super::support::{Site, natter};
use crate::contract::orders::log;
use crate::contract::postgres;

pub async fn whom_nobody_knows_is_refused_with_one_sentence(site: Site) {
    site.server.person("ines").await;
    for task in ["disable", "enable", "reset-password", "make-admin"] {
        let answer = site.natter(&format!("user {task} nobody")).await;
        assert_eq!(answer.refusal(), "There is nobody called nobody.", "{task}");
    }
    assert_eq!(log(&site.house().await).await, []);
}

pub async fn the_last_administrator_stays(site: Site) {
    let ines = site.server.person("ines").await;
    let answer = site.natter("user disable ines").await;
    assert!(answer.refusal().contains("last administrator"), "{answer:?}");
    assert_eq!(ines.get("/rooms").await.status, 200);
}

pub async fn a_name_that_is_taken_is_refused(site: Site) {
    site.server.person("ines").await;
    let answer = site.natter_reading("user add ines --email other@example.org", "correct horse battery").await;
    assert!(answer.refusal().contains("username"), "{answer:?}");
    let answer = site.natter_reading("user add other --email ines@example.org", "correct horse battery").await;
    assert!(answer.refusal().contains("e-mail"), "{answer:?}");
}

pub async fn a_password_that_is_guessed_first_is_refused(site: Site) {
    for (password, why) in [("password", "too easy to guess"), ("ines.weber", "your name"), ("aaaaaaaaa", "too easy")] {
        let line = "user add ines.weber --email ines@example.org";
        let answer = site.natter_reading(line, password).await;
        assert!(answer.refusal().contains(why), "{password}: {answer:?}");
    }
}

pub async fn wrong_usage_is_told_from_a_refusal(site: Site) {
    for line in [
        "user",
        "user surf",
        "user disable",
        "user add ines",
        "user add i/nes --email ines@example.org",
        "user add ines --email nowhere",
        "user add ines --email ines@example.org --password secret",
        "invite --uses 0",
        "invite --days 366",
    ] {
        let answer = site.natter(line).await;
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{line}: {answer:?}");
        assert_eq!(answer.err.lines().count(), 1, "{line}: {answer:?}");
        assert!(!answer.err.trim_end().ends_with(':'), "what is missing is named: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_without_a_database_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("natter.db").display());
    let answer = natter(&url, "user list", "").await;
    assert!(answer.refusal().contains("--data"), "{answer:?}");
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_of_another_version_is_left_alone() {
    let url = postgres::database().await;
    postgres::alter(&url, "delete from _sqlx_migrations where version = 3").await;
    assert!(natter(&url, "user list", "").await.refusal().contains("schema of this Natter"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("natter.db");
    std::fs::write(&path, "").unwrap();
    let answer = natter(&format!("sqlite:{}", path.display()), "user list", "").await;
    assert!(answer.refusal().contains("schema of this Natter"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_need_not_run() {
    let mut site = Site::sqlite(&[]).await;
    site.server.person("ines").await;
    site.server.person("jona").await;
    site.server.stop().await;
    site.does("user disable jona").await;
    let folder = site.server.database().parent().unwrap().to_owned();
    assert!(!folder.join("natter.db-wal").exists(), "the last one who closes the file leaves no log behind");
    site.server.restart().await;
    let stranger = site.server.stranger();
    let fields = [("login", "jona"), ("password", "correct horse battery"), ("page", "/login")];
    assert_eq!(stranger.form("login", &fields).await.status, 422);
    assert_eq!(log(&site.house().await).await.len(), 1);
}
