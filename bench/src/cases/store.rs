//! How fast messages are stored and acknowledged, beside the disk that has to keep them.

use crate::figure::{Bound, Figure};
use crate::floor::disk::Disk;
use crate::load;
use crate::natter::Natter;
use crate::people;
use crate::venue::Shape;
use anyhow::{Context, Result};
use std::time::Duration;

const SPAN: Duration = Duration::from_secs(5);

/// In the closed loop.
const IN_FLIGHT: usize = 100;

/// In the closed loop of fewer.
const FEW: usize = 64;

/// The part of the closed loop's rate at which acknowledgements are timed.
const PART: f64 = 0.3;

/// What a volume in a data centre, or an SSD without capacitors, takes for an `fdatasync`.
const USUAL: Disk = Disk::Slower(Duration::from_millis(4));

pub async fn run() -> Result<Vec<Figure>> {
    let mut figures = on(Disk::Own, "").await?;
    figures.extend(on(USUAL, ", on a disk that takes 4 ms more").await?);
    Ok(figures)
}

async fn on(disk: Disk, which: &str) -> Result<Vec<Figure>> {
    let natter = Natter::start_on_disk(disk, &people::prepared().await?).await?;
    let venue = natter.venue(Shape { rooms: 20, members: 10 }).await?;
    let folder = venue.folder.as_ref().context("Natter has a folder")?.path();
    let before = disk.sync(folder).await?;
    let crowd = venue.crowd().await?;
    let few = load::in_flight(&crowd, &venue.process, 1, FEW, SPAN).await?;
    let fast = load::in_flight(&crowd, &venue.process, 2, IN_FLIGHT, SPAN).await?;
    let calm = load::at_rate(&crowd, &venue.process, 3, fast.rate * PART, SPAN).await?;
    let after = disk.sync(folder).await?;
    let (p50, p99) = ((before.p50 + after.p50) / 2.0, (before.p99 + after.p99) / 2.0);
    drop(crowd);
    venue.process.stop().await?;
    let what = |what| format!("20 × 10{which}{what}");
    Ok(vec![
        Figure::of(&what(", 64 in flight: acknowledged (floor: 1 / fdatasync)"), few.rate, "msg/s")
            .floor(1e3 / p50)
            .bound(Bound::FloorsAtLeast(20.0)),
        Figure::of(&what(", 100 in flight: acknowledged (floor: 1 / fdatasync)"), fast.rate, "msg/s")
            .floor(1e3 / p50)
            .bound(Bound::AtLeast(12_000.0))
            .bound(Bound::FloorsAtLeast(40.0)),
        Figure::of("the same: server CPU a delivery", fast.cost, "µs"),
        Figure::of("the same: generator", fast.generator, "cores"),
        Figure::of(&what(" at 30 % of that: acknowledgement p50 (floor: fdatasync)"), calm.acknowledgement.p50, "ms")
            .floor(p50)
            .bound(Bound::FloorsAtMost(1.5, 1.0)),
        Figure::of(&what(" at 30 % of that: acknowledgement p99 (floor: fdatasync)"), calm.acknowledgement.p99, "ms")
            .floor(p99)
            .bound(Bound::FloorsAtMost(3.0, 0.0)),
    ])
}
