//! Whether a large room holds up small ones.

use crate::callers::Callers;
use crate::crowd::Crowd;
use crate::figure::{Bound, Figure};
use crate::load;
use crate::people;
use crate::town::{self, Town};
use crate::venue::Ticket;
use crate::wire::frame;
use anyhow::Result;
use futures::future::{try_join, try_join_all};
use protocol::{ClientId, Command, MessageText, Request};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;
use tokio::time::{interval, sleep};
use uuid::Uuid;

const MEMBERS: usize = 5_000;

/// Messages of the large room a second.
const LARGE_RATE: f64 = 5.0;

/// Messages of the small ones.
const RATE: f64 = 200.0;

const SPAN: Duration = Duration::from_secs(8);

/// The steps of the large room: its sockets are being opened, are open, and hear messages.
const OPENING: u8 = 0;
const OPEN: u8 = 1;
const TALKING: u8 = 2;

pub async fn run() -> Result<Vec<Figure>> {
    let people = people::all()?;
    let mut town = Town::found().await?;
    let citizens = town.settle(MEMBERS).await?;
    let hall = town.room(&citizens).await?;
    let (mut rooms, mut tickets) = (Vec::new(), Vec::new());
    for (place, members) in people.chunks(10).take(20).enumerate() {
        rooms.push(town.room(members).await?);
        tickets.extend(members.iter().map(|person| Ticket::natter(person, vec![place])));
    }
    let natter = town.open().await?;
    let addr = natter.process.addr();
    let crowd = Crowd::open(addr, &rooms, &tickets).await?;
    let step = Arc::new(AtomicU8::new(OPENING));
    let shared = step.clone();
    // In a thread of their own, since what measures the small rooms must not wait for 5,000 readers.
    let large = Callers::begin(move |counts| async move {
        let lines = town::enter(addr, &citizens).await?;
        let (mut ears, mut pens): (Vec<_>, Vec<_>) = lines.into_iter().map(crate::wire::Line::split).unzip();
        shared.store(OPEN, Ordering::Relaxed);
        let hear = try_join_all(ears.iter_mut().map(|ear| {
            let counts = counts.clone();
            ear.listen(move |_, _| {
                counts.add(true);
                Ok(())
            })
        }));
        let speaker = pens.swap_remove(0);
        let speak = async {
            let mut due = interval(Duration::from_secs_f64(1.0 / LARGE_RATE));
            for number in 0.. {
                due.tick().await;
                if shared.load(Ordering::Relaxed) == TALKING {
                    let client_id = ClientId(Uuid::from_u64_pair(77, number));
                    let text = MessageText::parse("All of you: the shop opens at six.")?;
                    let request = Request { id: None, command: Command::NewMessage { room: hall, client_id, text } };
                    speaker.write(&frame::text(&serde_json::to_string(&request)?))?;
                }
            }
            Ok(())
        };
        try_join(hear, speak).await.map(drop)
    });
    while step.load(Ordering::Relaxed) == OPENING {
        sleep(Duration::from_millis(20)).await;
    }
    let alone = load::at_rate(&crowd, &natter.process, 1, RATE, SPAN).await?;
    step.store(TALKING, Ordering::Relaxed);
    let beside = load::at_rate(&crowd, &natter.process, 2, RATE, SPAN).await?;
    let calls = large.end()?;
    drop(crowd);
    natter.process.kill().await?;
    let what = "20 × 10 at 200 msg/s beside a room of 5,000 at 5 msg/s (floor: silent): delivery p50";
    Ok(vec![
        Figure::of(what, beside.delivery.p50, "ms").floor(alone.delivery.p50),
        Figure::of("the same: p99", beside.delivery.p99, "ms")
            .floor(alone.delivery.p99)
            .bound(Bound::FloorsAtMost(2.0, 0.0)),
        Figure::of("the same: deliveries of the large room", calls.answered, "/s"),
    ])
}
