//! What it costs when everybody in a large room reads along.

use crate::figure::{Bound, Figure};
use crate::load;
use crate::natter::Natter;
use crate::people;
use crate::venue::Shape;
use crate::wire::frame;
use anyhow::Result;
use protocol::{Command, No, Request};
use std::time::Duration;
use tokio::time::interval;

const SHAPE: Shape = Shape { rooms: 1, members: 500 };

const RATE: f64 = 20.0;

const SPAN: Duration = Duration::from_secs(8);

pub async fn run() -> Result<Vec<Figure>> {
    let venue = Natter::start_on(&people::prepared().await?).await?.venue(SHAPE).await?;
    let crowd = venue.crowd().await?;
    let before = load::at_rate(&crowd, &venue.process, 1, RATE, SPAN).await?;
    let outcome = tokio::select! {
        outcome = load::at_rate(&crowd, &venue.process, 2, RATE, SPAN) => outcome?,
        ended = read_along(&crowd, venue.rooms[0]) => ended?,
    };
    let after = load::at_rate(&crowd, &venue.process, 3, RATE, SPAN).await?;
    drop(crowd);
    venue.process.kill().await?;
    let calm = (before.cost + after.cost) / 2.0;
    let what = "1 × 500 at 20 msg/s, each marks as read once a second (floor: nobody): server CPU a delivery";
    Ok(vec![
        Figure::of(what, outcome.cost, "µs").floor(calm).bound(Bound::FloorsAtMost(1.3, 0.0)),
        Figure::of("the same: delivery p99", outcome.delivery.p99, "ms").floor(before.delivery.p99),
    ])
}

/// Each socket marks what is newest as read once a second; ends by a fault only.
async fn read_along(crowd: &crate::crowd::Crowd, room: protocol::RoomId) -> Result<load::Outcome> {
    // The server takes the newest number in place of one that is not there yet.
    let no = No::try_from(1 << 50).map_err(|_| anyhow::anyhow!("no number"))?;
    let request = Request { id: Some(0), command: Command::Seen { room, no, generation: None } };
    let text = frame::text(&serde_json::to_string(&request)?);
    let pens = crowd.pens();
    let mut due = interval(Duration::from_secs(1) / u32::try_from(pens.len())?);
    for pen in pens.iter().cycle() {
        due.tick().await;
        pen.write(&text)?;
    }
    anyhow::bail!("there is nobody")
}
