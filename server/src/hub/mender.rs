use super::Hub;
use crate::sabotage::Sabotage;
use domain::{Env, Error, events};
use protocol::{Rev, RoomId};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time;

/// How long an early change waits for the one before it.
const PATIENCE: Duration = Duration::from_millis(50);

/// How often the rooms with live sockets are compared with the database, so that a lost notice costs seconds at most.
const ROUND: Duration = Duration::from_secs(5);

/// As many changes as are read at once.
const BATCH: u32 = 500;

/// Reads from the database what the bus has lost, as long as the server runs.
pub async fn mend(hub: Arc<Hub>, env: Env) {
    let mut round = time::interval(ROUND);
    loop {
        let behind = tokio::select! {
            () = hub.gap.notified() => {
                time::sleep(PATIENCE).await;
                Ok(hub.gaps())
            }
            _ = round.tick() => behind_the_database(&hub, &env).await,
        };
        if Sabotage::NoHeadRepair.is_on() {
            continue;
        }
        let mended = match behind {
            Ok(rooms) => mend_rooms(&hub, &env, rooms).await,
            Err(error) => Err(error),
        };
        if let Err(error) = mended {
            tracing::warn!(%error, "Live rooms could not be compared with the database; trying again");
        }
    }
}

async fn behind_the_database(hub: &Hub, env: &Env) -> Result<Vec<(RoomId, Rev)>, Error> {
    let live: HashMap<_, _> = hub.live().into_iter().collect();
    if live.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = live.keys().copied().collect();
    let heads = env.store.heads(&ids).await?;
    Ok(heads.into_iter().filter(|(id, head)| live[id] < *head).map(|(id, _)| (id, live[&id])).collect())
}

async fn mend_rooms(hub: &Hub, env: &Env, rooms: Vec<(RoomId, Rev)>) -> Result<(), Error> {
    for (room, since) in rooms {
        let missed = events::since(env, room, since, BATCH).await?;
        hub.mend(room, missed);
    }
    Ok(())
}
