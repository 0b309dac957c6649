use super::{Client, World};
use crate::seed::Dice;
use protocol::RoomId;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// People who talk until they are asked to stop.
pub struct Traffic {
    stop: CancellationToken,
    task: JoinHandle<usize>,
}

impl Traffic {
    /// Somebody says something in one of their rooms, again and again with this pause between.
    pub fn start(world: &World, pause: Duration) -> Self {
        let speakers = world.clients.iter().map(|client| (client.clone(), world.rooms_of(client.person.id)));
        let speakers: Vec<_> = speakers.filter(|(_, rooms)| !rooms.is_empty()).collect();
        let stop = CancellationToken::new();
        let task = tokio::spawn(talk(speakers, world.seed.dice("traffic"), pause, stop.clone()));
        Self { stop, task }
    }

    /// Ends the talk; how much was said.
    pub async fn stop(self) -> usize {
        self.stop.cancel();
        self.task.await.expect("talking does not panic")
    }
}

async fn talk(
    speakers: Vec<(Arc<Client>, Vec<RoomId>)>,
    mut dice: Dice,
    pause: Duration,
    stop: CancellationToken,
) -> usize {
    let mut turn = tokio::time::interval(pause);
    let mut said = 0;
    while stop.run_until_cancelled(turn.tick()).await.is_some() {
        let (client, rooms) = dice.pick(&speakers);
        client.sends(dice.pick(&rooms)).await;
        said += 1;
    }
    said
}
