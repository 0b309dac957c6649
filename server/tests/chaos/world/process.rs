use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// As long as a program may take to start or to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program that runs beside the tests and dies with them.
pub struct Process {
    child: Child,
    pid: i32,
    out: Lines<BufReader<ChildStdout>>,
}

/// What a program is started with.
pub struct Start<'a> {
    pub program: &'a OsStr,
    pub args: Vec<String>,
    pub env: Vec<(String, String)>,
    /// Where its standard error goes, after what stands there.
    pub log: &'a Path,
}

impl Process {
    /// Starts a program; it is killed when the thread ends that did so, which is the one of the test.
    pub fn start(start: Start<'_>) -> Self {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(start.program).args(&start.args);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("NATTER_")) {
            command.env_remove(name);
        }
        command.envs(start.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log(start.log)).kill_on_drop(true);
        let mut child = command.spawn().expect("setpriv (util-linux) is installed");
        let pid = child.id().expect("it has just been started").cast_signed();
        let out = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        Self { child, pid, out }
    }

    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Waits for a line of its standard output that begins so, and returns the rest; `None` when it ended before.
    pub async fn says(&mut self, words: &str) -> Option<String> {
        let heard = async {
            while let Ok(Some(line)) = self.out.next_line().await {
                if let Some(rest) = line.strip_prefix(words) {
                    return Some(rest.to_owned());
                }
            }
            None
        };
        tokio::time::timeout(PATIENCE, heard).await.unwrap_or_else(|_| panic!("it never said {words:?}"))
    }

    pub fn signal(&self, signal: Signal) {
        // One that has ended meanwhile takes none.
        let _ = kill(Pid::from_raw(self.pid), signal);
    }

    pub async fn kill(&mut self) {
        self.signal(Signal::SIGKILL);
        self.ends().await;
    }

    /// Waits for its end.
    pub async fn ends(&mut self) -> ExitStatus {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        ended.expect("a program that ends").expect("a child of ours")
    }
}

fn log(path: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(path).expect("the world's folder can be written")
}
