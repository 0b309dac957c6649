use anyhow::Result;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

/// How long an append of one page and its `fdatasync` take in this folder, in seconds; the median of 200.
pub fn fdatasync(folder: &Path) -> Result<f64> {
    let path = folder.join("floor");
    let mut file = File::create(&path)?;
    let mut times = Vec::new();
    for _ in 0..200 {
        let start = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(start.elapsed().as_secs_f64());
    }
    std::fs::remove_file(path)?;
    Ok(crate::report::median(&mut times))
}
