use anyhow::{Context, Result, bail};
use nix::time::clock_getcpuclockid;
use nix::unistd::Pid;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

/// As long as a start or a stop may take before the run is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server in a process of its own, so that what it costs is read apart from what the generator costs.
pub struct Process {
    child: Child,
    addr: SocketAddr,
    /// From the start of the process to its first answer.
    pub started_in: Duration,
}

impl Process {
    /// Starts a server that listens on this address and answers `/healthz`.
    pub async fn start(command: &mut Command, addr: SocketAddr) -> Result<Self> {
        let start = Instant::now();
        let child = command.stdout(std::process::Stdio::null()).kill_on_drop(true).spawn()?;
        timeout(PATIENCE, answer(addr)).await.context("the server did not answer")??;
        Ok(Self { child, addr, started_in: start.elapsed() })
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Resident memory in bytes.
    pub fn resident(&self) -> Result<f64> {
        self.memory("VmRSS")
    }

    /// The most that was ever resident.
    pub fn peak(&self) -> Result<f64> {
        self.memory("VmHWM")
    }

    /// The sum of a counter over its labels; `None` when the server does not count it.
    pub async fn metric(&self, name: &str) -> Result<Option<f64>> {
        let answer = reqwest::get(format!("http://{}/metrics", self.addr)).await?;
        if !answer.status().is_success() {
            return Ok(None);
        }
        let text = answer.text().await?;
        let lines = text.lines().filter(|line| line.split(['{', ' ']).next() == Some(name));
        let values: Vec<f64> = lines.filter_map(|line| line.rsplit(' ').next()?.parse().ok()).collect();
        Ok((!values.is_empty()).then(|| values.iter().sum()))
    }

    /// Asks it to end, as a service manager would.
    pub async fn stop(mut self) -> Result<()> {
        Command::new("kill").arg(self.id()?.to_string()).status().await?;
        let status = timeout(PATIENCE, self.child.wait()).await.context("the server did not end")??;
        if !status.success() {
            bail!("the server ended with {status}");
        }
        Ok(())
    }

    /// Ends it at once.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// A line of `/proc/<pid>/status` (proc(5)), in bytes.
    fn memory(&self, name: &str) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id()?))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kib: f64 = line.with_context(|| format!("no {name}"))?.trim().trim_end_matches(" kB").parse()?;
        Ok(kib * 1024.0)
    }

    fn id(&self) -> Result<u32> {
        self.child.id().context("the server has ended")
    }
}

/// What uses processor time: a server, or all nodes of one.
pub trait Works {
    /// As much as it has used.
    fn cpu(&self) -> Result<Duration>;
}

impl Works for Process {
    fn cpu(&self) -> Result<Duration> {
        cpu(Pid::from_raw(self.id()?.cast_signed()))
    }
}

impl Works for [&Process] {
    fn cpu(&self) -> Result<Duration> {
        self.iter().map(|process| process.cpu()).sum()
    }
}

/// The processor time of this process, the generator.
pub fn own_cpu() -> Result<Duration> {
    cpu(Pid::this())
}

/// A free port of this machine.
pub fn free_addr() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// To the nanosecond, where `/proc/<pid>/stat` counts hundredths of a second.
fn cpu(process: Pid) -> Result<Duration> {
    Ok(clock_getcpuclockid(process)?.now()?.into())
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
