//! Archives and databases of other versions.

use super::support::{backup, content, furnished, natter, places, restore, tamper};
use crate::live::support::Server;
use serde_json::Value;
use server::archive::{Contents, Draft, FORMAT, Header, Table};
use server::store::newest_schema;
use std::path::Path;
use std::process::Command;

fn header(schema: i64) -> Header {
    Header {
        natter_archive: FORMAT,
        schema,
        database: "sqlite".into(),
        natter: "0.0.1".into(),
        at: 1_700_000_000_000.try_into().unwrap(),
        epoch: serde_json::from_str("\"00000000-0000-4000-8000-000000000001\"").unwrap(),
    }
}

/// An archive of these tables, as another version would write it.
fn written(path: &Path, header: &Header, tables: &[(Table, &[&str], Option<i64>)]) {
    let mut draft = Draft::begin(path, header).unwrap();
    let (mut contents, mut lines) = (Contents::default(), String::new());
    for (table, rows, last) in tables {
        lines += &(serde_json::to_string(table).unwrap() + "\n");
        rows.iter().for_each(|row| lines += &format!("{row}\n"));
        let last = last.map_or_else(String::new, |last| format!(",\"last\":{last}"));
        lines += &format!("{{\"end\":\"{}\",\"rows\":{}{last}}}\n", table.name, rows.len());
        contents.tables.push((table.clone(), rows.len() as u64));
    }
    draft.write(lines.as_bytes()).unwrap();
    contents.digest = sha256(&lines);
    draft.finish(&contents).unwrap().0.unwrap().put().unwrap();
}

/// By another program than the one that is tested.
fn sha256(text: &str) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let told = Command::new("sha256sum").arg(file.path()).output().unwrap().stdout;
    String::from_utf8(told).unwrap().split(' ').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archive_of_the_first_schema_is_restored_and_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    let users = "id:counter username:text email:text display_name:text folded_name:text password_hash:text is_admin:bool created_at:int";
    let rooms =
        "id:counter kind:text name:text direct_key:text members:int last_no:int rev:int name_rev:int created_at:int";
    let members = "room_id:int user_id:int role:text is_active:bool rev:int joined_rev:int joined_at:int read_no:int";
    let messages = "room_id:int no:int rev:int author_id:int client_id:uuid text:text at:int";
    let tables: [(Table, &[&str], Option<i64>); 4] = [
        (Table::new("users", 1, users), &[r#"[4,"ines","ines@example.org","Inés","inés","x",true,1000]"#], Some(9)),
        (Table::new("rooms", 1, rooms), &[r#"[2,"group","Bakery",null,1,1,5,0,1000]"#], Some(2)),
        (Table::new("members", 2, members), &[r#"[2,4,"owner",true,0,0,1000,1]"#], None),
        (
            Table::new("messages", 2, messages),
            &[r#"[2,1,5,4,"00000000-0000-4000-8000-000000000002","from long ago",2000]"#],
            None,
        ),
    ];
    written(&archive, &header(1), &tables);
    for place in places(&folder).await {
        assert_eq!(restore(&archive, &place).await.json()["schema"], 1);
        let told = natter(&["check", "--json", "--database-url", &place]).await.json();
        assert_eq!((told["schema"].as_i64(), &told["rows"]["messages"]), (Some(newest_schema()), &Value::from(1)));
        let server = Server::with(&["--database-url", &place]).await;
        let noor = server.person("noor").await;
        assert_eq!(noor.id.get(), 10, "the ids go on behind the last one that was given");
        let found = noor.get("/people?q=ines").await.body;
        assert!(found.contains("Message Inés"), "the names are folded by today's rule: {found}");
    }
}

#[tokio::test]
async fn an_archive_of_a_newer_natter_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    let later = (Table::new("strangers", 1, "id:int"), &["[1]"][..], None);
    written(&archive, &header(newest_schema() + 1), &[later]);
    for place in places(&folder).await {
        let sentence = restore(&archive, &place).await.refusal();
        assert!(sentence.contains("newer Natter, 0.0.1"), "{sentence}");
    }
    written(&archive, &Header { natter_archive: FORMAT + 1, ..header(1) }, &[]);
    let sentence = natter(&["check", archive.to_str().unwrap()]).await.refusal();
    assert!(sentence.contains("newer Natter (form 2)"), "{sentence}");
    assert!(!folder.path().join("place").exists());
}

#[tokio::test]
async fn an_archive_that_does_not_fit_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    let stranger = (Table::new("strangers", 1, "id:int"), &["[1]"][..], None);
    let orphan = (Table::new("contacts", 2, "user_id:int contact_id:int"), &["[1,2]"][..], None);
    for (table, words) in [(stranger, "damaged"), (orphan, "Nothing was kept")] {
        written(&archive, &header(newest_schema()), &[table]);
        for place in places(&folder).await {
            let sentence = restore(&archive, &place).await.refusal();
            assert!(sentence.contains(words), "{sentence}");
            assert!(natter(&["check", "--database-url", &place]).await.refusal().contains("no database"));
        }
    }
}

#[tokio::test]
async fn a_database_that_was_not_brought_up_to_date_is_not_backed_up() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    let url = furnished(&folder, 1).await;
    backup(&url, &archive).await;
    content(&url).await;
    tamper(&url, "delete from _sqlx_migrations where version > 1").await;
    let sentence = natter(&["backup", "--database-url", &url, archive.to_str().unwrap()]).await.refusal();
    assert!(sentence.contains("older Natter"), "{sentence}");
    tamper(&url, "update _sqlx_migrations set version = 9999").await;
    let sentence = natter(&["backup", "--database-url", &url, archive.to_str().unwrap()]).await.refusal();
    assert!(sentence.contains("newer Natter"), "{sentence}");
}
