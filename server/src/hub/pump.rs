use super::{Hub, lock};
use domain::ports::Bus;
use std::mem;
use std::sync::Arc;
use tokio::task::yield_now;

/// Hands out the rooms' changes, as long as the server runs.
///
/// One task does it for all, so that whoever stores a message does not wait for its audience, and so that what comes
/// while a round lasts goes out together with the next one: the busier a room, the fewer writes a change.
pub async fn pump(hub: Arc<Hub>, bus: Arc<dyn Bus>) {
    loop {
        hub.work.notified().await;
        let ready = mem::take(&mut *lock(&hub.ready));
        for id in ready {
            let Some(room) = hub.room(id) else { continue };
            let round = room.pump();
            hub.metrics.deliveries.inc_by(round.frames as u64);
            if round.gone > 0 {
                hub.release(bus.as_ref(), id, round.gone);
            }
            yield_now().await;
        }
    }
}
