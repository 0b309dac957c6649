use anyhow::{Context, Result};
use std::fs::read_to_string;
use std::thread::available_parallelism;

/// Clock ticks a second, in which `/proc` counts (proc(5); 100 on every Linux that we know).
const TICKS: f64 = 100.0;

/// Tells how busy other programs have kept the cores: figures of a busy machine are not worth much.
pub struct Machine {
    before: Ticks,
}

/// Processor time since the start of the machine.
struct Ticks {
    all: f64,
    /// This process and its children that have ended.
    ours: f64,
    /// What a virtual machine was ready to use and its host gave to others.
    stolen: f64,
    uptime: f64,
}

impl Machine {
    pub fn watch() -> Result<Self> {
        Ok(Self { before: Ticks::now()? })
    }

    /// One line about the machine and the time since [`Machine::watch`].
    pub fn tell(&self) -> Result<String> {
        let now = Ticks::now()?;
        let others = (now.all - self.before.all) - (now.ours - self.before.ours);
        let seconds = now.uptime - self.before.uptime;
        let (others, stolen) = (others / TICKS / seconds, (now.stolen - self.before.stolen) / TICKS / seconds);
        let kernel = read_to_string("/proc/sys/kernel/osrelease")?;
        let cores = available_parallelism()?;
        let (disk, kind) = disk()?;
        let (model, memory) = (model()?, memory()?);
        Ok(format!(
            "Machine: {cores} cores ({model}), {memory:.0} GB of memory, Linux {}, target/ on {disk} ({kind}). \
             Meanwhile other programs used {others:.2} cores, and the host gave {stolen:.2} to others.",
            kernel.split('-').next().unwrap_or_default().trim()
        ))
    }
}

impl Ticks {
    fn now() -> Result<Self> {
        let stat = read_to_string("/proc/stat")?;
        let first = stat.lines().next().context("/proc/stat is empty")?;
        let counts: Vec<f64> = first.split_whitespace().skip(1).map(str::parse).collect::<Result<_, _>>()?;
        // user, nice, system, then idle and iowait, then irq and softirq, then steal.
        let all = [0, 1, 2, 5, 6].iter().filter_map(|at| counts.get(*at)).sum();
        let stolen = counts.get(7).copied().unwrap_or_default();
        let own = read_to_string("/proc/self/stat")?;
        let fields = own.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ours = fields.skip(11).take(4).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
        let uptime = read_to_string("/proc/uptime")?;
        let uptime = uptime.split_whitespace().next().context("/proc/uptime is empty")?.parse()?;
        Ok(Self { all, ours, stolen, uptime })
    }
}

fn model() -> Result<String> {
    let info = read_to_string("/proc/cpuinfo")?;
    let line = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown");
    Ok(line.trim_start_matches([' ', '\t', ':']).to_owned())
}

/// In gigabytes.
fn memory() -> Result<f64> {
    let info = read_to_string("/proc/meminfo")?;
    let line = info.lines().find_map(|line| line.strip_prefix("MemTotal:")).context("no MemTotal")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib * 1024.0 / 1e9)
}

/// The device and the file system under the build.
fn disk() -> Result<(String, String)> {
    let here = std::env::current_dir()?;
    let mounts = read_to_string("/proc/mounts")?;
    let mounts = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ');
        Some((words.next()?, words.next()?, words.next()?))
    });
    let under = mounts.filter(|(_, place, _)| here.starts_with(place)).max_by_key(|(_, place, _)| place.len());
    let (device, _, kind) = under.context("no file system is mounted")?;
    Ok((device.to_owned(), kind.to_owned()))
}
