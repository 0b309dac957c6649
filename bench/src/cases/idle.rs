//! What an open socket weighs, and how fast sockets are opened.

use crate::figure::{Bound, Figure};
use crate::floor::broadcast;
use crate::neighbourhood::{Neighbourhood, OPENING, SOCKETS};
use crate::process::Process;
use crate::venue::Shape;
use crate::wire::{Door, Line};
use anyhow::Result;
use futures::{StreamExt, TryStreamExt, stream};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// After the last socket is open.
const CALM: Duration = Duration::from_secs(1);

/// What opening the sockets has shown.
struct Opened {
    per_second: f64,
    bytes: f64,
}

pub async fn run() -> Result<Vec<Figure>> {
    let floor = floor().await?;
    let natter = natter().await?;
    Ok(vec![
        Figure::of("10,000 idle sockets in 3 rooms each: resident memory a socket", natter.bytes / 1e3, "KB")
            .floor(floor.bytes / 1e3)
            .bound(Bound::AtMost(6.0)),
        Figure::of("the same: opened with a session", natter.per_second, "/s")
            .floor(floor.per_second)
            .bound(Bound::AtLeast(8_000.0)),
    ])
}

async fn natter() -> Result<Opened> {
    let place = Neighbourhood::start().await?;
    let opened = weigh(&place.natter.process, place.open()).await?;
    place.natter.process.kill().await?;
    Ok(opened)
}

/// The same number of sockets in one room, without people.
async fn floor() -> Result<Opened> {
    let venue = broadcast::venue(Shape { rooms: 1, members: SOCKETS }).await?;
    let addr = venue.process.addr();
    let open = |path| async move { Line::open(&Door { addr, path, cookie: None }).await };
    let lines = stream::iter(&venue.tickets).map(|ticket| open(ticket.path.as_str()));
    let opened = weigh(&venue.process, lines.buffer_unordered(OPENING).try_collect()).await?;
    venue.process.kill().await?;
    Ok(opened)
}

async fn weigh(server: &Process, open: impl Future<Output = Result<Vec<Line>>>) -> Result<Opened> {
    let before = server.resident()?;
    let start = Instant::now();
    let lines = open.await?;
    let per_second = lines.len() as f64 / start.elapsed().as_secs_f64();
    sleep(CALM).await;
    Ok(Opened { per_second, bytes: (server.resident()? - before) / lines.len() as f64 })
}
