use crate::world::history::Draft;
use crate::world::line::Line;
use protocol::{ClientId, Command, MessageText};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// As many messages are on the line without an acknowledgement; more could fill it both ways.
const IN_FLIGHT: usize = 64;

/// After a server that could not store, a message rests for so long.
const REST: Duration = Duration::from_millis(100);

/// What has not been acknowledged, in the order in which it was said.
#[derive(Default)]
pub struct Outbox(VecDeque<Pending>);

struct Pending {
    draft: Draft,
    /// The request on this line that carries it.
    asked: Option<u64>,
    rests: Option<Instant>,
}

impl Outbox {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn push(&mut self, draft: Draft) {
        self.0.push_back(Pending { draft, asked: None, rests: None });
    }

    /// Another line: what was on the one before has to be sent again.
    pub fn begin(&mut self) {
        self.0.iter_mut().for_each(|pending| pending.asked = None);
    }

    /// Sends what waits, in its order; false when the line is gone.
    pub async fn send(&mut self, line: &mut Line, asked: &mut u64) -> bool {
        let mut has_fed = false;
        for pending in self.0.iter_mut().take(IN_FLIGHT) {
            if pending.rests.is_some() {
                break;
            }
            if pending.asked.is_none() {
                *asked += 1;
                pending.asked = Some(*asked);
                has_fed = true;
                let Draft { client_id, room, ref text } = pending.draft;
                let text = MessageText::parse(text).expect("a text that keeps the rules");
                if !line.feed(*asked, Command::NewMessage { room, client_id, text }).await {
                    return false;
                }
            }
        }
        !has_fed || line.flush().await
    }

    /// It was stored, or will never be.
    pub fn forget(&mut self, id: ClientId) {
        self.0.retain(|pending| pending.draft.client_id != id);
    }

    /// The message that a request carried.
    pub fn carried_by(&self, asked: Option<u64>) -> Option<ClientId> {
        let carried = self.0.iter().find(|pending| asked.is_some() && pending.asked == asked);
        carried.map(|pending| pending.draft.client_id)
    }

    /// The server could not store it: it is sent again after a rest.
    pub fn rest(&mut self, id: ClientId) {
        for pending in self.0.iter_mut().filter(|pending| pending.draft.client_id == id) {
            (pending.asked, pending.rests) = (None, Some(Instant::now() + REST));
        }
    }

    /// When the first rest ends.
    pub fn wakes(&self) -> Option<Instant> {
        self.0.iter().filter_map(|pending| pending.rests).min()
    }

    pub fn wake(&mut self) {
        let now = Instant::now();
        let rested = self.0.iter_mut().filter(|pending| pending.rests.is_some_and(|at| at <= now));
        rested.for_each(|pending| pending.rests = None);
    }
}
