use anyhow::Result;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

/// How long an append of one page and its `fdatasync` take, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Sync {
    pub p50: f64,
    pub p99: f64,
}

/// Measures 500 in this folder.
pub fn fdatasync(folder: &Path) -> Result<Sync> {
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
    Ok(Sync { p50: times[times.len() / 2], p99: times[times.len() * 99 / 100] })
}
