use crate::ledger::{Copy, Fault, Ledger};
use crate::plan::{Pace, Plan};
use crate::tally::Tally;
use crate::venue::{Manners, Ticket};
use crate::wire::frame::{self, Heard};
use crate::wire::{Closed, Door, Ear, Line, Pen};
use anyhow::{Context, Error, Result, anyhow, bail, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use protocol::{Command, Event, Frame, Request, Rev, RoomId};
use std::cell::RefCell;
use std::net::SocketAddr;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// As many sockets are opened at once.
const OPENING: usize = 64;

/// The members of a venue's rooms: open sockets that listen and verify.
pub struct Crowd {
    rooms: Vec<RoomId>,
    members: Vec<Vec<protocol::UserId>>,
    /// The sockets of each room's members, in the same order.
    seats: Vec<Vec<usize>>,
    pens: Arc<Vec<Pen>>,
    state: Rc<RefCell<State>>,
    /// A permit for every acknowledgement that has come.
    credits: Rc<Semaphore>,
    /// They end with the crowd.
    listeners: JoinSet<()>,
}

struct State {
    bases: Vec<Rev>,
    act: Option<Act>,
    /// Why a socket has ended; the first reason.
    end: Option<Error>,
}

/// A plan that is carried out.
struct Act {
    ledger: Ledger,
    copies: Vec<Vec<Copy>>,
    tally: Tally,
}

impl Crowd {
    /// Opens a socket for each ticket.
    pub async fn open(addr: SocketAddr, rooms: &[RoomId], tickets: &[Ticket]) -> Result<Self> {
        Self::across(&[addr], rooms, tickets).await
    }

    /// The same, each at the next of these nodes.
    pub async fn across(nodes: &[SocketAddr], rooms: &[RoomId], tickets: &[Ticket]) -> Result<Self> {
        let lines = stream::iter(tickets.iter().zip(nodes.iter().cycle())).map(|(ticket, addr)| enter(*addr, ticket));
        let lines: Vec<_> = lines.buffered(OPENING).try_collect().await?;
        let mut bases = vec![Rev::ZERO; rooms.len()];
        let (mut ears, mut pens) = (Vec::new(), Vec::new());
        for (line, views) in lines {
            for (room, rev) in views {
                let place = rooms.iter().position(|known| *known == room).context("an unknown room was told")?;
                bases[place] = rev;
            }
            let (ear, pen) = line.split();
            ears.push(ear);
            pens.push(pen);
        }
        let seats = (0..rooms.len()).map(|place| {
            let sockets = tickets.iter().enumerate().filter(|(_, ticket)| ticket.rooms.contains(&place));
            sockets.map(|(socket, _)| socket).collect()
        });
        let seats: Vec<Vec<usize>> = seats.collect();
        let users = |sockets: &Vec<usize>| sockets.iter().map(|socket| tickets[*socket].user).collect();
        let mut crowd = Self {
            rooms: rooms.to_vec(),
            members: seats.iter().map(users).collect(),
            seats,
            pens: Arc::new(pens),
            state: Rc::new(RefCell::new(State { bases, act: None, end: None })),
            credits: Rc::new(Semaphore::new(0)),
            listeners: JoinSet::new(),
        };
        crowd.listen(ears);
        Ok(crowd)
    }

    /// Begins an act, in which messages are sent at this pace and latencies count within the window.
    pub fn begin(&self, series: u64, pace: Pace, window: Range<Instant>) -> Plan {
        let plan = Plan { rooms: self.rooms.clone(), members: self.members.clone(), pace, series };
        let mut copies = vec![Vec::new(); self.pens.len()];
        for (room, sockets) in self.seats.iter().enumerate() {
            sockets.iter().for_each(|socket| copies[*socket].push(Copy { room, heard: 0 }));
        }
        let mut state = self.state.borrow_mut();
        if let Some(act) = state.act.take() {
            state.bases = act.ledger.heads();
        }
        let ledger = Ledger::new(plan.clone(), &state.bases);
        state.act = Some(Act { ledger, copies, tally: Tally::new(window) });
        plan
    }

    /// The socket that says this message.
    pub fn speaker(&self, plan: &Plan, number: u64) -> usize {
        self.seats[plan.room(number)][plan.author(number)]
    }

    pub fn pens(&self) -> Arc<Vec<Pen>> {
        self.pens.clone()
    }

    pub fn seats(&self) -> Vec<Vec<usize>> {
        self.seats.clone()
    }

    pub fn credits(&self) -> Rc<Semaphore> {
        self.credits.clone()
    }

    /// Reads the tally of the act.
    pub fn read<T>(&self, read: impl FnOnce(&Tally) -> T) -> T {
        read(&self.state.borrow().act.as_ref().expect("an act has begun").tally)
    }

    /// Fails when a socket has ended or heard what it must not.
    pub fn check(&self) -> Result<()> {
        match &self.state.borrow().end {
            None => Ok(()),
            // The cause stays visible, the first time and later.
            Some(end) => match end.downcast_ref::<Fault>() {
                Some(fault) => Err((*fault).into()),
                None => Err(anyhow!("{end:#}")),
            },
        }
    }

    /// Waits until so many deliveries have arrived.
    ///
    /// # Errors
    /// Says how many are missing after that time.
    pub async fn settle(&self, expected: u64, patience: Duration) -> Result<()> {
        let end = Instant::now() + patience;
        loop {
            self.check()?;
            let delivered = self.read(|tally| tally.delivered);
            if delivered == expected {
                return Ok(());
            }
            ensure!(delivered < expected, "{delivered} deliveries were counted, and there can be {expected} only");
            ensure!(Instant::now() < end, "{} of {expected} deliveries were lost", expected - delivered);
            sleep(Duration::from_millis(5)).await;
        }
    }

    fn listen(&mut self, ears: Vec<Ear>) {
        for (socket, mut ear) in ears.into_iter().enumerate() {
            let (state, pens, credits) = (self.state.clone(), self.pens.clone(), self.credits.clone());
            self.listeners.spawn_local(async move {
                let heard = ear.listen(|heard, now| match heard {
                    Heard::Text(payload) => {
                        let acknowledged = state.borrow_mut().hear(socket, payload, now)?;
                        credits.add_permits(acknowledged);
                        Ok(())
                    }
                    Heard::Ping(payload) => pens[socket].write(&frame::pong(payload)),
                    Heard::Pong => Ok(()),
                    Heard::Close(code) => Err(Closed(code).into()),
                });
                if let Err(error) = heard.await {
                    state.borrow_mut().end.get_or_insert(error);
                }
            });
        }
    }
}

impl State {
    /// Verifies what a socket has heard; how many acknowledgements were in it.
    fn hear(&mut self, socket: usize, payload: &[u8], now: Instant) -> Result<usize> {
        let Act { ledger, copies, tally } = self.act.as_mut().context("something was told before anything was sent")?;
        let copies = &mut copies[socket];
        if let Some(number) = ledger.recognise(copies, payload) {
            tally.deliver(ledger.plan().pace.due(number), now);
            return Ok(0);
        }
        match Frame::parse(std::str::from_utf8(payload)?)?.event {
            Event::Change(change) => {
                let number = ledger.examine(copies, &change, payload)?;
                tally.deliver(ledger.plan().pace.due(number), now);
                Ok(0)
            }
            Event::Ack { client_id, rev, .. } => {
                let number = ledger.plan().number(client_id).ok_or(Fault::NeverSent)?;
                ensure!(ledger.acknowledge(number, rev)?, "message {number} was acknowledged twice");
                tally.acknowledge(ledger.plan().pace.due(number), now);
                Ok(1)
            }
            // Now and then the server tells authors again how far they have read; those who read along are answered.
            Event::OwnState(_) | Event::Ok => Ok(0),
            Event::Error(error) => bail!("a message was refused: {error}"),
            other => bail!("this was not expected: {other:?}"),
        }
    }
}

/// Opens a socket and hears which rooms it has and how far they are.
async fn enter(addr: SocketAddr, ticket: &Ticket) -> Result<(Line, Vec<(RoomId, Rev)>)> {
    let mut line = Line::open(&Door { addr, path: &ticket.path, cookie: ticket.cookie.as_deref() }).await?;
    let mut rooms = Vec::new();
    if ticket.manners == Manners::Plain {
        return Ok((line, rooms));
    }
    let hello = Request { id: Some(0), command: Command::Hello { epoch: None, rooms: Vec::new() } };
    line.ask(&hello)?;
    loop {
        match line.next().await?.event {
            Event::Welcome { .. } => {}
            Event::Room { room } => rooms.push((room.id, room.rev)),
            Event::Ready => break,
            other => bail!("this was not expected: {other:?}"),
        }
    }
    ensure!(rooms.len() == ticket.rooms.len(), "{} rooms were told in place of {}", rooms.len(), ticket.rooms.len());
    Ok((line, rooms))
}

#[cfg(test)]
mod tests;
