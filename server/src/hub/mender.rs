use super::room::Entry;
use super::{Hub, lock};
use crate::metrics::Purpose;
use crate::sabotage::Sabotage;
use domain::ports::Notice;
use domain::{Env, Error, events};
use protocol::{Rev, RoomId};
use std::collections::HashSet;
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
    round.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    loop {
        let behind = tokio::select! {
            () = hub.gap.notified() => {
                time::sleep(PATIENCE).await;
                Ok(hub.gaps())
            }
            () = hub.doubts.rooms.raised() => behind_the_database(&hub, &env, hub.doubts.rooms.take()).await,
            _ = round.tick() => behind_the_database(&hub, &env, hub.watched()).await,
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

async fn behind_the_database(
    hub: &Hub,
    env: &Env,
    rooms: impl IntoIterator<Item = RoomId>,
) -> Result<Vec<(RoomId, Rev)>, Error> {
    let rooms: Vec<_> = rooms.into_iter().collect();
    if rooms.is_empty() {
        return Ok(Vec::new());
    }
    let heads = env.store.heads(&rooms).await?;
    hub.end_erased(&rooms, &heads);
    Ok(hub.behind(heads))
}

async fn mend_rooms(hub: &Hub, env: &Env, rooms: Vec<(RoomId, Rev)>) -> Result<(), Error> {
    hub.metrics.gaps.inc_by(rooms.len() as u64);
    let mut mended = Ok(());
    for (room, since) in rooms {
        // A room that cannot be read holds up no other.
        mended = mended.and(mend_room(hub, env, room, since).await);
    }
    mended
}

async fn mend_room(hub: &Hub, env: &Env, room: RoomId, mut since: Rev) -> Result<(), Error> {
    loop {
        hub.metrics.read(Purpose::Mend, 1);
        let missed = events::since(env, room, since, BATCH).await?;
        let is_all = missed.len() < BATCH as usize;
        match hub.mend(room, missed) {
            Some(head) if !is_all => since = head,
            _ => return Ok(()),
        }
    }
}

impl Hub {
    fn watched(&self) -> Vec<RoomId> {
        lock(&self.rooms).keys().copied().collect()
    }

    /// Ends the rooms of which the database has nothing any more.
    fn end_erased(&self, rooms: &[RoomId], heads: &[(RoomId, Rev)]) {
        let known: HashSet<_> = heads.iter().map(|(id, _)| *id).collect();
        for id in rooms.iter().filter(|id| !known.contains(id)) {
            let Some((room, head)) = self.room(*id).and_then(|room| Some((room.clone(), room.head()?))) else {
                continue;
            };
            if room.mend(vec![Entry::end(head.next())]) {
                self.has_work(*id);
            }
        }
    }

    /// The rooms of which not everything is on its way, and how far each of them is, given the newest revisions.
    fn behind(&self, heads: Vec<(RoomId, Rev)>) -> Vec<(RoomId, Rev)> {
        let is_behind = |(id, newest): (RoomId, Rev)| {
            self.settle(id, newest);
            let head = self.room(id)?.head()?;
            (head < newest).then_some((id, head))
        };
        heads.into_iter().filter_map(is_behind).collect()
    }

    /// The rooms in which a change came before its turn.
    fn gaps(&self) -> Vec<(RoomId, Rev)> {
        self.all().filter(|(_, room)| room.has_gap()).filter_map(|(id, room)| Some((id, room.head()?))).collect()
    }

    /// Hands out what was read from the database; how far the room is then.
    fn mend(&self, id: RoomId, missed: Vec<Notice>) -> Option<Rev> {
        let room = self.room(id)?;
        if room.mend(missed.into_iter().filter_map(Entry::of).collect()) {
            self.has_work(id);
        }
        room.head()
    }
}
