//! What a message costs that is committed alone, beside the simplest server that stores each one.

use crate::figure::{Bound, Figure};
use crate::floor::broadcast;
use crate::load::{self, Outcome};
use crate::natter::Natter;
use crate::people;
use crate::venue::{Shape, Venue};
use anyhow::Result;
use std::time::Duration;

const SHAPE: Shape = Shape { rooms: 20, members: 10 };

const RATE: f64 = 500.0;

const SPAN: Duration = Duration::from_secs(5);

pub async fn run() -> Result<Vec<Figure>> {
    let before = measure(broadcast::storing(SHAPE).await?).await?;
    let natter = Natter::start_on(&people::prepared().await?).await?;
    let natter = measure(natter.venue(SHAPE).await?).await?;
    let after = measure(broadcast::storing(SHAPE).await?).await?;
    let floor = |of: fn(&Outcome) -> f64| (of(&before) + of(&after)) / 2.0;
    // Everything that a message takes, for all ten deliveries.
    let members = SHAPE.members as f64;
    let what = "20 × 10 at 500 msg/s (floor: a broadcast with one commit a message): server CPU a message";
    Ok(vec![
        Figure::of(what, natter.cost * members / 1e3, "ms")
            .floor(floor(|outcome| outcome.cost) * members / 1e3)
            .bound(Bound::FloorsAtMost(1.2, 0.0)),
        Figure::of("the same: delivery p50", natter.delivery.p50, "ms").floor(floor(|outcome| outcome.delivery.p50)),
        Figure::of("the same: delivery p99", natter.delivery.p99, "ms").floor(floor(|outcome| outcome.delivery.p99)),
    ])
}

async fn measure(venue: Venue) -> Result<Outcome> {
    let crowd = venue.crowd().await?;
    let outcome = load::at_rate(&crowd, &venue.process, 1, RATE, SPAN).await?;
    drop(crowd);
    venue.process.kill().await?;
    Ok(outcome)
}
