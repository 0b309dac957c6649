use super::room::Round;
use super::{Hub, lock};
use domain::ports::Bus;
use std::collections::{HashSet, VecDeque};
use std::mem;
use std::sync::Arc;
use tokio::task::yield_now;

/// Hands out the rooms' changes, as long as the server runs.
///
/// One task does it for all, so that sending does not wait for the audience, and so that what comes while a round lasts
/// goes out together with the next one: the busier a room, the fewer writes a change. Rooms take turns, a slice of the
/// audience each, so that a large one does not hold up the others.
pub async fn pump(hub: Arc<Hub>, bus: Arc<dyn Bus>) {
    let mut rounds = VecDeque::new();
    let mut busy = HashSet::new();
    loop {
        if rounds.is_empty() {
            hub.work.notified().await;
        }
        let ready = mem::take(&mut *lock(&hub.ready));
        // A room that is busy looks for more when its round is done.
        let new = ready.into_iter().filter(|id| !busy.contains(id)).filter_map(|id| hub.room(id)?.begin());
        let new: Vec<Round> = new.collect();
        busy.extend(new.iter().map(Round::id));
        rounds.extend(new);
        let Some(mut round) = rounds.pop_front() else { continue };
        let progress = round.slice();
        hub.metrics.deliveries.inc_by(progress.frames as u64);
        if progress.gone > 0 {
            hub.release(bus.as_ref(), round.id(), progress.gone);
        }
        if !progress.is_done {
            rounds.push_back(round);
        } else if let Some(next) = hub.room(round.id()).and_then(|room| room.begin()) {
            rounds.push_back(next);
        } else {
            busy.remove(&round.id());
        }
        yield_now().await;
    }
}
