//! Whether a person who connects again and again may send more than one who stays (promise S16).

use crate::figure::{Bound, Figure};
use crate::natter::Natter;
use crate::people::{self, Person};
use crate::wire::{Door, Line};
use anyhow::{Context, Result};
use protocol::{ClientId, Command, Event, MessageText, Request, RoomId};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

const SPAN: Duration = Duration::from_secs(20);

/// Messages that a socket may send at once, and a minute (promise S4).
const BURST: f64 = 20.0;
const PER_MINUTE: f64 = 120.0;

/// Messages of each socket: one fewer than close it.
const OF_A_SOCKET: u64 = 19;

/// Deadline of the answers to all of them.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

pub async fn run() -> Result<Vec<Figure>> {
    let natter = Natter::start_limited(&people::prepared().await?).await?;
    let people = people::all()?;
    let room = natter.group(&people[..2]).await?;
    let (start, mut sockets, mut acknowledged) = (Instant::now(), 0_u64, 0_u64);
    while start.elapsed() < SPAN {
        sockets += 1;
        match messages(natter.process.addr(), &people[0], room, sockets).await {
            Ok(more) => acknowledged += more,
            // The person has to wait.
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
    }
    let allowed = BURST + PER_MINUTE / 60.0 * start.elapsed().as_secs_f64();
    natter.process.kill().await?;
    Ok(vec![
        Figure::of("a person who connects again and again for 20 s: messages stored", acknowledged as f64, "")
            .bound(Bound::AtMost(allowed.ceil())),
        Figure::of("the same: sockets tried", sockets as f64, ""),
    ])
}

/// Opens a socket and sends; how many messages were acknowledged.
async fn messages(addr: SocketAddr, person: &Person, room: RoomId, socket: u64) -> Result<u64> {
    let mut line = Line::open(&Door { addr, path: "/ws", cookie: Some(&person.cookie) }).await?;
    let text = MessageText::parse("Who opens tomorrow?").ok().context("it is a message")?;
    for number in 0..OF_A_SOCKET {
        let client_id = ClientId(Uuid::from_u64_pair(socket, number));
        line.ask(&Request { id: Some(number), command: Command::NewMessage { room, client_id, text: text.clone() } })?;
    }
    let (mut answers, mut acknowledged) = (0, 0);
    let read = async {
        while answers < OF_A_SOCKET {
            match line.next().await?.event {
                Event::Ack { .. } => (answers, acknowledged) = (answers + 1, acknowledged + 1),
                Event::Error(_) => answers += 1,
                _ => {}
            }
        }
        Result::<()>::Ok(())
    };
    // A socket that was closed has stored what it acknowledged.
    let _ = timeout(ANSWER_TIMEOUT, read).await;
    Ok(acknowledged)
}
