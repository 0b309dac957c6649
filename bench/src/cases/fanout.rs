//! What it costs the server to hand a message to one more member, beside a bare broadcast.

use crate::figure::{Bound, Figure};
use crate::floor::broadcast;
use crate::load::{self, Outcome};
use crate::natter::Natter;
use crate::people;
use crate::venue::{Shape, Venue};
use anyhow::Result;
use std::time::Duration;

const SPAN: Duration = Duration::from_secs(5);

pub async fn run() -> Result<Vec<Figure>> {
    let mut figures = shape(Shape { rooms: 20, members: 10 }, 500.0, 1.25).await?;
    figures.extend(shape(Shape { rooms: 1, members: 500 }, 50.0, 1.05).await?);
    Ok(figures)
}

/// Floor, Natter, floor.
async fn shape(shape: Shape, rate: f64, bound: f64) -> Result<Vec<Figure>> {
    let before = measure(broadcast::venue(shape).await?, rate).await?;
    let natter = Natter::start_on(&people::prepared().await?).await?;
    let natter = measure(natter.venue(shape).await?, rate).await?;
    let after = measure(broadcast::venue(shape).await?, rate).await?;
    let floor = |of: fn(&Outcome) -> f64| (of(&before) + of(&after)) / 2.0;
    let what = |what| format!("{} × {} at {rate} msg/s: {what}", shape.rooms, shape.members);
    Ok(vec![
        Figure::of(&what("server CPU a delivery"), natter.cost, "µs")
            .floor(floor(|outcome| outcome.cost))
            .bound(Bound::FloorsAtMost(bound, 0.0)),
        Figure::of(&what("delivery p50"), natter.delivery.p50, "ms").floor(floor(|outcome| outcome.delivery.p50)),
        Figure::of(&what("delivery p99"), natter.delivery.p99, "ms").floor(floor(|outcome| outcome.delivery.p99)),
        Figure::of(&what("generator"), natter.generator, "cores").floor(floor(|outcome| outcome.generator)),
    ])
}

async fn measure(venue: Venue, rate: f64) -> Result<Outcome> {
    let crowd = venue.crowd().await?;
    let outcome = load::at_rate(&crowd, &venue.process, 1, rate, SPAN).await?;
    drop(crowd);
    venue.process.kill().await?;
    Ok(outcome)
}
