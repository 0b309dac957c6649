use super::lock;
use crate::sabotage::Sabotage;
use axum::extract::ws::Utf8Bytes;
use domain::ports::SessionId;
use protocol::{RoomId, UserId, close};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// What waits for a socket at most, in bytes; then it is closed and may resume. 1 MiB holds a busy minute.
pub const QUEUE_BYTES: usize = 1 << 20;

/// Who opens a socket, and for which rooms.
#[derive(Clone, Debug)]
pub struct Caller {
    pub user: UserId,
    pub session: SessionId,
    /// `None`: all of the person's rooms.
    pub only: Option<RoomId>,
}

/// One open socket: who it belongs to, and what waits to be written to it.
pub struct Connection {
    caller: Caller,
    queue: Mutex<Queue>,
    wake: Notify,
    /// Something was heard from it since the last beat.
    is_alive: AtomicBool,
}

/// What a socket's task has to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Out {
    /// Write this text frame.
    Frame(Utf8Bytes),
    /// Ask for a sign of life.
    Ping,
    /// The person has a seat in this room now: read the room, tell it and watch it.
    Joined(RoomId),
    /// Nothing of this room may follow.
    Gone(RoomId),
    /// Close with this code; nothing follows.
    Close(u16),
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Out>,
    bytes: usize,
    closed: Option<u16>,
}

impl Connection {
    pub(super) fn new(caller: Caller) -> Self {
        let is_alive = AtomicBool::new(true);
        Self { caller, queue: Mutex::default(), wake: Notify::new(), is_alive }
    }

    pub fn user(&self) -> UserId {
        self.caller.user
    }

    pub fn session(&self) -> &SessionId {
        &self.caller.session
    }

    /// The one room of this socket, when it is not for all.
    pub fn only(&self) -> Option<RoomId> {
        self.caller.only
    }

    /// Whether this socket carries a room.
    pub fn wants(&self, room: RoomId) -> bool {
        self.caller.only.is_none_or(|only| only == room)
    }

    /// Queues something for the socket; a queue that is full closes the socket instead of skipping.
    pub fn push(&self, out: Out) {
        let mut queue = lock(&self.queue);
        queue.bytes += size(&out);
        if queue.bytes > QUEUE_BYTES && Sabotage::SkipOnFullQueue.is_on() {
            queue.bytes -= size(&out);
        } else if queue.bytes > QUEUE_BYTES {
            queue.closed.get_or_insert(close::TOO_SLOW);
        } else {
            queue.waiting.push_back(out);
        }
        drop(queue);
        self.wake.notify_one();
    }

    /// Closes the socket now, before anything that still waits.
    pub fn close(&self, code: u16) {
        lock(&self.queue).closed.get_or_insert(code);
        self.wake.notify_one();
    }

    /// The next thing to do. Cancel safe.
    pub async fn next(&self) -> Out {
        loop {
            if let Some(out) = self.pop() {
                return out;
            }
            self.wake.notified().await;
        }
    }

    /// Returns when the socket is to be closed, for whoever waits on a slow write. Cancel safe.
    pub async fn closed(&self) -> u16 {
        loop {
            if let Some(code) = lock(&self.queue).closed {
                self.wake.notify_one();
                return code;
            }
            self.wake.notified().await;
        }
    }

    /// Notes a sign of life.
    pub fn heard(&self) {
        self.is_alive.store(true, Ordering::Relaxed);
    }

    /// Whether nothing was heard since the last question.
    pub(super) fn is_silent(&self) -> bool {
        !self.is_alive.swap(false, Ordering::Relaxed)
    }

    fn pop(&self) -> Option<Out> {
        let mut queue = lock(&self.queue);
        if let Some(code) = queue.closed {
            return Some(Out::Close(code));
        }
        let out = queue.waiting.pop_front()?;
        queue.bytes -= size(&out);
        Some(out)
    }
}

/// What an entry weighs: its text and about what the queue keeps around it.
fn size(out: &Out) -> usize {
    let text = match out {
        Out::Frame(text) => text.as_str().len(),
        _ => 0,
    };
    text + size_of::<Out>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection() -> Connection {
        let (user, session) = (UserId::try_from(1).unwrap(), SessionId("s".into()));
        Connection::new(Caller { user, session, only: None })
    }

    #[tokio::test]
    async fn a_reader_that_is_too_slow_is_closed_and_nothing_is_skipped() {
        let connection = connection();
        let frame = Utf8Bytes::from("x".repeat(QUEUE_BYTES / 2));
        connection.push(Out::Frame(frame.clone()));
        assert_eq!(connection.next().await, Out::Frame(frame.clone()));
        connection.push(Out::Frame(frame.clone()));
        connection.push(Out::Frame(frame));
        connection.push(Out::Ping);
        assert_eq!(connection.next().await, Out::Close(close::TOO_SLOW));
        assert_eq!(connection.next().await, Out::Close(close::TOO_SLOW));
    }

    #[test]
    fn silence_is_noticed_at_the_second_beat() {
        let connection = connection();
        assert!(!connection.is_silent());
        assert!(connection.is_silent());
        connection.heard();
        assert!(!connection.is_silent());
    }
}
