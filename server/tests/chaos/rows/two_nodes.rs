//! The rows of two nodes on one PostgreSQL and one Redis.

mod bus;
mod database;
mod ends;
mod markers;
mod moves;

use crate::world::{Client, World};
use protocol::RoomId;
use std::sync::Arc;

/// Alice at one node and Bob at the other, in one room.
struct Pair {
    alice: Arc<Client>,
    bob: Arc<Client>,
    room: RoomId,
}

impl Pair {
    async fn settle(world: &mut World) -> Self {
        let (alice, bob) = (world.person("alice").await, world.person("bob").await);
        let room = world.room(&[alice.person.clone(), bob.person.clone()]).await;
        world.is_ready().await;
        Self { alice, bob, room }
    }
}
