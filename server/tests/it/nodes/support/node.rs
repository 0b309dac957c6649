use super::deploy;
use crate::live::support::within;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// One Natter in a process of its own, which ends with this value, or with the thread that started it.
pub struct Node {
    pub addr: SocketAddr,
    settings: Arc<Vec<(&'static str, String)>>,
    /// Its own, as if it ran on a machine of its own.
    folder: PathBuf,
    child: Option<Child>,
    /// What it has printed when it was ready.
    printed: String,
}

impl Node {
    pub fn new(addr: SocketAddr, settings: Arc<Vec<(&'static str, String)>>, folder: &Path) -> Self {
        let folder = folder.join(addr.port().to_string());
        fs::create_dir(&folder).unwrap();
        Self { addr, settings, folder, child: None, printed: String::new() }
    }

    /// Starts it; returns when it answers.
    pub async fn start(&mut self) {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", env!("CARGO_BIN_EXE_natter")]).args(deploy::flags(self.addr));
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        // Tests say more in a minute than people do.
        command.envs(self.settings.iter().cloned()).env("NATTER_COMMANDS_PER_MINUTE", "60000000");
        let log = File::options().create(true).append(true).open(self.folder.join("log")).unwrap();
        command.current_dir(&self.folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.kill_on_drop(true).spawn().expect("setpriv is installed");
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        // All of it comes in one write.
        let printed = within("a node to start", stdout.fill_buf()).await.unwrap();
        self.printed = String::from_utf8(printed.to_vec()).unwrap();
        assert!(self.printed.contains(" is ready "), "{}", self.read_log());
        self.child = Some(child);
    }

    /// Ends it at once.
    pub async fn kill(&mut self) {
        self.signal(Signal::SIGKILL).await;
    }

    /// Asks it to end, and waits for that.
    pub async fn stop(&mut self) -> ExitStatus {
        self.signal(Signal::SIGTERM).await
    }

    async fn signal(&mut self, signal: Signal) -> ExitStatus {
        let mut child = self.child.take().expect("it runs");
        kill(Pid::from_raw(child.id().unwrap().try_into().unwrap()), signal).unwrap();
        within("the end of a node", child.wait()).await.unwrap()
    }

    /// What it prints for whoever makes the first account; empty once there is one.
    pub fn setup_code(&self) -> String {
        let told =
            self.printed.split("setup_code=").nth(1).map(|rest| rest.split_whitespace().next().unwrap_or_default());
        told.unwrap_or_default().to_owned()
    }

    /// What it has written to its log.
    pub fn read_log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("The node at {} has written:\n{}", self.addr, self.read_log());
        }
    }
}
