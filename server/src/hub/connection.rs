use super::{lock, wire};
use crate::listener::Stream;
use crate::sabotage::Sabotage;
use bytes::{Buf, Bytes};
use domain::access::Caller;
use domain::ports::SessionId;
use protocol::{RoomId, UserId, close};
use queue::{Kind, Queue, Waiting};
use std::io::{self, IoSlice};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::Notify;

mod queue;

/// What waits for a socket at most, in bytes; then it is closed and may resume. 1 MiB holds a busy minute.
pub const QUEUE_BYTES: usize = 1 << 20;

/// As much may wait while the socket's own task goes on reading and answering, in bytes.
const CALM_BYTES: usize = 64 * 1024;

/// The line is dead: there is nobody to tell (RFC 6455, 7.4.1: never sent).
pub const BROKEN: u16 = 1006;

/// Who opens a socket, and for which rooms.
#[derive(Clone, Debug)]
pub struct Opener {
    pub caller: Caller,
    /// `None`: all rooms that the caller reaches.
    pub only: Option<RoomId>,
}

/// One open socket: who it belongs to, its line, and what could not be written to it yet.
///
/// Whoever has a frame for the socket writes it at once, without waking the socket's task; only what the line does not
/// take is queued, in order, and written by the task.
pub struct Connection {
    opener: Opener,
    line: Arc<Stream>,
    queue: Mutex<Queue>,
    wake: Notify,
    /// Something was heard from it since the last beat.
    is_alive: AtomicBool,
    /// It has read where its person has a seat, and is in the audience of those rooms.
    is_seated: AtomicBool,
}

/// What a socket's task has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// The person has a seat in this room now: read the room, tell it and watch it.
    Joined(RoomId),
    /// Nothing of this room may follow.
    Gone(RoomId),
    /// The same for a room that has ended: nobody is back in it.
    Ended(RoomId),
    /// Close with this code; nothing follows.
    Close(u16),
}

enum Progress {
    Do(Task),
    /// The line takes no more at the moment.
    Blocked,
    Idle,
}

impl Connection {
    pub fn new(opener: Opener, line: Arc<Stream>) -> Self {
        let (is_alive, is_seated) = (AtomicBool::new(true), AtomicBool::new(false));
        Self { opener, line, queue: Mutex::default(), wake: Notify::new(), is_alive, is_seated }
    }

    pub fn caller(&self) -> &Caller {
        &self.opener.caller
    }

    pub fn user(&self) -> UserId {
        self.caller().user
    }

    pub fn session(&self) -> &SessionId {
        &self.caller().session
    }

    /// The one room of this socket, when it is not for all.
    pub fn only(&self) -> Option<RoomId> {
        self.opener.only
    }

    /// Whether this socket carries a room.
    pub fn wants(&self, room: RoomId) -> bool {
        self.opener.only.is_none_or(|only| only == room) && self.caller().scope.reaches(room)
    }

    /// Writes the first frame, before anything that reaches the socket once `enter` has made it known; false when that
    /// refuses, and then nothing is written.
    pub(super) fn open(&self, welcome: Bytes, enter: impl FnOnce() -> bool) -> bool {
        let queue = lock(&self.queue);
        let is_in = enter();
        if is_in {
            self.append(queue, welcome, Kind::Told);
        }
        is_in
    }

    /// Writes whole frames, as [`wire`] makes them; a queue that is full closes the socket instead of skipping.
    pub fn write(&self, frames: Bytes) {
        self.append(lock(&self.queue), frames, Kind::Told);
    }

    /// Writes what the socket has asked for, and gives it back when the socket is being closed; whoever does so waits
    /// until it is [`Connection::calm`].
    pub fn answer(&self, text: String) -> Result<(), String> {
        let queue = lock(&self.queue);
        if queue.closed.is_some() {
            return Err(text);
        }
        self.append(queue, wire::text(text), Kind::Answer);
        Ok(())
    }

