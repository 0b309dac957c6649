//! Whether erasing a long room holds up those who talk.

use crate::figure::{Bound, Figure};
use crate::load;
use crate::million::{self, Million};
use crate::natter::{Natter, folder_of};
use crate::people;
use crate::venue::Shape;
use anyhow::{Result, ensure};
use std::time::Duration;

const SHAPE: Shape = Shape { rooms: 20, members: 10 };

const RATE: f64 = 200.0;

const SPAN: Duration = Duration::from_secs(8);

pub async fn run() -> Result<Vec<Figure>> {
    let Million { folder, rooms } = million::prepared().await?;
    let others = &people::all()?[million::PEOPLE..];
    let natter = Natter::start_in(folder_of(&folder)?).await?;
    let (room, owner) = &rooms[rooms.len() - 1];
    let fields = [("room", &*room.to_string()), ("room_name", "The bakery")];
    let answer = owner.posts(natter.process.addr(), "delete_room", &fields).await?;
    ensure!(answer.status().is_redirection(), "delete_room was answered with {}", answer.status());
    // What nobody is in any more is erased once an hour, and from the start on.
    let natter = Natter::start_in(natter.stop().await?).await?;
    let erasing = measure(natter, others).await?;
    let calm = measure(Natter::start_in(folder_of(&folder)?).await?, others).await?;
    let what = "20 × 10 at 200 msg/s while 100,000 messages are erased (floor: none): acknowledgement p50";
    Ok(vec![
        Figure::of(what, erasing.acknowledgement.p50, "ms").floor(calm.acknowledgement.p50),
        Figure::of("the same: p99", erasing.acknowledgement.p99, "ms")
            .floor(calm.acknowledgement.p99)
            .bound(Bound::FloorsAtMost(2.0, 0.0)),
    ])
}

async fn measure(natter: Natter, others: &[people::Person]) -> Result<load::Outcome> {
    let venue = natter.venue_of(others, SHAPE).await?;
    let crowd = venue.crowd().await?;
    let outcome = load::at_rate(&crowd, &venue.process, 1, RATE, SPAN).await?;
    drop(crowd);
    venue.process.kill().await?;
    Ok(outcome)
}
