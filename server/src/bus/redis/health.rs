use redis::RedisError;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::watch;

/// How the bus between the processes is doing. Degraded means that news from other processes comes late, never that it
/// is lost.
#[derive(Debug, Default)]
pub struct Health {
    lines: watch::Sender<Lines>,
    dropped: AtomicU64,
    ignored: AtomicU64,
    reconnects: AtomicU64,
}

/// One of the two connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Publisher,
    Subscriber,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Untried,
    Up,
    Down,
}

#[derive(Clone, Copy, Debug, Default)]
struct Lines {
    publisher: State,
    subscriber: State,
    /// The last fault was an answer that did not come in time.
    is_slow: bool,
}

impl Health {
    /// Whether news goes both ways.
    pub fn is_connected(&self) -> bool {
        self.lines.borrow().both() == State::Up
    }

    /// What is wrong, in a sentence for the administrators.
    pub fn trouble(&self) -> Option<&'static str> {
        let lines = *self.lines.borrow();
        match (lines.both(), lines.is_slow) {
            (State::Down, true) => Some("Redis answers too slowly: what happens at other nodes is shown late."),
            (State::Down, false) => Some("Redis is away: what happens at other nodes is shown late."),
            (State::Untried | State::Up, _) => None,
        }
    }

    /// Returns once news goes both ways. Cancel safe.
    pub async fn connected(&self) {
        // The sender is part of `self` and outlives this.
        let _ = self.lines.subscribe().wait_for(|lines| lines.both() == State::Up).await;
    }

    /// Returns once it does not, although it was tried. Cancel safe.
    pub async fn degraded(&self) {
        let _ = self.lines.subscribe().wait_for(|lines| lines.both() == State::Down).await;
    }

    /// How many notices were not published, because Redis was away or too slow.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// How many messages came that were of another version, or no notices at all.
    pub fn ignored(&self) -> u64 {
        self.ignored.load(Ordering::Relaxed)
    }

    /// How often a connection was made again after a loss.
    pub fn reconnects(&self) -> u64 {
        self.reconnects.load(Ordering::Relaxed)
    }

    pub(super) fn drop_notices(&self, count: usize) {
        self.dropped.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(super) fn ignore(&self) {
        if self.ignored.fetch_add(1, Ordering::Relaxed) == 0 {
            tracing::warn!("Something came over Redis that is no notice of this version; it is ignored and counted");
        }
    }

    pub(super) fn up(&self, line: Line) {
        let mut was_down = false;
        self.lines.send_modify(|lines| {
            let before = lines.both();
            if lines.set(line, State::Up) == State::Down {
                self.reconnects.fetch_add(1, Ordering::Relaxed);
            }
            was_down = before == State::Down && lines.both() == State::Up;
        });
        if was_down {
            tracing::info!("Redis is back; events go between the nodes again");
        }
    }

    pub(super) fn down(&self, line: Line, error: &RedisError) {
        let mut was_well = false;
        self.lines.send_modify(|lines| {
            was_well = lines.both() != State::Down;
            lines.set(line, State::Down);
            lines.is_slow = error.is_timeout();
        });
        if was_well && error.is_timeout() {
            tracing::warn!(%error, "Redis answers too slowly; events of other nodes come late until it is faster");
        } else if was_well {
            tracing::warn!(%error, "Redis is away; events of other nodes come late until it is back");
        } else {
            tracing::debug!(%error, ?line, "Redis is still away");
        }
    }
}

impl Lines {
    fn both(self) -> State {
        match (self.publisher, self.subscriber) {
            (State::Down, _) | (_, State::Down) => State::Down,
            (State::Up, State::Up) => State::Up,
            _ => State::Untried,
        }
    }

    /// Returns what it was.
    fn set(&mut self, line: Line, state: State) -> State {
        match line {
            Line::Publisher => std::mem::replace(&mut self.publisher, state),
            Line::Subscriber => std::mem::replace(&mut self.subscriber, state),
        }
    }
}
