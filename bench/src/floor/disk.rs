use anyhow::{Context, Result, ensure};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::process::Command;

/// The disk below a server.
#[derive(Clone, Copy, Debug)]
pub enum Disk {
    /// The one that is there.
    Own,
    /// The same, where each `fdatasync` returns so much later: as from a disk that keeps its word less quickly.
    Slower(Duration),
}

/// How long an append of one page and its `fdatasync` take, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Sync {
    pub p50: f64,
    pub p99: f64,
}

impl Disk {
    /// A program on this disk. It is the child itself and not its tracer that is started, so that its processor time is
    /// read as that of any other; and only the calls that are delayed are stopped. `strace` stops a new thread at all of
    /// its calls until the first that is traced, so that one stands with them which the C library makes as a thread
    /// starts.
    pub fn command(self, program: &Path) -> Command {
        let Self::Slower(by) = self else { return Command::new(program) };
        let inject = format!("inject=fsync,fdatasync:delay_exit={}", by.as_micros());
        let mut command = Command::new("strace");
        command.args(["-D", "-f", "-q", "--seccomp-bpf", "-o", "/dev/null"]);
        command.args(["-e", "trace=fsync,fdatasync,set_robust_list", "-e", &inject]);
        command.arg(program);
        command
    }

    /// Measures 500 in this folder, in a process of its own.
    pub async fn sync(self, folder: &Path) -> Result<Sync> {
        let done = self.command(&std::env::current_exe()?).arg("floor-disk").arg(folder).output().await?;
        ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let told = String::from_utf8(done.stdout)?;
        let (p50, p99) = told.trim().split_once(' ').context("floor-disk tells two numbers")?;
        Ok(Sync { p50: p50.parse()?, p99: p99.parse()? })
    }
}

/// Measures it here and now, and tells both numbers.
pub fn tell(folder: &Path) -> Result<()> {
    let path = folder.join("floor");
    let mut file = File::create(&path)?;
    let mut times = Vec::new();
    for _ in 0..500 {
        let start = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    std::fs::remove_file(path)?;
    times.sort_by(f64::total_cmp);
    println!("{} {}", times[times.len() / 2], times[times.len() * 99 / 100]);
    Ok(())
}
