//! Whether those who stop reading hold up those who read, and what they cost (promise R19).

use crate::crowd::Crowd;
use crate::figure::{Bound, Figure};
use crate::load;
use crate::natter::Natter;
use crate::people;
use crate::tally::Latency;
use crate::venue::{Shape, Venue};
use crate::wire::{Door, Line};
use anyhow::Result;
use futures::{StreamExt, TryStreamExt, stream};
use std::time::Duration;

/// Everybody has two sockets.
const SHAPE: Shape = Shape { rooms: 1, members: 500 };

/// Sockets that read.
const READERS: usize = 950;

/// Sockets that do not.
const SILENT: usize = 50;

/// Messages a second.
const RATE: f64 = 500.0;

/// Longer than the server takes to give up who does not read: a queue of 1 MiB is full after some 16 seconds.
const SPAN: Duration = Duration::from_secs(30);

/// What waits for one socket is at most so much.
const QUEUE: f64 = 1.048_576;

pub async fn run() -> Result<Vec<Figure>> {
    let venue = Natter::start_on(&people::prepared().await?).await?.venue(SHAPE).await?;
    let server = &venue.process;
    let tickets: Vec<_> = venue.tickets.iter().cycle().take(READERS).cloned().collect();
    let crowd = Crowd::open(server.addr(), &venue.rooms, &tickets).await?;
    let before = load::at_rate(&crowd, server, 1, RATE, SPAN / 3).await?;
    let (light, closed_before) = (server.resident()?, server.metric("natter_closes_total").await?);
    let silent = silent(&venue).await?;
    let beside = load::at_rate(&crowd, server, 2, RATE, SPAN).await?;
    let (heavy, closed) = (server.peak()?, server.metric("natter_closes_total").await?);
    drop(silent);
    let after = load::at_rate(&crowd, server, 3, RATE, SPAN / 3).await?;
    drop(crowd);
    venue.process.kill().await?;
    let nobody = |of: fn(&Latency) -> f64| (of(&before.delivery) + of(&after.delivery)) / 2.0;
    let what = "950 sockets in one room at 500 msg/s beside 50 that never read (floor: without them): delivery p50";
    let closed = closed.zip(closed_before).map(|(after, before)| after - before);
    Ok(vec![
        Figure::of(what, beside.delivery.p50, "ms").floor(nobody(|latency| latency.p50)),
        Figure::of("the same: p99", beside.delivery.p99, "ms")
            .floor(nobody(|latency| latency.p99))
            .bound(Bound::FloorsAtMost(1.5, 0.0)),
        Figure::of("the same: memory more at most", (heavy - light) / 1e6, "MB")
            .bound(Bound::AtMost(SILENT as f64 * QUEUE)),
        Figure::of("the same: closed by the server", closed, "").bound(Bound::AtLeast(SILENT as f64)),
    ])
}

/// Opens the sockets that nobody reads.
async fn silent(venue: &Venue) -> Result<Vec<Line>> {
    let lines = stream::iter(&venue.tickets).take(SILENT).then(|ticket| {
        let door = Door { addr: venue.process.addr(), path: &ticket.path, cookie: ticket.cookie.as_deref() };
        async move { Line::narrow(&door).await }
    });
    lines.try_collect().await
}
