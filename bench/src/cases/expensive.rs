//! Whether calls that are made to be expensive hold those up who talk: searches for signs, and old pages of long rooms.

use crate::callers::{Callers, Counts};
use crate::figure::{Bound, Figure};
use crate::load;
use crate::million::{self, MESSAGES_A_ROOM, Million};
use crate::natter::{Natter, folder_of};
use crate::people::{self, Person};
use crate::tally::Latency;
use crate::venue::Shape;
use anyhow::{Result, ensure};
use futures::future::try_join_all;
use protocol::RoomId;
use reqwest::header::COOKIE;
use reqwest::{Client, StatusCode};
use std::iter;
use std::net::SocketAddr;
use std::time::Duration;

/// Messages a second, among others.
const RATE: f64 = 200.0;

const SPAN: Duration = Duration::from_secs(15);

/// Calls of each person at the same time.
const PARALLEL: usize = 2;

pub async fn run() -> Result<Vec<Figure>> {
    let Million { folder, rooms } = million::prepared().await?;
    // With the limits of every installation.
    let natter = Natter::start_with(folder_of(&folder)?, &[("NATTER_LIMITS", "on".to_owned())]).await?;
    let others = &people::all()?[million::PEOPLE..];
    let venue = natter.venue_of(others, Shape { rooms: 20, members: 10 }).await?;
    let crowd = venue.crowd().await?;
    let before = load::at_rate(&crowd, &venue.process, 1, RATE, SPAN).await?;
    let addr = venue.process.addr();
    let callers = Callers::begin(move |counts| async move {
        let calls = rooms.into_iter().flat_map(|one| iter::repeat_n(one, PARALLEL));
        try_join_all(calls.map(|(room, person)| again_and_again(addr, room, person, &counts))).await.map(drop)
    });
    let busy = load::at_rate(&crowd, &venue.process, 2, RATE, SPAN).await?;
    let calls = callers.end()?;
    let after = load::at_rate(&crowd, &venue.process, 3, RATE, SPAN).await?;
    drop(crowd);
    venue.process.kill().await?;
    let calm = |of: fn(&Latency) -> f64| (of(&before.delivery) + of(&after.delivery)) / 2.0;
    let what = "20 × 10 at 200 msg/s, 10 people calling what costs most (floor: nobody): delivery p50";
    Ok(vec![
        Figure::of(what, busy.delivery.p50, "ms").floor(calm(|latency| latency.p50)),
        Figure::of("the same: p99", busy.delivery.p99, "ms")
            .floor(calm(|latency| latency.p99))
            .bound(Bound::FloorsAtMost(2.0, 0.0)),
        Figure::of("the same: calls answered", calls.answered, "/s"),
        Figure::of("the same: calls told to wait", calls.refused, "/s"),
    ])
}

/// Ends by a fault only.
async fn again_and_again(addr: SocketAddr, room: RoomId, person: Person, counts: &Counts) -> Result<()> {
    let client = Client::new();
    let old_page = format!("/rooms/{room}?before={}", MESSAGES_A_ROOM / 2);
    for path in ["/people?q=%25%25%25", &old_page].into_iter().cycle() {
        counts.add(is_answered(&client, addr, path, &person).await?);
    }
    Ok(())
}

/// Whether there was an answer; else the person was told to wait.
async fn is_answered(client: &Client, addr: SocketAddr, path: &str, person: &Person) -> Result<bool> {
    let answer = client
        .get(format!("http://{addr}{path}"))
        .header(COOKIE, people::cookie_at(addr, &person.cookie))
        .send()
        .await?;
    let status = answer.status();
    ensure!([StatusCode::OK, StatusCode::TOO_MANY_REQUESTS].contains(&status), "{path} was answered with {status}");
    answer.bytes().await?;
    Ok(status == StatusCode::OK)
}
