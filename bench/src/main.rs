//! `make bench`: what Natter weighs and how fast it stores, beside the floor that the machine sets in the same run.

mod client;
mod floor;
mod load;
mod natter;
mod report;
mod size;

use anyhow::Result;
use natter::Natter;
use report::{Report, median};
use std::time::Duration;

/// As many runs as each figure is the median of.
const RUNS: usize = 3;

/// How long each run of the load lasts.
const LOAD: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> Result<()> {
    let mut report = Report::default();
    report.at_most("WASM + JS + CSS, brotli", size::site()? / 1e3, "KB", 130.0);
    report.at_most("binary", size::binary()? / 1e6, "MB", 25.0);

    let mut starts = Vec::new();
    for _ in 0..5 {
        let natter = Natter::start(&[]).await?;
        starts.push(natter.started_in.as_secs_f64() * 1e3);
        natter.stop().await?;
    }
    report.at_most("start to first answer, empty folder", median(&mut starts), "ms", 150.0);

    let natter = Natter::start(&[]).await?;
    client::Person::register(&natter.origin(), "idle").await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    report.at_most("resident memory, idle after a log-in", natter.resident()? / 1e6, "MB", 30.0);
    natter.stop().await?;

    let (mut rates, mut floors, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let natter = Natter::start(&[("NATTER_COMMANDS_PER_MINUTE", "100000000")]).await?;
        let before = floor::fdatasync(natter.folder())?;
        let rate = load::acknowledged(&natter.origin(), LOAD).await?;
        let after = floor::fdatasync(natter.folder())?;
        natter.stop().await?;
        let floor = 2.0 / (before + after);
        rates.push(rate);
        floors.push(floor);
        ratios.push(rate / floor);
    }
    report.plain("1 / fdatasync", median(&mut floors), "/s");
    report.plain("acknowledged messages, 64 senders", median(&mut rates), "/s");
    report.at_least("the same, as a multiple of 1 / fdatasync", median(&mut ratios), "×", 20.0);
    report.print()
}
