//! Archives and databases of other versions; and migrations that are cut off (promise R24).

use super::support::{backup, cluster, content, empty, furnished, natter, nowhere, places, restore};
use crate::live::support::Server;
use serde_json::Value;
use server::archive::{Contents, Draft, FORMAT, Header, Table};
use server::store::newest_schema;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

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
    draft.finish(&contents).unwrap().0.publish().unwrap();
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
        (Table::new("users", 1, users), &[r#"[4,"ines","ines@example.org","Ines","ines","x",true,1000]"#], Some(9)),
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
        assert_eq!(server.person("noor").await.id.get(), 10, "the ids go on behind the last one that was given");
    }
}

#[tokio::test]
async fn an_archive_of_a_newer_natter_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    written(&archive, &header(newest_schema() + 1), &[]);
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
    for table in [stranger, orphan] {
        written(&archive, &header(newest_schema()), &[table]);
        for place in places(&folder).await {
            let sentence = restore(&archive, &place).await.refusal();
            assert!(sentence.contains("Nothing was kept"), "{sentence}");
            assert!(natter(&["check", "--database-url", &place]).await.refusal().contains("no database"));
        }
    }
}

/// The migrations up to a number, alone.
async fn migrations(kind: &str, newest: i64) -> Migrator {
    let mut all = Migrator::new(PathBuf::from(format!("../migrations/{kind}"))).await.unwrap();
    all.migrations = all.migrations.iter().filter(|step| step.version <= newest).cloned().collect::<Vec<_>>().into();
    all
}

/// Where a database stands: its tables and columns, and the newest migration.
async fn shape_of_postgres(db: &mut PgConnection) -> (Vec<String>, i64) {
    let sql = "select table_name || '.' || column_name from information_schema.columns where table_schema = 'public' order by 1";
    let columns = sqlx::query_scalar(sql).fetch_all(&mut *db).await.unwrap();
    let sql = "select coalesce(max(version), 0) from _sqlx_migrations";
    (columns, sqlx::query_scalar(sql).fetch_one(db).await.unwrap())
}

/// Every statement that changes the schema is let through or not by a trigger of the server itself.
const TRAP: &str = "
    create schema trap;
    create sequence trap.statements;
    create table trap.at (number bigint);
    insert into trap.at values (0);
    create function trap.spring() returns event_trigger language plpgsql as $$
    begin
      if nextval('trap.statements') >= (select number from trap.at) then
        raise exception 'cut off here';
      end if;
    end $$;
    create event trigger trap on ddl_command_end execute function trap.spring();";

/// R24
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_of_postgres_that_is_cut_off_at_a_statement_leaves_the_old_schema() {
    for version in 2..=newest_schema() {
        let name = empty().await;
        let mut db = cluster().await.connect(&name).await;
        migrations("postgres", version - 1).await.run_direct(None, &mut db, false).await.unwrap();
        let old = shape_of_postgres(&mut db).await;
        sqlx::raw_sql(TRAP).execute(&mut db).await.unwrap();
        let mut cuts = 0;
        loop {
            let disarm = "alter event trigger trap disable; alter sequence trap.statements restart";
            sqlx::raw_sql(disarm).execute(&mut db).await.unwrap();
            sqlx::query("update trap.at set number = $1").bind(cuts + 1).execute(&mut db).await.unwrap();
            sqlx::raw_sql("alter event trigger trap enable").execute(&mut db).await.unwrap();
            let all = migrations("postgres", version).await;
            let mut other = cluster().await.connect(&name).await;
            match all.run_direct(None, &mut other, false).await {
                Ok(()) => break,
                Err(error) => assert!(format!("{error:?}").contains("cut off here"), "{error:?}"),
            }
            assert_eq!(shape_of_postgres(&mut db).await, old, "after {cuts} statements of migration {version}");
            cuts += 1;
        }
        assert!(cuts > 2, "the test's own premise: {cuts}");
        assert_eq!(shape_of_postgres(&mut db).await.1, version);
    }
}

/// R24
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_of_sqlite_that_is_killed_at_a_write_leaves_the_old_or_the_new_schema() {
    let folder = tempfile::tempdir().unwrap();
    let url = nowhere(&folder, "old");
    let file = super::support::file_of(&url);
    std::fs::create_dir(file.parent().unwrap()).unwrap();
    let options = SqliteConnectOptions::from_str(&url).unwrap().create_if_missing(true);
    let mut db = options.connect().await.unwrap();
    migrations("sqlite", 1).await.run_direct(None, &mut db, false).await.unwrap();
    let old = shape_of_sqlite(&file).await;
    db.close().await.unwrap();
    let (mut cut, mut olds) = (0, 0);
    loop {
        cut += 1;
        let place = folder.path().join(format!("cut{cut}"));
        std::fs::create_dir(&place).unwrap();
        let copy = place.join("natter.db");
        std::fs::copy(&file, &copy).unwrap();
        let is_ready = is_killed_at_write(cut, &place).await;
        let shape = shape_of_sqlite(&copy).await;
        if shape == old {
            olds += 1;
            assert!(!is_ready, "it answers with the old schema");
        } else {
            assert_eq!(shape.1, newest_schema(), "after {cut} writes");
        }
        if is_ready {
            break;
        }
    }
    assert!(olds > 3, "the test's own premise: {olds} of {cut}");
}

async fn shape_of_sqlite(file: &Path) -> (Vec<String>, i64) {
    let mut db = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let sql = "select coalesce(sql, '') from sqlite_schema order by 1";
    let made = sqlx::query_scalar(sql).fetch_all(&mut db).await.unwrap();
    let sound: String = sqlx::query_scalar("pragma integrity_check").fetch_one(&mut db).await.unwrap();
    assert_eq!(sound, "ok");
    let newest = sqlx::query_scalar("select max(version) from _sqlx_migrations").fetch_one(&mut db).await.unwrap();
    db.close().await.unwrap();
    (made, newest)
}

/// Starts the program on a folder, and kills it when it writes to a file for that time; whether it came to answer.
async fn is_killed_at_write(cut: usize, data: &Path) -> bool {
    use tokio::io::{AsyncBufReadExt, BufReader};
    let program = super::support::command(&["--addr", "127.0.0.1:0", "--data", data.to_str().unwrap()]);
    let mut traced = tokio::process::Command::new("strace");
    traced.args(["-f", "-o", "/dev/null", "-e", "trace=pwrite64"]);
    traced.arg(format!("--inject=pwrite64:signal=KILL:when={cut}"));
    traced.arg(program.as_std().get_program()).args(program.as_std().get_args());
    traced.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    traced.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).kill_on_drop(true);
    let mut child = traced.spawn().expect("strace is installed");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = crate::live::support::within("an answer or an end", lines.next_line()).await.unwrap();
    let is_ready = line.is_some();
    child.start_kill().unwrap();
    child.wait().await.unwrap();
    is_ready
}

#[tokio::test]
async fn a_database_that_was_not_brought_up_to_date_is_not_backed_up() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    let url = furnished(&folder, 1).await;
    backup(&url, &archive).await;
    content(&url).await;
    super::support::tamper(&url, "delete from _sqlx_migrations where version > 1").await;
    let sentence = natter(&["backup", "--database-url", &url, archive.to_str().unwrap()]).await.refusal();
    assert!(sentence.contains("older Natter"), "{sentence}");
    super::support::tamper(&url, "update _sqlx_migrations set version = 9999").await;
    let sentence = natter(&["backup", "--database-url", &url, archive.to_str().unwrap()]).await.refusal();
    assert!(sentence.contains("newer Natter"), "{sentence}");
}
