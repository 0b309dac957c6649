//! Whether calls that are made to be expensive hold those up who talk: searches for signs, and old pages of long rooms.

use crate::figure::{Bound, Figure};
use crate::load;
use crate::million::{self, MESSAGES_A_ROOM, Million};
use crate::natter::{Natter, folder_of};
use crate::people::{self, Person};
use crate::tally::Latency;
use crate::venue::Shape;
use anyhow::{Result, ensure};
use protocol::RoomId;
use reqwest::header::COOKIE;
use reqwest::{Client, StatusCode};
use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Messages a second, among others.
const RATE: f64 = 200.0;

const SPAN: Duration = Duration::from_secs(5);

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
    let callers = Callers::begin(venue.process.addr(), rooms);
    let busy = load::at_rate(&crowd, &venue.process, 2, RATE, SPAN).await?;
    let calls = callers.end().await?;
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

/// Of one kind or the other, a second.
struct Calls {
    answered: f64,
    refused: f64,
}

/// People who ask as fast as they are answered.
struct Callers {
    since: Instant,
    people: JoinSet<Result<()>>,
    answered: Rc<Cell<u64>>,
    refused: Rc<Cell<u64>>,
}

impl Callers {
    fn begin(addr: SocketAddr, rooms: Vec<(RoomId, Person)>) -> Self {
        let (mut people, answered, refused) = (JoinSet::new(), Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        for (room, person) in rooms.into_iter().flat_map(|one| std::iter::repeat_n(one, PARALLEL)) {
            let (answered, refused, client) = (answered.clone(), refused.clone(), Client::new());
            people.spawn_local(async move {
                let half = MESSAGES_A_ROOM / 2;
                for path in ["/people?q=%25%25%25", &format!("/rooms/{room}?before={half}")].into_iter().cycle() {
                    let count = if is_answered(&client, addr, path, &person).await? { &answered } else { &refused };
                    count.set(count.get() + 1);
                }
                Ok(())
            });
        }
        Self { since: Instant::now(), people, answered, refused }
    }

    /// # Errors
    /// Why one of the calls failed.
    async fn end(mut self) -> Result<Calls> {
        if let Some(failed) = self.people.try_join_next() {
            failed??;
        }
        self.people.shutdown().await;
        let a_second = |count: &Cell<u64>| count.get() as f64 / self.since.elapsed().as_secs_f64();
        Ok(Calls { answered: a_second(&self.answered), refused: a_second(&self.refused) })
    }
}

/// Whether there was an answer; else the person was told to wait.
async fn is_answered(client: &Client, addr: SocketAddr, path: &str, person: &Person) -> Result<bool> {
    let answer = client.get(format!("http://{addr}{path}")).header(COOKIE, &person.cookie).send().await?;
    let status = answer.status();
    ensure!([StatusCode::OK, StatusCode::TOO_MANY_REQUESTS].contains(&status), "{path} was answered with {status}");
    answer.bytes().await?;
    Ok(status == StatusCode::OK)
}
