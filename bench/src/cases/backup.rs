//! What backups of a million messages cost whoever sends meanwhile.

use crate::figure::{Bound, Figure};
use crate::load;
use crate::million;
use crate::natter::Natter;
use crate::people;
use crate::venue::Shape;
use anyhow::{Context, Result, ensure};
use std::cell::Cell;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::process::Command;

const RATE: f64 = 2000.0;

const SPAN: Duration = Duration::from_secs(15);

pub async fn run() -> Result<Vec<Figure>> {
    let natter = Natter::start_on(&million::prepared().await?.folder).await?;
    let others = &people::all()?[million::PEOPLE..];
    let venue = natter.venue_of(others, Shape { rooms: 20, members: 10 }).await?;
    let folder = venue.folder.as_ref().context("Natter has a folder")?.path();
    let crowd = venue.crowd().await?;
    let alone = load::at_rate(&crowd, &venue.process, 1, RATE, SPAN).await?;
    let is_over = Cell::new(false);
    let measured = async {
        let beside = load::at_rate(&crowd, &venue.process, 2, RATE, SPAN).await;
        is_over.set(true);
        beside
    };
    let (beside, backed_up) = tokio::join!(measured, back_up_until(&is_over, folder));
    backed_up?;
    let beside = beside?;
    let log = std::fs::metadata(folder.join("natter.db-wal"))?.len() as f64;
    drop(crowd);
    let begun = Instant::now();
    back_up(folder).await?;
    let took = begun.elapsed().as_secs_f64();
    let archive = std::fs::metadata(folder.join("archive"))?.len() as f64;
    venue.process.stop().await?;
    Ok(vec![
        Figure::of(
            "20 × 10 at 2,000 msg/s beside backups (floor: none): acknowledgement p50",
            beside.acknowledgement.p50,
            "ms",
        )
        .floor(alone.acknowledgement.p50),
        Figure::of("the same: acknowledgement p99", beside.acknowledgement.p99, "ms")
            .floor(alone.acknowledgement.p99)
            .bound(Bound::FloorsAtMost(2.0, 0.0)),
        Figure::of("the same: SQLite's log at its end", log / 1e6, "MB"),
        Figure::of("1,000,000 messages, nobody else: backed up and read back in", took, "s"),
        Figure::of("the same: the archive", archive / 1e6, "MB"),
    ])
}

async fn back_up_until(is_over: &Cell<bool>, folder: &Path) -> Result<()> {
    while !is_over.get() {
        back_up(folder).await?;
    }
    Ok(())
}

async fn back_up(folder: &Path) -> Result<()> {
    let mut command = Command::new("target/release/natter");
    command.arg("backup").arg(folder.join("archive")).env("NATTER_DATA", folder).kill_on_drop(true);
    let done = command.output().await?;
    ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}
