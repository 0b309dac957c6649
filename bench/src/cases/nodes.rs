//! What a second node costs: messages that cross from one to the other through PostgreSQL and Redis, beside one node on
//! the same two.

use crate::crowd::Crowd;
use crate::engines::Engines;
use crate::figure::{Bound, Figure};
use crate::load::{self, Outcome};
use crate::natter::Natter;
use crate::people::Person;
use crate::process::Process;
use crate::venue::{Shape, Ticket};
use anyhow::Result;
use futures::{StreamExt, TryStreamExt, stream};
use protocol::RoomId;
use std::time::Duration;

const SHAPE: Shape = Shape { rooms: 20, members: 10 };

const RATE: f64 = 1000.0;

const SPAN: Duration = Duration::from_secs(5);

/// One node, both, and one again: the floor is the mean of the two.
pub async fn run() -> Result<Vec<Figure>> {
    let engines = Engines::start().await?;
    let one = engines.node().await?;
    let (rooms, tickets) = furnish(&one).await?;
    let before = measured(1, &[&one.process], &rooms, &tickets).await?;
    let other = engines.node().await?;
    let both = measured(2, &[&one.process, &other.process], &rooms, &tickets).await?;
    other.stop().await?;
    let after = measured(3, &[&one.process], &rooms, &tickets).await?;
    one.stop().await?;
    let alone = |of: fn(&Outcome) -> f64| (of(&before) + of(&after)) / 2.0;
    let (p50, p99) = (alone(|outcome| outcome.delivery.p50), alone(|outcome| outcome.delivery.p99));
    Ok(vec![
        Figure::of("two nodes at 1,000 msg/s (floor: one): delivery p50", both.delivery.p50, "ms").floor(p50),
        Figure::of("the same: delivery p99", both.delivery.p99, "ms").floor(p99).bound(Bound::FloorsAtMost(1.0, 4.0)),
        Figure::of("the same: server CPU a delivery, of both nodes together", both.cost, "µs")
            .floor(alone(|outcome| outcome.cost))
            .bound(Bound::FloorsAtMost(1.2, 0.0)),
    ])
}

/// People, their rooms, and how they get in.
async fn furnish(node: &Natter) -> Result<(Vec<RoomId>, Vec<Ticket>)> {
    let addr = node.process.addr();
    let names = (0..SHAPE.rooms * SHAPE.members).map(|number| format!("person-{number}"));
    let registered = stream::iter(names).map(|name| async move { Person::register(addr, &name).await });
    let people: Vec<Person> = registered.buffered(3).try_collect().await?;
    let (mut rooms, mut tickets) = (Vec::new(), Vec::new());
    for (place, members) in people.chunks(SHAPE.members).enumerate() {
        rooms.push(node.group(members).await?);
        tickets.extend(members.iter().map(|person| Ticket::natter(person, vec![place])));
    }
    Ok((rooms, tickets))
}

/// Members of one room are at all nodes, in turn.
async fn measured(series: u64, nodes: &[&Process], rooms: &[RoomId], tickets: &[Ticket]) -> Result<Outcome> {
    let addresses: Vec<_> = nodes.iter().map(|node| node.addr()).collect();
    let crowd = Crowd::across(&addresses, rooms, tickets).await?;
    load::at_rate(&crowd, nodes, series, RATE, SPAN).await
}
