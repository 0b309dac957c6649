//! Whether being brought into a room costs the same however many rooms somebody has.

use crate::figure::{Bound, Figure};
use crate::people;
use crate::process::Works;
use crate::town::{self, Town};
use anyhow::Result;
use futures::future::try_join_all;
use protocol::Event;
use std::time::Instant;

/// Who is brought in.
const GUESTS: usize = 100;

const ROOMS: usize = 2_000;

/// How often, for one figure.
const TIMES: usize = 5;

/// Until the last of them has been told, and the server's processor time, both in milliseconds.
struct Told {
    last: f64,
    cpu: f64,
}

pub async fn run() -> Result<Vec<Figure>> {
    let (few, many) = (told(1).await?, told(ROOMS).await?);
    Ok(vec![
        Figure::of(
            "100 people online, in 2,000 rooms each (floor: in one), brought into another: the last one hears",
            many.last,
            "ms",
        )
        .floor(few.last)
        .bound(Bound::FloorsAtMost(1.5, 5.0)),
        Figure::of("the same: server CPU", many.cpu, "ms").floor(few.cpu).bound(Bound::FloorsAtMost(1.5, 5.0)),
    ])
}

async fn told(rooms: usize) -> Result<Told> {
    let mut town = Town::found().await?;
    let guests = town.settle(GUESTS).await?;
    for _ in 0..rooms {
        town.room(&guests).await?;
    }
    let natter = town.open().await?;
    let host = people::all()?.swap_remove(0);
    let addr = natter.process.addr();
    let mut lines = Vec::new();
    // A few at a time: each reads all of its rooms.
    for some in guests.chunks(10) {
        let mut entered = town::enter(addr, some).await?;
        town::seat(&mut entered).await?;
        lines.extend(entered);
    }
    let (begun, start) = (natter.process.cpu()?, Instant::now());
    for _ in 0..TIMES {
        let room = host.create_room(addr, &guests).await?;
        let hear = lines.iter_mut().map(|line| async move {
            while !matches!(line.next().await?.event, Event::Room { room: told } if told.id == room) {}
            anyhow::Ok(())
        });
        try_join_all(hear).await?;
    }
    let times = TIMES as f64;
    let (last, cpu) = (start.elapsed().as_secs_f64() * 1e3, (natter.process.cpu()? - begun).as_secs_f64() * 1e3);
    drop(lines);
    natter.process.kill().await?;
    Ok(Told { last: last / times, cpu: cpu / times })
}
