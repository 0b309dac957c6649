use super::process::{Process, Start};
use nix::sys::signal::Signal;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// One server: a process, the folder that outlives it, and where it answers now.
pub struct Node {
    folder: PathBuf,
    data: PathBuf,
    settings: Vec<(String, String)>,
    process: Option<Process>,
    addr: watch::Sender<Option<SocketAddr>>,
}

impl Node {
    /// One that is told these settings, and a few that all have.
    pub fn new(folder: PathBuf, mut settings: Vec<(String, String)>) -> Self {
        std::fs::create_dir_all(&folder).expect("the world's folder can be written");
        settings.push(("NATTER_ADDR".into(), "127.0.0.1:0".into()));
        settings.push(("NATTER_COMMANDS_PER_MINUTE".into(), "60000000".into()));
        settings.push(("NATTER_LIMITS".into(), "off".into()));
        settings.push(("NATTER_FIRST_ROOM".into(), "off".into()));
        let data = folder.join("data");
        Self { folder, data, settings, process: None, addr: watch::Sender::new(None) }
    }

    /// From the next start on its files stand in this folder.
    pub fn moves_to(&mut self, data: PathBuf) {
        self.data = data;
    }

    /// From the next start on.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.into(), value.into()));
    }

    /// Starts it; how long it took until it answered.
    pub async fn start(&mut self) -> Duration {
        let begun = Instant::now();
        let mut process = self.launch();
        let said = process.says("Natter is ready at http://").await;
        let addr = said.unwrap_or_else(|| panic!("natter did not start:\n{}", self.log()));
        self.addr.send_replace(Some(addr.parse().expect("an address")));
        self.process = Some(process);
        begun.elapsed()
    }

    /// Starts it, expecting that it refuses; its exit code and its last words.
    pub async fn is_refused(&mut self) -> (Option<i32>, String) {
        let mut process = self.launch();
        assert_eq!(process.says("Natter is ready").await, None, "it starts");
        (process.ends().await.code(), self.log().lines().last().unwrap_or_default().to_owned())
    }

    fn launch(&self) -> Process {
        assert!(self.process.is_none(), "it runs already");
        let log = self.log_file();
        let mut env = self.settings.clone();
        env.push(("NATTER_DATA".into(), self.data.display().to_string()));
        Process::start(Start { program: &binary(), args: Vec::new(), env, log: &log })
    }

    /// Ends it as a power cut would; the files stay.
    pub async fn kill(&mut self) {
        self.addr.send_replace(None);
        if let Some(mut process) = self.process.take() {
            process.kill().await;
        }
    }

    /// Asks it to end, and waits until it has: how, and after how long.
    pub async fn stop(&mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        let mut process = self.process.take().expect("a server that runs");
        process.signal(Signal::SIGTERM);
        let status = process.ends().await;
        self.addr.send_replace(None);
        (status, begun.elapsed())
    }

    pub fn signal(&self, signal: Signal) {
        self.process.as_ref().expect("a server that runs").signal(signal);
    }

    pub fn pid(&self) -> i32 {
        self.process.as_ref().expect("a server that runs").pid()
    }

    /// Where it answers, through every restart; `None` while it is down.
    pub fn addr(&self) -> watch::Receiver<Option<SocketAddr>> {
        self.addr.subscribe()
    }

    pub fn database(&self) -> PathBuf {
        self.data.join("natter.db")
    }

    /// What it has written to its standard error since it was first started.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.join("natter.log")
    }

    /// Its resident memory, in bytes.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("a server that runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux tells it");
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kilobytes * 1024
    }

    /// How many connections it holds.
    pub fn connections(&self) -> usize {
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.pid())).expect("a server that runs");
        let is_socket =
            |path: &Path| std::fs::read_link(path).is_ok_and(|target| target.to_string_lossy().starts_with("socket:"));
        files.flatten().filter(|file| is_socket(&file.path())).count()
    }
}

/// The program that is broken.
pub fn binary() -> OsString {
    std::env::var_os("NATTER_CHAOS_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_natter").into())
}

/// A bound on time as the promises give it: for a release on a machine of its own. Tests run a development build beside
/// whatever else the machine does.
pub fn bound(promised: Duration) -> Duration {
    let is_release = std::env::var_os("NATTER_CHAOS_BINARY").is_some();
    if is_release { promised } else { promised * 4 }
}
