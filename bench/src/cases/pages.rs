//! Reading back in a database of a million messages: the newest page of a room, and one far down.

use crate::figure::{Bound, Figure};
use crate::million::{self, MESSAGES_A_ROOM, Million};
use crate::natter::Natter;
use crate::tally::{Latency, histogram, micros};
use crate::wire::{Door, Line};
use anyhow::{Context, Result, bail, ensure};
use hdrhistogram::Histogram;
use protocol::{Command, Event, No, Request, RoomId, Slice};
use std::time::Instant;

/// Of each kind.
const PAGES: u32 = 1_000;

/// Messages on a page.
const LIMIT: u32 = 50;

/// Somebody who reads in one room.
struct Reader {
    line: Line,
    room: RoomId,
    newest: Histogram<u64>,
    deep: Histogram<u64>,
}

pub async fn run() -> Result<Vec<Figure>> {
    let Million { folder, rooms } = million::prepared().await?;
    let natter = Natter::start_on(&folder).await?;
    let mut readers = Vec::new();
    for (room, member) in rooms {
        let door = Door { addr: natter.process.addr(), path: "/ws", cookie: Some(&member.cookie) };
        let mut line = Line::open(&door).await?;
        ensure!(matches!(line.next().await?.event, Event::Welcome { .. }), "no welcome");
        readers.push(Reader { line, room, newest: histogram(), deep: histogram() });
    }
    for number in 0..PAGES {
        let turn = number as usize % readers.len();
        readers[turn].turn(number).await?;
    }
    natter.stop().await?;
    let (mut newest, mut deep) = (histogram(), histogram());
    for reader in readers {
        newest.add(reader.newest)?;
        deep.add(reader.deep)?;
    }
    let (newest, deep) = (Latency::of(&newest), Latency::of(&deep));
    Ok(vec![
        Figure::of("newest page (50) of 1,000,000 messages: p50", newest.p50, "ms"),
        Figure::of("the same: p99", newest.p99, "ms").bound(Bound::AtMost(5.0)),
        Figure::of("a deep page (floor: the newest): p50", deep.p50, "ms").floor(newest.p50),
        Figure::of("the same: p99", deep.p99, "ms")
            .floor(newest.p99)
            .bound(Bound::AtMost(5.0))
            .bound(Bound::FloorsAtMost(2.0, 0.0)),
    ])
}

impl Reader {
    /// Reads a page of each kind.
    async fn turn(&mut self, number: u32) -> Result<()> {
        let start = Instant::now();
        let newest = self.page(None).await?;
        self.newest.saturating_record(micros(start.elapsed()));
        ensure!(newest.earlier && !newest.later, "the newest page is not at the end");

        // Scattered over the older half of the room.
        let before = i64::from(number) * 7919 % (MESSAGES_A_ROOM / 2) + 2 * i64::from(LIMIT);
        let start = Instant::now();
        let deep = self.page(Some(before)).await?;
        self.deep.saturating_record(micros(start.elapsed()));
        let last = deep.messages.last().map(|message| message.no.get());
        ensure!(last == Some(before - 1), "the page does not end before message {before}");
        Ok(())
    }

    async fn page(&mut self, before: Option<i64>) -> Result<Slice> {
        let before = before.map(No::try_from).transpose().ok().context("a message has a number")?;
        let command = Command::FetchMessages { room: self.room, before, after: None, around: None, limit: Some(LIMIT) };
        self.line.ask(&Request { id: Some(1), command })?;
        let Event::Messages { room, slice } = self.line.next().await?.event else { bail!("no page came") };
        let is_whole = slice.messages.len() == LIMIT as usize
            && slice.messages.windows(2).all(|pair| pair[1].no == pair[0].no.next());
        ensure!(room == self.room && is_whole, "the page has holes");
        Ok(slice)
    }
}
