//! Whether the end of a large room holds up those who talk elsewhere.

use crate::crowd::Crowd;
use crate::figure::{Bound, Figure};
use crate::load;
use crate::people;
use crate::town::{self, Town};
use crate::venue::Ticket;
use anyhow::{Result, ensure};
use futures::future::try_join_all;
use protocol::Event;
use std::time::{Duration, Instant};
use tokio::time::sleep;

const MEMBERS: usize = 2_000;

/// Messages a second elsewhere.
const RATE: f64 = 100.0;

const SPAN: Duration = Duration::from_secs(8);

pub async fn run() -> Result<Vec<Figure>> {
    let people = people::all()?;
    let mut town = Town::found().await?;
    let owner = people[people.len() - 1].clone();
    let citizens = town.settle(MEMBERS).await?;
    let hall: Vec<_> = [&owner].into_iter().chain(&citizens).cloned().collect();
    let room = town.room(&hall).await?;
    let (mut rooms, mut tickets) = (Vec::new(), Vec::new());
    for (place, members) in people.chunks(10).take(20).enumerate() {
        rooms.push(town.room(members).await?);
        tickets.extend(members.iter().map(|person| Ticket::natter(person, vec![place])));
    }
    let natter = town.open().await?;
    let addr = natter.process.addr();
    let crowd = Crowd::open(addr, &rooms, &tickets).await?;
    let mut lines = town::enter(addr, &citizens).await?;
    town::seat(&mut lines).await?;
    let before = load::at_rate(&crowd, &natter.process, 1, RATE, SPAN / 2).await?;
    let end = async {
        sleep(SPAN / 2).await;
        let start = Instant::now();
        let answer = owner.posts(addr, "delete_room", &[("room", &room.to_string()), ("room_name", "Town")]).await?;
        ensure!(answer.status().is_redirection(), "delete_room was answered with {}", answer.status());
        try_join_all(lines.iter_mut().map(|line| async move {
            while line.next().await?.event != (Event::RoomGone { room }) {}
            anyhow::Ok(())
        }))
        .await?;
        anyhow::Ok(start.elapsed().as_secs_f64() * 1e3)
    };
    let (outcome, all) = tokio::join!(load::at_rate(&crowd, &natter.process, 2, RATE, SPAN), end);
    let (outcome, all) = (outcome?, all?);
    drop((crowd, lines));
    natter.process.kill().await?;
    let what = "20 × 10 at 100 msg/s, a room with 2,000 online is deleted (floor: before): longest acknowledgement";
    Ok(vec![
        Figure::of(what, outcome.acknowledgement.max, "ms")
            .floor(before.acknowledgement.max)
            .bound(Bound::AtMost(50.0)),
        Figure::of("the same: the last of the 2,000 hears of it", all, "ms"),
    ])
}
