//! All sockets are cut at once, something is said meanwhile, and everybody comes back.

use crate::figure::{Bound, Figure};
use crate::ledger::{Copy, Ledger};
use crate::neighbourhood::{Neighbourhood, OPENING, ROOMS, SOCKETS, rooms_of};
use crate::plan::{Pace, Plan};
use crate::tally::{Latency, histogram, micros};
use crate::wire::{Closed, Line};
use anyhow::{Result, bail, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use protocol::{Command, Epoch, Event, Known, Request, Rev, close};
use std::cell::RefCell;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Twice in 20 of the rooms and once in the others: everybody misses five.
const MESSAGES: u64 = 50;

/// Before somebody tries again whose old sockets still count.
const PAUSE: Duration = Duration::from_millis(50);

/// What is known about the rooms before the storm.
struct Before {
    epoch: Epoch,
    revs: Vec<Rev>,
}

pub async fn run() -> Result<Vec<Figure>> {
    let place = Neighbourhood::start().await?;
    let (mut herald, epoch) = place.welcome(&place.herald).await?;
    let before = Before { epoch, revs: heads(&place, &mut herald).await? };
    let lines = place.open().await?;
    let reads = place.natter.process.metric("natter_room_reads_total").await?;

    let start = Instant::now();
    drop(lines);
    let ledger = RefCell::new(proclaim(&place, &before, &mut herald).await?);
    let times = RefCell::new(histogram());
    let returns =
        (0..SOCKETS).map(|socket| place.owner(socket)).map(|person| come_back(&place, &before, &ledger, person));
    let returns = stream::iter(returns).map(async |line| {
        let line = line.await?;
        times.borrow_mut().saturating_record(micros(start.elapsed()));
        anyhow::Ok(line)
    });
    let lines: Vec<Line> = returns.buffer_unordered(OPENING).try_collect().await?;
    let all = start.elapsed().as_secs_f64();
    let after = place.natter.process.metric("natter_room_reads_total").await?;
    drop(lines);
    place.natter.process.kill().await?;

    let reads = after.zip(reads).map(|(after, before)| (after - before) / ROOMS as f64);
    let half = Latency::of(&times.borrow()).p50 / 1e3;
    Ok(vec![
        Figure::of("10,000 sockets reset at once: all resumed with 5 missed messages", all, "s")
            .bound(Bound::AtMost(5.0)),
        Figure::of("the same: half of them", half, "s"),
        Figure::of("the same: database reads a room", reads, "").bound(Bound::AtMost(1.0)),
    ])
}

/// The herald is in every room and hears how far each is.
async fn heads(place: &Neighbourhood, herald: &mut Line) -> Result<Vec<Rev>> {
    herald.ask(&Request { id: None, command: Command::Hello { epoch: None, rooms: Vec::new() } })?;
    let mut revs = vec![Rev::ZERO; ROOMS];
    loop {
        match herald.next().await?.event {
            Event::Room { room } => {
                let at = place.rooms.iter().position(|known| *known == room.id);
                revs[at.ok_or_else(|| anyhow::anyhow!("an unknown room was told"))?] = room.rev;
            }
            Event::Ready => return Ok(revs),
            _ => {}
        }
    }
}

/// The herald says everything and waits for the acknowledgements.
async fn proclaim(place: &Neighbourhood, before: &Before, herald: &mut Line) -> Result<Ledger> {
    let pace = Pace { start: Instant::now(), interval: Duration::ZERO };
    let members = vec![vec![place.herald.id]; ROOMS];
    let plan = Plan { rooms: place.rooms.clone(), members, pace, series: 1 };
    for number in 0..MESSAGES {
        herald.ask(&plan.request(number))?;
    }
    let mut ledger = Ledger::new(plan, &before.revs);
    let mut missing = MESSAGES;
    while missing > 0 {
        match herald.next().await? {
            protocol::Frame { id: Some(number), event: Event::Ack { rev, .. } } => {
                ensure!(ledger.acknowledge(number, rev)?, "message {number} was acknowledged twice");
                missing -= 1;
            }
            protocol::Frame { event: Event::Error(error), .. } => bail!("a message was refused: {error}"),
            _ => {}
        }
    }
    Ok(ledger)
}

/// Comes back, and tries again while the old sockets still count.
async fn come_back(place: &Neighbourhood, before: &Before, ledger: &RefCell<Ledger>, person: usize) -> Result<Line> {
    loop {
        match resume(place, before, ledger, person).await {
            Err(error) if error.downcast_ref() == Some(&Closed(close::TOO_MANY)) => sleep(PAUSE).await,
            done => return done,
        }
    }
}

/// Opens a socket, says what is known, and verifies what was missed.
async fn resume(place: &Neighbourhood, before: &Before, ledger: &RefCell<Ledger>, person: usize) -> Result<Line> {
    let (mut line, epoch) = place.enter(person).await?;
    ensure!(epoch == before.epoch, "the database has begun another life");
    let mine = rooms_of(person);
    let rooms = mine.map(|room| Known { room: place.rooms[room], rev: before.revs[room] }).into();
    line.ask(&Request { id: Some(0), command: Command::Hello { epoch: Some(epoch), rooms } })?;
    let mut copies = mine.map(|room| Copy { room, heard: 0 });
    loop {
        match line.next().await?.event {
            Event::Changes(missed) => {
                for change in &missed.changes {
                    ledger.borrow_mut().examine(&mut copies, change, b"")?;
                }
            }
            Event::Change(change) => drop(ledger.borrow_mut().examine(&mut copies, &change, b"")?),
            // How far the person has read where nothing else was missed.
            Event::OwnState(_) => {}
            Event::Ready => break,
            other => bail!("this was not expected: {other:?}"),
        }
    }
    ensure!(copies.each_ref().map(|copy| copy.heard) == [2, 2, 1], "not everything that was missed was told");
    Ok(line)
}