    fn append(&self, mut queue: MutexGuard<'_, Queue>, frames: Bytes, kind: Kind) {
        // An empty frame would never leave the queue, and its task would try for ever.
        if queue.closed.is_some() || frames.is_empty() {
            return;
        }
        let is_skipped = Sabotage::SkipOnFullQueue.is_on() && kind == Kind::Told;
        if is_skipped && queue.bytes + frames.len() > QUEUE_BYTES {
            return;
        }
        let is_first = queue.waiting.is_empty();
        queue.push(Waiting::Frames { rest: frames, is_cut: false, kind });
        if is_first {
            queue.flush(&self.line);
        }
        if queue.bytes - queue.answers > QUEUE_BYTES {
            queue.closed.get_or_insert(close::TOO_SLOW);
        }
        let is_done = queue.waiting.is_empty() && !queue.is_held && queue.closed.is_none();
        drop(queue);
        if !is_done {
            self.wake.notify_one();
        }
    }

    /// Asks for a sign of life.
    pub(super) fn ping(&self) {
        self.write(wire::PING);
    }

    /// Queues something for the socket's task, behind the frames that wait.
    pub(super) fn push(&self, task: Task) {
        lock(&self.queue).push(Waiting::Task(task));
        self.wake.notify_one();
    }

    /// Closes the socket now, before anything that still waits.
    pub fn close(&self, code: u16) {
        lock(&self.queue).closed.get_or_insert(code);
        self.wake.notify_one();
    }

    /// The next thing to do; writes meanwhile what waits. Cancel safe.
    pub async fn next(&self) -> Task {
        loop {
            match self.advance() {
                Progress::Do(task) => return task,
                Progress::Idle => self.wake.notified().await,
                Progress::Blocked => self.writable().await,
            }
        }
    }

    /// Returns when so little waits that more may be written. Cancel safe.
    ///
    /// Meanwhile nothing is read, so what the peer takes counts as a sign of life.
    pub async fn calm(&self) {
        let mut before = 0;
        while let Some(waiting) = self.pressure() {
            if waiting < before {
                self.heard();
            }
            before = waiting;
            self.writable().await;
        }
    }

    /// Ends the line: the rest of what it has taken in part, then these frames.
    ///
    /// # Errors
    /// The line is dead.
    pub async fn finish(&self, frames: Bytes) -> io::Result<()> {
        let cut = match lock(&self.queue).waiting.pop_front() {
            Some(Waiting::Frames { rest, is_cut: true, .. }) => rest,
            _ => Bytes::new(),
        };
        for mut rest in [cut, frames] {
            while !rest.is_empty() {
                self.line.writable().await?;
                let sent = self.line.try_write(&[IoSlice::new(&rest)])?;
                rest.advance(sent);
            }
        }
        while !self.line.try_flush()? {
            self.line.writable().await?;
        }
        Ok(())
    }

    /// Notes that it hears all the rooms in which its person has a seat.
    pub fn takes_its_seats(&self) {
        self.is_seated.store(true, Ordering::Release);
    }

    /// Whether it hears them, or is still opening.
    pub(super) fn is_seated(&self) -> bool {
        self.is_seated.load(Ordering::Acquire)
    }

    /// Notes a sign of life.
    pub fn heard(&self) {
        self.is_alive.store(true, Ordering::Relaxed);
    }

    /// Whether nothing was heard since the last question.
    pub(super) fn is_silent(&self) -> bool {
        !self.is_alive.swap(false, Ordering::Relaxed)
    }

    /// Until the line takes more, or something else has to be done.
    async fn writable(&self) {
        tokio::select! {
            // That a line is dead shows when it is written to.
            _ = self.line.writable() => {}
            () = self.wake.notified() => {}
        }
    }

    fn advance(&self) -> Progress {
        let mut queue = lock(&self.queue);
        queue.flush(&self.line);
        if let Some(code) = queue.closed {
            return Progress::Do(Task::Close(code));
        }
        match queue.waiting.front() {
            Some(Waiting::Frames { .. }) => Progress::Blocked,
            None if queue.is_held => Progress::Blocked,
            None => Progress::Idle,
            Some(&Waiting::Task(task)) => {
                queue.pop();
                Progress::Do(task)
            }
        }
    }

    /// How many bytes wait, when they are too many for more.
    fn pressure(&self) -> Option<usize> {
        let mut queue = lock(&self.queue);
        queue.flush(&self.line);
        let is_blocked = matches!(queue.waiting.front(), Some(Waiting::Frames { .. }));
        (queue.closed.is_none() && is_blocked && queue.bytes > CALM_BYTES).then_some(queue.bytes)
    }
}

#[cfg(test)]
pub(super) mod tests;
