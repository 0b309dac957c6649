//! What a second node costs: messages that cross from one to the other through PostgreSQL and Redis, beside one node.
//! To be measured when several nodes can be started.

use crate::figure::{Bound, Figure};
use anyhow::Result;

pub async fn run() -> Result<Vec<Figure>> {
    Ok(vec![
        Figure::of("two nodes at 1,000 msg/s, against one: added p99", None, "ms").bound(Bound::AtMost(4.0)),
        Figure::of("the same: server CPU a delivery", None, "µs").bound(Bound::FloorsAtMost(1.2, 0.0)),
    ])
}
