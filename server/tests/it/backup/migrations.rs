//! Migrations that are cut off (promise R24).

use super::support::{cluster, command, content, empty, file_of, nowhere};
use crate::live::support::within;
use server::store::newest_schema;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::str::FromStr;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// The migrations up to a number, alone.
async fn migrations(kind: &str, newest: i64) -> Migrator {
    let mut all = Migrator::new(PathBuf::from(format!("../migrations/{kind}"))).await.unwrap();
    all.migrations = all.migrations.iter().filter(|step| step.version <= newest).cloned().collect::<Vec<_>>().into();
    all
}

/// Where a database stands: its tables' columns and indices, and the newest migration.
async fn shape_of_postgres(db: &mut PgConnection) -> (Vec<String>, i64) {
    let sql = "
        select table_name || '.' || column_name from information_schema.columns where table_schema = 'public'
        union all
        select indexdef from pg_indexes where schemaname = 'public'
        order by 1";
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
        assert!(cuts > 1, "the test's own premise: {cuts}");
        assert_eq!(shape_of_postgres(&mut db).await.1, version);
    }
}

/// R24
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_of_sqlite_that_is_killed_at_a_write_leaves_the_old_or_the_new_schema() {
    let folder = tempfile::tempdir().unwrap();
    let url = nowhere(&folder, "old");
    let file = file_of(&url);
    std::fs::create_dir(file.parent().unwrap()).unwrap();
    let options = SqliteConnectOptions::from_str(&url).unwrap().create_if_missing(true);
    let mut db = options.connect().await.unwrap();
    migrations("sqlite", 1).await.run_direct(None, &mut db, false).await.unwrap();
    db.close().await.unwrap();
    let shapes = shapes_of_sqlite(&folder).await;
    let (mut cut, mut olds) = (0, 0);
    loop {
        cut += 1;
        let place = folder.path().join(format!("cut{cut}"));
        std::fs::create_dir(&place).unwrap();
        let copy = place.join("natter.db");
        std::fs::copy(&file, &copy).unwrap();
        let is_ready = is_killed_at_write(cut, &place).await;
        let shape = shape_of_sqlite(&copy).await;
        assert!(shapes.contains(&shape), "after {cut} writes it stands between: {shape:?}");
        if is_ready {
            assert_eq!(shape.1, newest_schema(), "it answers with the newest schema only");
            break;
        }
        olds += usize::from(shape.1 < newest_schema());
    }
    assert!(olds > 3, "the test's own premise: {olds} of {cut}");
}

/// The schemas that there were, from the first to the newest.
async fn shapes_of_sqlite(folder: &TempDir) -> Vec<(Vec<String>, i64)> {
    let file = folder.path().join("shapes.db");
    let mut shapes = Vec::new();
    for version in 1..=newest_schema() {
        let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
        let mut db = options.connect().await.unwrap();
        migrations("sqlite", version).await.run_direct(None, &mut db, false).await.unwrap();
        db.close().await.unwrap();
        shapes.push(shape_of_sqlite(&file).await);
    }
    shapes
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
    let program = command(&["--addr", "127.0.0.1:0", "--data", data.to_str().unwrap()]);
    let mut traced = Command::new("strace");
    traced.args(["-f", "-o", "/dev/null", "-e", "trace=pwrite64"]);
    traced.arg(format!("--inject=pwrite64:signal=KILL:when={cut}"));
    traced.arg(program.as_std().get_program()).args(program.as_std().get_args());
    traced.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    traced.stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = traced.spawn().expect("strace is installed");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = within("an answer or an end", lines.next_line()).await.unwrap();
    let is_ready = line.is_some();
    child.start_kill().unwrap();
    child.wait().await.unwrap();
    is_ready
}

/// A room with two messages, in the first schema of either database.
const FURNISH: &str = "
    insert into users (username, email, display_name, folded_name, password_hash, is_admin, created_at)
    values ('ann', 'ann@example.org', 'Ann', 'ann', '', '0', 1);
    insert into rooms (kind, name, members, last_no, rev, created_at) values ('group', 'Bakery', 1, 0, 1, 1);
    insert into members (room_id, user_id, role, is_active, rev, joined_rev, joined_at, read_no)
    values (1, 1, 'owner', '1', 1, 1, 1, 0);
    insert into messages (room_id, no, rev, author_id, client_id, text, at)
    values (1, 1, 2, 1, $one, 'Two loaves', 2), (1, 2, 4, 1, $two, 'Three', 3);
    update rooms set last_no = 2, rev = 4;
    update members set read_no = 2;";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_outlive_every_migration() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = ["00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100"];
    let told = |client_id: &str| {
        AssertSqlSafe(format!(
            "select no || ' ' || rev || ' ' || author_id || ' ' || at || ' ' || text || ' ' || {client_id}
             from messages order by no"
        ))
    };
    let kept = [format!("1 2 1 2 Two loaves {one}"), format!("2 4 1 3 Three {two}")];

    let url = nowhere(&folder, "old");
    std::fs::create_dir(file_of(&url).parent().unwrap()).unwrap();
    let mut db = SqliteConnectOptions::from_str(&url).unwrap().create_if_missing(true).connect().await.unwrap();
    migrations("sqlite", 1).await.run_direct(None, &mut db, false).await.unwrap();
    let furnish = FURNISH.replace("$one", &format!("x'{one}'")).replace("$two", &format!("x'{two}'"));
    sqlx::raw_sql(AssertSqlSafe(furnish)).execute(&mut db).await.unwrap();
    migrations("sqlite", newest_schema()).await.run_direct(None, &mut db, false).await.unwrap();
    let found: Vec<String> = sqlx::query_scalar(told("lower(hex(client_id))")).fetch_all(&mut db).await.unwrap();
    assert_eq!(found, kept);
    db.close().await.unwrap();
    let of_sqlite = content(&url).await;

    let name = empty().await;
    let mut db = cluster().await.connect(&name).await;
    migrations("postgres", 1).await.run_direct(None, &mut db, false).await.unwrap();
    let furnish = FURNISH.replace("$one", &format!("'{one}'")).replace("$two", &format!("'{two}'"));
    sqlx::raw_sql(AssertSqlSafe(furnish)).execute(&mut db).await.unwrap();
    migrations("postgres", newest_schema()).await.run_direct(None, &mut db, false).await.unwrap();
    let found: Vec<String> =
        sqlx::query_scalar(told("replace(client_id::text, '-', '')")).fetch_all(&mut db).await.unwrap();
    assert_eq!(found, kept);
    assert_eq!(content(&cluster().await.url(&name)).await, of_sqlite);
}
