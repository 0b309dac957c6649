//! How fast the sockets of different people are opened.

use crate::figure::{Bound, Figure};
use crate::floor::broadcast;
use crate::neighbourhood::OPENING;
use crate::town::{self, Town};
use crate::venue::Shape;
use crate::wire::{Door, Line};
use anyhow::Result;
use futures::{StreamExt, TryStreamExt, stream};
use std::time::Instant;

const PEOPLE: usize = 10_000;

/// Members of each room.
const TOGETHER: usize = 10;

pub async fn run() -> Result<Vec<Figure>> {
    let floor = floor().await?;
    let mut town = Town::found().await?;
    let citizens = town.settle(PEOPLE).await?;
    for members in citizens.chunks(TOGETHER) {
        town.room(members).await?;
    }
    let natter = town.open().await?;
    let start = Instant::now();
    let lines = town::enter(natter.process.addr(), &citizens).await?;
    let rate = lines.len() as f64 / start.elapsed().as_secs_f64();
    drop(lines);
    natter.process.kill().await?;
    let what = "10,000 sockets of different people: opened";
    Ok(vec![Figure::of(what, rate, "/s").floor(floor).bound(Bound::FloorsAtLeast(0.5))])
}

async fn floor() -> Result<f64> {
    let venue = broadcast::venue(Shape { rooms: 1, members: PEOPLE }).await?;
    let addr = venue.process.addr();
    let open = |path| async move { Line::open(&Door { addr, path, cookie: None }).await };
    let start = Instant::now();
    let lines = stream::iter(&venue.tickets).map(|ticket| open(ticket.path.as_str()));
    let lines: Vec<_> = lines.buffer_unordered(OPENING).try_collect().await?;
    let rate = lines.len() as f64 / start.elapsed().as_secs_f64();
    drop(lines);
    venue.process.kill().await?;
    Ok(rate)
}
