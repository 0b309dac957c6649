//! From one database to the other and back.

use super::support::{Settled, backup, cluster, content, empty, file_of, natter, nowhere, places, restore};
use crate::api::support::{Account, Program};
use crate::live::support::Server;
use crate::support::Postgres;

use sqlx::Row;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::task::JoinSet;

/// People who talk until this is dropped, and how many of their messages have been acknowledged.
struct Talk {
    _tasks: JoinSet<()>,
    acknowledged: Arc<AtomicI64>,
}

impl Talk {
    async fn start(server: &Server) -> Self {
        let (mut tasks, acknowledged) = (JoinSet::new(), Arc::new(AtomicI64::new(0)));
        let room = Program::of(server).registers("speaker").await.makes_room(&[]).await;
        for _ in 0..4 {
            let (speaker, acknowledged) = (Program::of(server).logs_in("speaker").await, acknowledged.clone());
            tasks.spawn(async move { talk(speaker, room, &acknowledged).await });
        }
        Self { _tasks: tasks, acknowledged }
    }

    async fn has_said(&self, more: i64) -> i64 {
        let enough = self.acknowledged.load(Ordering::SeqCst) + more;
        while self.acknowledged.load(Ordering::SeqCst) < enough {
            tokio::task::yield_now().await;
        }
        enough
    }
}

async fn talk(speaker: Account, room: i64, acknowledged: &AtomicI64) {
    loop {
        speaker.says(room, "on and on").await;
        acknowledged.fetch_add(1, Ordering::SeqCst);
    }
}

async fn served_by(url: &str) -> Server {
    Server::with(&["--database-url", url]).await
}

/// R13, from `source` to `other`, and on to a place of the first kind.
async fn moves(server: Server, source: &str, other: &str, back: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let settled = Settled::at(&server).await;
    let talk = Talk::start(&server).await;
    let said = talk.has_said(30).await;
    let told = backup(source, &first).await;
    let stored = told["rows"]["messages"].as_i64().unwrap();
    assert!(stored > said, "what was acknowledged before is in it: {stored} of {said}");
    talk.has_said(30).await;
    drop(talk);

    assert_eq!(restore(&first, other).await.json()["content"], told["content"]);
    assert_eq!(told["content"], content(other).await);
    assert_eq!(backup(other, &second).await["content"], told["content"]);
    assert_eq!(restore(&second, back).await.json()["content"], told["content"]);
    assert_eq!(told["content"], content(back).await);
    assert_eq!(first.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let names = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 2, "nothing is left beside the archives");
    for url in [other, back] {
        settled.goes_on_at(&served_by(url).await).await;
    }
    assert_ne!(content(back).await, told["content"], "the test's own premise: another message is another content");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_moves_to_postgres_and_back_while_people_talk() {
    let folder = tempfile::tempdir().unwrap();
    let source = nowhere(&folder, "source");
    let [back, other] = places(&folder).await;
    moves(served_by(&source).await, &source, &other, &back).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_moves_to_sqlite_and_back_while_people_talk() {
    let folder = tempfile::tempdir().unwrap();
    let [other, source] = places(&folder).await;
    let back = cluster().await.url(&empty().await);
    moves(served_by(&source).await, &source, &other, &back).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_begins_another_life_without_log_ins_of_browsers() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let mut socket = ines.socket().await;
    let epoch = socket.epoch;
    socket.says(ines.room_with(&[&server.person("jona").await]).await, "before").await;
    let source = format!("sqlite:{}", server.database().display());
    let archive = folder.path().join("archive");
    backup(&source, &archive).await;
    for place in places(&folder).await {
        restore(&archive, &place).await.ok();
        let restored = served_by(&place).await;
        let cookie = ines.cookie();
        let page = restored
            .stranger()
            .answer(restored.stranger().request(reqwest::Method::GET, "/rooms").header("cookie", cookie))
            .await;
        assert_eq!(page.location(), "/login?next=/rooms", "the cookie is of another key");
        let again = restored.again(&ines).await.socket().await;
        assert!(again.epoch != epoch && again.state.rooms().len() == 1);
    }
    let text = std::process::Command::new("zcat").arg(&archive).output().unwrap().stdout;
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("\"before\"") && !text.contains("cookie"), "the archive takes nobody's place");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_that_is_in_use_or_not_empty_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    let source = nowhere(&folder, "source");
    let server = served_by(&source).await;
    server.person("ines").await;
    backup(&source, &archive).await;
    for place in places(&folder).await {
        let mut other = served_by(&place).await;
        let sentence = restore(&archive, &place).await.refusal();
        assert!(sentence.contains("in use") || sentence.contains("running"), "{sentence}");
        other.stop().await;
        restore(&archive, &place).await.ok();
        let before = content(&place).await;
        let sentence = restore(&archive, &place).await.refusal();
        assert!(sentence.contains("not empty (users)"), "{sentence}");
        assert_eq!(content(&place).await, before);
    }
    let name = empty().await;
    cluster().await.execute(&name, "create table users (of_somebody_else text)").await;
    let sentence = restore(&archive, &cluster().await.url(&name)).await.refusal();
    assert!(sentence.contains("not empty"), "{sentence}");
    assert_eq!(tables(cluster().await, &name).await, 1);
    let letter = nowhere(&folder, "letter");
    std::fs::create_dir(file_of(&letter).parent().unwrap()).unwrap();
    std::fs::write(file_of(&letter), "a letter, and quite a long one ".repeat(50)).unwrap();
    assert!(restore(&archive, &letter).await.refusal().contains("not a database"));
    assert!(Path::new(&file_of(&letter)).metadata().unwrap().len() > 1000);
}

pub async fn tables(cluster: &Postgres, name: &str) -> i64 {
    let mut db = cluster.connect(name).await;
    let sql = "select count(*) as tables from pg_tables where schemaname = 'public'";
    sqlx::query(sql).fetch_one(&mut db).await.unwrap().get("tables")
}

#[tokio::test]
async fn where_nothing_is_there_is_nothing_to_keep() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    for place in places(&folder).await {
        for task in [&["check"][..], &["backup", archive.to_str().unwrap()]] {
            let sentence = natter(&[&["--database-url", &place], task].concat()).await.refusal();
            assert!(sentence.contains("no database of Natter at"), "{sentence}");
        }
    }
    assert!(!archive.exists() && !file_of(&places(&folder).await[0]).exists());
    let wrong = natter(&["backup"]).await;
    assert_eq!((wrong.code, wrong.err.lines().count()), (Some(2), 1), "{wrong:?}");
}
