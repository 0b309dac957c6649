use super::process::{Process, Start};
use nix::sys::signal::Signal;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A look at the system calls of a running server, or a hand in them.
pub struct Strace {
    process: Process,
    out: PathBuf,
}

impl Strace {
    /// Attaches to a program and all its threads; when this returns, no call escapes.
    pub async fn attach(pid: i32, options: &[&str], folder: &Path) -> Self {
        let out = folder.join("strace.out");
        let to = [out.display().to_string(), pid.to_string()];
        let fixed = ["-f", "-y", "-s", "70000", "-o", &to[0], "-p", &to[1]];
        let args = fixed.iter().chain(options).map(|arg| (*arg).to_owned()).collect();
        let log = folder.join("strace.log");
        let process = Process::start(Start { program: "strace".as_ref(), args, env: Vec::new(), log: &log });
        // Nothing tells of this but the threads themselves.
        let traced = async {
            while !is_traced(pid) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let attached = tokio::time::timeout(Duration::from_secs(20), traced).await;
        assert!(attached.is_ok(), "strace: {}", std::fs::read_to_string(&log).unwrap_or_default());
        Self { process, out }
    }

    /// Lets go of the program; the calls that were seen, a line each.
    pub async fn detach(mut self) -> Vec<String> {
        self.process.signal(Signal::SIGTERM);
        self.process.ends().await;
        let text = std::fs::read(&self.out).expect("strace wrote a file");
        String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
    }
}

fn is_traced(pid: i32) -> bool {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).expect("a program that runs");
    threads.flatten().all(|thread| {
        let status = std::fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        !status.contains("TracerPid:\t0\n")
    })
}
