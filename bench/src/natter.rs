use anyhow::{Context, Result, bail};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

/// As long as a start or a stop may take before the run is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// A release server of its own: a free port, an empty folder.
pub struct Natter {
    child: Child,
    folder: TempDir,
    addr: SocketAddr,
    /// From the start of the process to its first answer.
    pub started_in: Duration,
}

impl Natter {
    pub async fn start(settings: &[(&str, &str)]) -> Result<Self> {
        let addr = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        // Beside the build, so that the disk is the one that is measured.
        let folder = tempfile::tempdir_in("target")?;
        let start = Instant::now();
        let child = Command::new("target/release/natter")
            .env("NATTER_ADDR", addr.to_string())
            .env("NATTER_DATA", folder.path())
            .envs(settings.iter().copied())
            .stdout(std::process::Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("target/release/natter does not start; build it first: make bench")?;
        timeout(PATIENCE, answer(addr)).await.context("the server did not answer")??;
        Ok(Self { child, folder, addr, started_in: start.elapsed() })
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Resident memory in bytes, from `/proc`.
    pub fn resident(&self) -> Result<f64> {
        let id = self.child.id().context("the server has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib * 1024.0)
    }

    /// Asks it to end, as a service manager would.
    pub async fn stop(mut self) -> Result<()> {
        let id = self.child.id().context("the server has ended")?;
        Command::new("kill").arg(id.to_string()).status().await?;
        let status = timeout(PATIENCE, self.child.wait()).await.context("the server did not end")??;
        if !status.success() {
            bail!("the server ended with {status}");
        }
        Ok(())
    }
}

async fn answer(addr: SocketAddr) -> Result<()> {
    let url = format!("http://{addr}/healthz");
    loop {
        match reqwest::get(&url).await {
            Ok(answer) if answer.status().is_success() => return Ok(()),
            _ => sleep(Duration::from_millis(1)).await,
        }
    }
}
