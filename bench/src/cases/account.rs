//! Whether one account that creates rooms, adds people and renames as fast as it can holds others up (promise S16).

use crate::callers::{Callers, Counts};
use crate::figure::{Bound, Figure};
use crate::load;
use crate::natter::Natter;
use crate::people::{self, Person};
use crate::tally::Latency;
use crate::venue::Shape;
use crate::wire::{Door, Line};
use anyhow::{Context, Result, ensure};
use futures::future::{join_all, try_join_all};
use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode};
use std::net::SocketAddr;
use std::time::Duration;

const SHAPE: Shape = Shape { rooms: 20, members: 10 };

/// Messages a second, among others.
const RATE: f64 = 200.0;

const SPAN: Duration = Duration::from_secs(15);

/// Calls of the account at the same time.
const PARALLEL: usize = 8;

/// People whom the account brings into each of its rooms, and who are online.
const STRANGERS: usize = 40;

pub async fn run() -> Result<Vec<Figure>> {
    let natter = Natter::start_limited(&people::prepared().await?).await?;
    let everybody = people::all()?;
    let (members, rest) = everybody.split_at(SHAPE.rooms * SHAPE.members);
    let (account, strangers) = rest.split_first().context("there is nobody left")?;
    let venue = natter.venue_of(members, SHAPE).await?;
    let addr = venue.process.addr();
    let crowd = venue.crowd().await?;
    let before = load::at_rate(&crowd, &venue.process, 1, RATE, SPAN).await?;
    let (account, strangers) = (account.clone(), strangers[..STRANGERS].to_vec());
    let callers = Callers::begin(move |counts| async move {
        let calls = (0..PARALLEL).map(|_| again_and_again(addr, &account, &strangers, &counts));
        tokio::select! {
            ended = try_join_all(calls) => ended.map(drop),
            _ = join_all(strangers.iter().map(|stranger| listen(addr, stranger))) => Ok(()),
        }
    });
    let busy = load::at_rate(&crowd, &venue.process, 2, RATE, SPAN).await?;
    let calls = callers.end()?;
    let after = load::at_rate(&crowd, &venue.process, 3, RATE, SPAN).await?;
    drop(crowd);
    venue.process.kill().await?;
    let calm = |of: fn(&Latency) -> f64| (of(&before.delivery) + of(&after.delivery)) / 2.0;
    let what = "20 × 10 at 200 msg/s, one account creating rooms, adding people and renaming (floor: nobody): \
                delivery p50";
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
async fn again_and_again(addr: SocketAddr, account: &Person, strangers: &[Person], counts: &Counts) -> Result<()> {
    let ids: Vec<_> = strangers.iter().map(|person| person.id.to_string()).collect();
    let (some, others) = ids.split_at(ids.len() / 2);
    let mut room = None;
    for number in 0_u64.. {
        let name = format!("The bakery {number}");
        let fields: Vec<_> = [("room_name", name.as_str())].into_iter().chain(members(some)).collect();
        let answer = account.posts(addr, "create_room", &fields).await?;
        if counted(&answer, counts)? {
            let place = answer.headers().get(LOCATION).context("no room was made")?.to_str()?;
            room = place.rsplit('/').next().map(str::to_owned);
        }
        if let Some(room) = &room {
            let fields: Vec<_> = [("room", room.as_str())].into_iter().chain(members(others)).collect();
            counted(&account.posts(addr, "add_members", &fields).await?, counts)?;
            let fields = [("room", room.as_str()), ("room_name", &name)];
            counted(&account.posts(addr, "rename_room", &fields).await?, counts)?;
        }
        counted(&account.posts(addr, "set_profile", &[("display_name", &name)]).await?, counts)?;
    }
    Ok(())
}

fn members(ids: &[String]) -> impl Iterator<Item = (&str, &str)> {
    ids.iter().map(|id| ("members[]", id.as_str()))
}

/// Whether it was done; else the account was told to wait.
fn counted(answer: &Response, counts: &Counts) -> Result<bool> {
    let status = answer.status();
    // A room may be as full as it may be.
    let is_known = status.is_redirection() || [StatusCode::TOO_MANY_REQUESTS, StatusCode::CONFLICT].contains(&status);
    ensure!(is_known, "a form was answered with {status}");
    counts.add(status.is_redirection());
    Ok(status.is_redirection())
}

/// Reads what a socket is told, again after its end.
async fn listen(addr: SocketAddr, person: &Person) {
    loop {
        let door = Door { addr, path: "/ws", cookie: Some(&person.cookie) };
        if let Ok(line) = Line::open(&door).await {
            let (mut ear, _pen) = line.split();
            let _ = ear.listen(|_, _| Ok(())).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
