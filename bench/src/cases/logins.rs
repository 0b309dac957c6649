//! Whether people who log in hold those up who talk, and whether the time of a refusal tells who has an account.

use crate::figure::{Bound, Figure};
use crate::load;
use crate::natter::Natter;
use crate::people;
use crate::tally::{Latency, histogram, micros};
use crate::venue::{Shape, Venue};
use anyhow::Result;
use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const SHAPE: Shape = Shape { rooms: 20, members: 10 };

/// Messages a second: enough for a p99, and far from what fills the machine.
const RATE: f64 = 200.0;

const SPAN: Duration = Duration::from_secs(15);

/// As many log in at the same time, again and again.
const PARALLEL: usize = 50;

/// Refusals of each kind that are timed.
const REFUSALS: usize = 200;

pub async fn run() -> Result<Vec<Figure>> {
    let natter = Natter::start_on(&people::prepared().await?).await?;
    let venue = natter.venue(SHAPE).await?;
    let addr = venue.process.addr();
    let crowd = venue.crowd().await?;
    let before = load::at_rate(&crowd, &venue.process, 1, RATE, SPAN).await?;
    let rush = Rush::begin(addr);
    let busy = load::at_rate(&crowd, &venue.process, 2, RATE, SPAN).await?;
    let log_ins = rush.end().await?;
    let after = load::at_rate(&crowd, &venue.process, 3, RATE, SPAN).await?;
    drop(crowd);
    let [known, unknown] = refusals(&venue).await?;
    venue.process.kill().await?;
    let calm = |of: fn(&Latency) -> f64| (of(&before.delivery) + of(&after.delivery)) / 2.0;
    Ok(vec![
        Figure::of("20 × 10 at 200 msg/s, 50 people logging in (floor: nobody): delivery p50", busy.delivery.p50, "ms")
            .floor(calm(|latency| latency.p50)),
        Figure::of("the same: p99", busy.delivery.p99, "ms")
            .floor(calm(|latency| latency.p99))
            .bound(Bound::FloorsAtMost(2.0, 0.0)),
        Figure::of("the same: log-ins", log_ins, "/s"),
        Figure::of("a log-in refused without an account (floor: with one): p50", unknown.p50, "ms")
            .floor(known.p50)
            .bound(Bound::FloorsAtMost(1.05, 0.0))
            .bound(Bound::FloorsAtLeast(0.95)),
    ])
}

/// People who log in as fast as they are let.
struct Rush {
    since: Instant,
    people: JoinSet<Result<()>>,
    done: Rc<Cell<u64>>,
}

impl Rush {
    fn begin(addr: SocketAddr) -> Self {
        let (mut people, done) = (JoinSet::new(), Rc::new(Cell::new(0)));
        for number in 0..PARALLEL {
            let done = done.clone();
            people.spawn_local(async move {
                loop {
                    people::log_in(addr, number).await?;
                    done.set(done.get() + 1);
                }
            });
        }
        Self { since: Instant::now(), people, done }
    }

    /// Log-ins a second.
    ///
    /// # Errors
    /// Why one of them failed.
    async fn end(mut self) -> Result<f64> {
        if let Some(failed) = self.people.try_join_next() {
            failed??;
        }
        self.people.shutdown().await;
        Ok(self.done.get() as f64 / self.since.elapsed().as_secs_f64())
    }
}

/// How long a wrong password takes, for a name that has an account and for one that has none, in turns.
async fn refusals(venue: &Venue) -> Result<[Latency; 2]> {
    let mut times = [histogram(), histogram()];
    for _ in 0..REFUSALS {
        for (login, times) in ["person-0", "nobody-0"].into_iter().zip(&mut times) {
            let start = Instant::now();
            people::is_refused(venue.process.addr(), login).await?;
            times.saturating_record(micros(start.elapsed()));
        }
    }
    Ok(times.map(|times| Latency::of(&times)))
}
