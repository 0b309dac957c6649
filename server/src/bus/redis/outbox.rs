use super::{Health, envelope};
use domain::ports::{Notice, Topic};
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use uuid::Uuid;

/// As many bytes as wait for Redis at most; what comes beyond is dropped.
const BYTES: usize = 8 << 20;

/// What an entry weighs beside its envelope, about.
const ENTRY: usize = 128;

/// As many entries, and bytes, as are published in one round trip.
const BATCH: usize = 512;
const BATCH_BYTES: usize = 256 << 10;

/// As many topics as are remembered for having lost notices; the rounds in the database find the others.
const LOST: usize = 10_000;

/// What waits to be published, in order. Nobody waits for it: while Redis is away notices are dropped, and their topics
/// remembered, so that the other processes can be told to ask the database once it is back.
pub struct Outbox {
    node: Uuid,
    health: Arc<Health>,
    state: Mutex<State>,
    wake: Notify,
}

/// A topic and its envelope.
pub struct Parcel {
    pub topic: Topic,
    pub envelope: Vec<u8>,
}

#[derive(Default)]
struct State {
    /// Whether Redis is there.
    is_open: bool,
    waiting: VecDeque<Parcel>,
    bytes: usize,
    lost: HashSet<Topic>,
}

impl Outbox {
    pub fn new(node: Uuid, health: Arc<Health>) -> Self {
        Self { node, health, state: Mutex::default(), wake: Notify::new() }
    }

    pub fn push(&self, notice: &Notice) {
        let parcel = Parcel { topic: notice.topic(), envelope: envelope::of_notice(self.node, notice) };
        let size = parcel.size();
        let mut state = self.state();
        if state.is_open && state.bytes + size <= BYTES {
            state.bytes += size;
            state.waiting.push_back(parcel);
        } else {
            state.lose([parcel.topic]);
            self.health.drop_notices(1);
        }
        drop(state);
        self.wake.notify_one();
    }

    /// Redis is there.
    pub fn open(&self) {
        self.state().is_open = true;
        self.wake.notify_one();
    }

    /// Redis is away; these were on their way.
    pub fn shut(&self, unsent: Vec<Parcel>) {
        let mut state = self.state();
        state.is_open = false;
        let waiting = std::mem::take(&mut state.waiting);
        state.bytes = 0;
        self.health.drop_notices(unsent.len() + waiting.len());
        state.lose(unsent.into_iter().chain(waiting).map(|parcel| parcel.topic));
    }

    /// What is to be published next. Cancel safe.
    pub async fn batch(&self) -> Vec<Parcel> {
        loop {
            let batch = self.take();
            if !batch.is_empty() {
                return batch;
            }
            self.wake.notified().await;
        }
    }

    /// The same without waiting: empty when there is nothing. News of losses goes first.
    pub fn take(&self) -> Vec<Parcel> {
        let mut state = self.state();
        let lost: Vec<_> = state.lost.iter().copied().take(BATCH).collect();
        if !lost.is_empty() {
            for topic in &lost {
                state.lost.remove(topic);
            }
            return lost.into_iter().map(|topic| self.loss(topic)).collect();
        }
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while batch.len() < BATCH && bytes < BATCH_BYTES {
            let Some(parcel) = state.waiting.pop_front() else { break };
            bytes += parcel.size();
            batch.push(parcel);
        }
        state.bytes -= bytes;
        batch
    }

    fn loss(&self, topic: Topic) -> Parcel {
        Parcel { topic, envelope: envelope::of_loss(self.node, topic) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn lose(&mut self, topics: impl IntoIterator<Item = Topic>) {
        for topic in topics {
            if self.lost.len() < LOST {
                self.lost.insert(topic);
            }
        }
    }
}

impl Parcel {
    fn size(&self) -> usize {
        self.envelope.len() + ENTRY
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::redis::envelope::Content;
    use domain::ports::Leavers;
    use protocol::{Rev, RoomId};

    const HERE: Uuid = Uuid::from_u128(1);
    const THERE: Uuid = Uuid::from_u128(2);

    fn change(room: i64, rev: i64, size: usize) -> Notice {
        let (room, rev) = (RoomId::try_from(room).unwrap(), Rev::try_from(rev).unwrap());
        Notice::Room { room, rev, leavers: Leavers::Nobody, frame: "x".repeat(size) }
    }

    fn contents(batch: Vec<Parcel>) -> Vec<Content> {
        batch.iter().map(|parcel| envelope::open(THERE, &parcel.envelope)).collect()
    }

    fn outbox() -> Outbox {
        Outbox::new(HERE, Arc::default())
    }

    #[test]
    fn what_waits_goes_out_in_order() {
        let outbox = outbox();
        outbox.open();
        (1..=600).for_each(|rev| outbox.push(&change(7, rev, 10)));
        let out: Vec<_> = [outbox.take(), outbox.take(), outbox.take()].into_iter().flat_map(contents).collect();
        let all: Vec<_> = (1..=600).map(|rev| Content::Notice(change(7, rev, 10))).collect();
        assert!(out == all);
    }

    #[test]
    fn while_redis_is_away_only_the_topics_are_remembered() {
        let outbox = outbox();
        (1..=600).for_each(|rev| outbox.push(&change(7, rev, 10)));
        assert_eq!(outbox.health.dropped(), 600);
        outbox.open();
        outbox.push(&change(7, 601, 10));
        assert_eq!(contents(outbox.take()), [Content::Lost(change(7, 1, 0).topic())]);
        assert_eq!(contents(outbox.take()), [Content::Notice(change(7, 601, 10))]);
        assert!(outbox.take().is_empty());
    }

    #[test]
    fn what_was_on_its_way_is_lost_too() {
        let outbox = outbox();
        outbox.open();
        outbox.push(&change(7, 1, 10));
        let sent = outbox.take();
        outbox.push(&change(8, 1, 10));
        outbox.shut(sent);
        assert_eq!(outbox.health.dropped(), 2);
        assert_eq!(outbox.take().len(), 2);
        assert_eq!(outbox.state().bytes, 0);
    }

    #[test]
    fn it_holds_so_many_bytes_and_no_more() {
        let outbox = outbox();
        outbox.open();
        (1..=20).for_each(|rev| outbox.push(&change(rev, 1, 1 << 20)));
        assert_eq!(outbox.health.dropped(), 13);
        assert!(outbox.state().bytes <= BYTES);
        assert_eq!(outbox.take().len(), 13, "the others hear of the loss");
    }
}
