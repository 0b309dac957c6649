//! What many seats cost when nothing happens.

use crate::figure::{Bound, Figure};
use crate::process::Works;
use crate::town::{self, Town};
use anyhow::Result;
use protocol::{Command, Event, Known, Request, Rev};
use std::time::{Duration, Instant};
use tokio::time::sleep;

const PEOPLE: usize = 2_000;

/// Everybody is in half of them.
const ROOMS: usize = 400;

/// After the last socket is open.
const CALM: Duration = Duration::from_secs(3);

/// Two rounds in which sessions are compared with the database.
const SPAN: Duration = Duration::from_secs(40);

pub async fn run() -> Result<Vec<Figure>> {
    let mut town = Town::found().await?;
    let citizens = town.settle(PEOPLE).await?;
    let mut rooms = Vec::new();
    for number in 0..ROOMS {
        let half: Vec<_> = citizens.iter().skip(number % 2).step_by(2).cloned().collect();
        rooms.push(town.room(&half).await?);
    }
    let natter = town.open().await?;
    let empty = natter.process.resident()?;
    let mut lines = town::enter(natter.process.addr(), &citizens).await?;
    for (number, line) in lines.iter_mut().enumerate() {
        let known = rooms.iter().skip(number % 2).step_by(2).map(|room| Known { room: *room, rev: Rev::ZERO });
        line.ask(&Request { id: None, command: Command::Hello { epoch: None, rooms: known.collect() } })?;
        while line.next().await?.event != Event::Ready {}
    }
    sleep(CALM).await;
    let bytes = (natter.process.resident()? - empty) / PEOPLE as f64;
    let (before, start) = (natter.process.cpu()?, Instant::now());
    sleep(SPAN).await;
    let cores = (natter.process.cpu()? - before).as_secs_f64() / start.elapsed().as_secs_f64();
    drop(lines);
    natter.process.kill().await?;
    let what = "2,000 idle sockets in 200 rooms each (400,000 seats): resident memory a socket";
    Ok(vec![
        Figure::of(what, bytes / 1e3, "KB").bound(Bound::AtMost(16.0)),
        Figure::of("the same: server CPU", cores * 100.0, "% of a core").bound(Bound::AtMost(1.0)),
    ])
}
