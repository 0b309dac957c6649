//! A real PostgreSQL for tests: a cluster in a temporary folder, on a free port of this machine, gone with the tests.
//!
//! Stands by itself, so that other test binaries can take it in by `#[path]`.

use super::ports::free_port;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};
use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const USER: &str = "natter";
const PASSWORD: &str = "between-these-tests";

/// A small server that keeps what it commits. Its texts are sorted as people do, and not by their bytes.
pub struct Postgres {
    pub port: u16,
    folder: PathBuf,
    server: Mutex<Option<Child>>,
}

impl Postgres {
    /// Makes a cluster and starts it, with further settings such as `fsync=off`.
    pub fn start(settings: &[&str]) -> Self {
        Self::prepared(settings, |_| ())
    }

    /// The same; `prepare` may put files into its data folder before.
    pub fn prepared(settings: &[&str], prepare: impl FnOnce(&Path)) -> Self {
        let folder = TempDir::with_prefix_in("natter-postgres-", place()).unwrap().keep();
        give(&folder);
        let password = folder.join("password");
        fs::write(&password, PASSWORD).unwrap();
        give(&password);
        let mut initdb = unprivileged("initdb");
        initdb.arg("-D").arg(folder.join("data")).arg("--pwfile").arg(&password).args(["-U", USER, "--no-sync"]);
        // Cheaper to check than SCRAM, for each of the many connections of a run.
        initdb.args(["--auth=md5", "--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu"]);
        let made = initdb.arg("--icu-locale=en-US").current_dir(&folder).output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        prepare(&folder.join("data"));
        let port = free_port();
        let common = "listen_addresses='127.0.0.1'\nunix_socket_directories=''\nshared_buffers=16MB\n\
            wal_level=minimal\nmax_wal_senders=0\nmax_connections=150\nlog_timezone='UTC'\n";
        let conf = folder.join("data/postgresql.auto.conf");
        fs::write(&conf, format!("{common}port={port}\n{}\n", settings.join("\n"))).unwrap();
        let postgres = Self { port, folder, server: Mutex::new(None) };
        postgres.run();
        postgres
    }

    /// Starts the server again after [`Postgres::crash`].
    pub fn run(&self) {
        // The shell outlives the tests by a moment, however they end, and clears up behind them.
        const WATCH: &str = r#"
            folder=$1; shift
            "$@" >"$folder/log" 2>&1 & server=$!
            cat >/dev/null
            kill -QUIT $server 2>/dev/null; wait $server
            [ -e "$folder/keep" ] || rm -rf -- "$folder""#;
        let postgres = unprivileged("postgres");
        let mut watch = Command::new("sh");
        watch.args(["-c", WATCH, "watch"]).arg(&self.folder).arg(postgres.get_program()).args(postgres.get_args());
        watch.arg("-D").arg(self.folder.join("data"));
        let child = watch.stdin(Stdio::piped()).stderr(Stdio::null()).process_group(0).spawn().unwrap();
        *self.server.lock().unwrap() = Some(child);
        self.wait();
    }

    /// Ends the server at once, as a crash does; it says good-bye to nobody and leaves its recovery to the next start.
    pub fn crash(&self) {
        let mut server = self.server.lock().unwrap().take().unwrap();
        let keep = self.folder.join("keep");
        fs::write(&keep, "").unwrap();
        drop(server.stdin.take());
        server.wait().unwrap();
        fs::remove_file(keep).unwrap();
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{}/{database}", self.port)
    }

    /// A connection beside the store's.
    pub async fn connect(&self, database: &str) -> PgConnection {
        let options: PgConnectOptions = self.url(database).parse().unwrap();
        options.connect().await.unwrap()
    }

    /// Changes something behind the store's back.
    pub async fn execute(&self, database: &str, sql: &str) {
        let mut db = self.connect(database).await;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut db).await.unwrap();
    }

    fn wait(&self) {
        let begun = Instant::now();
        let is_ready = || {
            let mut ask = Command::new(program("pg_isready"));
            ask.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]).status().unwrap().success()
        };
        while !is_ready() {
            let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(begun.elapsed() < Duration::from_secs(60), "PostgreSQL does not start: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.lock().unwrap().take() {
            drop(server.stdin.take());
            let _ = server.wait();
        }
    }
}

/// Where clusters stand: in memory, where that has room for hundreds of small databases. Making and removing them takes
/// less there; and tests end processes, which files outlive in memory as well.
fn place() -> PathBuf {
    const ROOM: u64 = 6 << 30;
    let memory = Path::new("/dev/shm");
    let df = Command::new("df").args(["--output=avail", "--block-size=1"]).arg(memory).output();
    let told = df.map(|df| String::from_utf8_lossy(&df.stdout).into_owned()).unwrap_or_default();
    let free = told.lines().last().and_then(|line| line.trim().parse::<u64>().ok());
    if free >= Some(ROOM) { memory.to_owned() } else { std::env::temp_dir() }
}

/// Hands a file to whom the server runs as.
pub fn give(path: &Path) {
    if let Some((user, group)) = other() {
        chown(path, Some(user), Some(group)).unwrap();
    }
}

/// PostgreSQL does not run as root: then as whom.
fn other() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| -> Option<u32> {
        let answer = Command::new("id").args(arguments).output().ok().filter(|answer| answer.status.success())?;
        String::from_utf8(answer.stdout).ok()?.trim().parse().ok()
    };
    if id(&["-u"]) != Some(0) {
        return None;
    }
    let of = |name| Some((id(&["-u", name])?, id(&["-g", name])?));
    Some(of("postgres").or_else(|| of("nobody")).expect("there is somebody beside root"))
}

fn unprivileged(name: &str) -> Command {
    let program = program(name);
    let Some((user, group)) = other() else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command.args(["--reuid", &user.to_string(), "--regid", &group.to_string(), "--clear-groups", "--"]).arg(program);
    command
}

/// On the path, or where Debian puts it.
fn program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    versions.sort();
    folders.extend(versions.into_iter().rev());
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|program| program.exists());
    found.unwrap_or_else(|| panic!("{name} is not installed: these tests need PostgreSQL 15 or newer"))
}
