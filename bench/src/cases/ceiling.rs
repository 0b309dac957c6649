//! The highest rate in one large room that arrives in time and whole, beside a bare broadcast.

use crate::figure::{Bound, Figure};
use crate::floor::broadcast;
use crate::ledger::Fault;
use crate::load::{self, Outcome};
use crate::natter::Natter;
use crate::people;
use crate::venue::{Shape, Venue};
use anyhow::{Context, Error, Result};
use futures::future::LocalBoxFuture;
use std::time::Duration;

const SHAPE: Shape = Shape { rooms: 1, members: 500 };

const SPAN: Duration = Duration::from_secs(3);

/// In time, in milliseconds.
const P99: f64 = 250.0;

/// The rates that are tried: from the lowest on, each so much above the last.
const LOWEST: f64 = 50.0;
const STEP: f64 = 1.08;
const STEPS: i32 = 63;

pub async fn run() -> Result<Vec<Figure>> {
    let floor = highest("floor", || Box::pin(broadcast::venue(SHAPE))).await?;
    let natter = highest("Natter", || Box::pin(natter())).await?;
    Ok(vec![
        Figure::of("1 × 500: highest rate with p99 ≤ 250 ms and nothing lost", natter.rate, "msg/s")
            .floor(floor.rate)
            .bound(Bound::AtLeast(800.0))
            .bound(Bound::FloorsAtLeast(1.0)),
        Figure::of("the same: server CPU a delivery", natter.cost, "µs").floor(floor.cost),
        Figure::of("the same: generator", natter.generator, "cores").floor(floor.generator),
    ])
}

async fn natter() -> Result<Venue> {
    Natter::start_on(&people::prepared().await?).await?.venue(SHAPE).await
}

/// Halves the range of rates until the highest that holds is found; each try has a fresh server.
async fn highest(name: &str, venue: impl Fn() -> LocalBoxFuture<'static, Result<Venue>>) -> Result<Outcome> {
    let (mut holds, mut fails, mut best) = (-1, STEPS, None);
    while fails - holds > 1 {
        let middle = (holds + fails) / 2;
        let rate = LOWEST * STEP.powi(middle);
        match attempt(venue().await?, rate).await {
            Ok(outcome) if outcome.delivery.p99 <= P99 => {
                (holds, best) = (middle, Some(outcome));
                eprintln!("  {name}: {rate:.0} msg/s hold, with p99 {:.0} ms", outcome.delivery.p99);
            }
            Ok(outcome) => {
                fails = middle;
                eprintln!("  {name}: {rate:.0} msg/s do not hold: p99 {:.0} ms", outcome.delivery.p99);
            }
            Err(error) if is_wrong(&error) => return Err(error),
            Err(error) => {
                fails = middle;
                eprintln!("  {name}: {rate:.0} msg/s do not hold: {error:#}");
            }
        }
    }
    best.context("not even the lowest rate holds")
}

async fn attempt(venue: Venue, rate: f64) -> Result<Outcome> {
    let crowd = venue.crowd().await?;
    let outcome = load::at_rate(&crowd, &venue.process, 1, rate, SPAN).await;
    drop(crowd);
    venue.process.kill().await?;
    outcome
}

/// Too much may be lost; nothing may be told wrong.
fn is_wrong(error: &Error) -> bool {
    error.downcast_ref::<Fault>().is_some_and(|fault| *fault != Fault::Gap)
}
