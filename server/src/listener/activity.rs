//! What one connection is doing, and how long it may go on with that.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Deadline of the first byte of a connection.
pub const FIRST_BYTE_TIMEOUT: Duration = Duration::from_secs(10);

/// Deadline of a whole request head, from its first byte.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Deadline of the next request on a connection that is kept alive. Proxies keep connections for one or two minutes, and
/// must be the first to close: a request that meets a closing connection is lost.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(150);

/// How long an answer may wait for its reader, beside the time that its bytes take at [`MIN_BYTES_PER_SECOND`].
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
pub const MIN_BYTES_PER_SECOND: u32 = 1024;

/// Shared by the connection's task, its requests and the list of connections.
pub struct Activity {
    state: Mutex<State>,
    evicted: Notify,
}

struct State {
    /// Since when the connection waits for a request or for the body of one.
    waiting_since: Instant,
    /// Requests from the end of their head to the end of their answer.
    requests: usize,
    /// Those of them whose body is still arriving.
    uploads: usize,
    /// What has arrived of those bodies, with the heads before them.
    upload_bytes: usize,
    is_evicted: bool,
    /// Requests of which the answer is being sent.
    answers: usize,
    /// The newest piece of an answer that was taken over HTTP/2, where the windows of the peer decide how fast it leaves.
    sent: Blocked,
    /// The first byte of an unfinished head.
    head_since: Option<Instant>,
    is_first: bool,
    is_http2: bool,
    blocked: Option<Blocked>,
}

/// The peer does not read as fast as it is written to.
struct Blocked {
    since: Instant,
    written: usize,
}

impl Blocked {
    fn deadline(&self) -> Instant {
        self.since + WRITE_TIMEOUT + Duration::from_secs(self.written as u64) / MIN_BYTES_PER_SECOND
    }
}

impl Activity {
    pub fn new() -> Self {
        let state = State {
            waiting_since: Instant::now(),
            requests: 0,
            uploads: 0,
            upload_bytes: 0,
            is_evicted: false,
            answers: 0,
            sent: Blocked { since: Instant::now(), written: 0 },
            head_since: None,
            is_first: true,
            is_http2: false,
            blocked: None,
        };
        Self { state: Mutex::new(state), evicted: Notify::new() }
    }

    /// When the connection has to be closed unless something happens before; `None` while a request is handled.
    pub fn deadline(&self) -> Option<Instant> {
        let state = self.state();
        if let Some(blocked) = &state.blocked {
            return Some(blocked.deadline());
        }
        if state.requests > 0 {
            let is_sending = state.is_http2 && state.requests == state.answers;
            return is_sending.then(|| state.sent.deadline());
        }
        Some(match state.head_since {
            // Other frames arrive between the requests of HTTP/2.
            Some(first_byte) if !state.is_http2 => first_byte + HEAD_TIMEOUT,
            None if state.is_first => state.waiting_since + FIRST_BYTE_TIMEOUT,
            _ => state.waiting_since + IDLE_TIMEOUT,
        })
    }

    /// Since when the connection waits for its peer; `None` while the server is at work for it.
    pub fn waiting_since(&self) -> Option<Instant> {
        let state = self.state();
        match &state.blocked {
            Some(blocked) => Some(blocked.since),
            None if state.requests == state.uploads => Some(state.waiting_since),
            None => (state.is_http2 && state.requests <= state.uploads + state.answers).then_some(state.sent.since),
        }
    }

    pub fn is_uploading(&self) -> bool {
        self.state().uploads > 0
    }

    pub fn is_http2(&self) -> bool {
        self.state().is_http2
    }

    /// Ends the connection in favour of another one; returns the bytes that it held until now.
    pub fn evict(&self) -> usize {
        let mut state = self.state();
        state.is_evicted = true;
        self.evicted.notify_one();
        mem::take(&mut state.upload_bytes)
    }

    /// Counts a part of a body that has arrived; returns what it adds, which is nothing after an eviction.
    pub fn hold_bytes(&self, bytes: usize) -> usize {
        let mut state = self.state();
        let held = if state.is_evicted { 0 } else { bytes };
        state.upload_bytes += held;
        held
    }

    /// The reverse of [`Self::hold_bytes`]: an eviction has already released everything.
    pub fn release_bytes(&self, bytes: usize) -> usize {
        let mut state = self.state();
        let released = if state.is_evicted { 0 } else { bytes };
        state.upload_bytes -= released;
        released
    }

    /// Ready when the connection has to end in favour of another one.
    pub async fn evicted(&self) {
        self.evicted.notified().await;
    }

    pub fn begin_request(self: &Arc<Self>) -> Exchange {
        let mut state = self.state();
        state.requests += 1;
        (state.head_since, state.is_first) = (None, false);
        Exchange { activity: self.clone(), is_answered: false }
    }

    pub fn begin_upload(self: &Arc<Self>) -> Upload {
        let mut state = self.state();
        state.uploads += 1;
        state.waiting_since = Instant::now();
        Upload(self.clone())
    }

    /// The connection begins as every connection of HTTP/2 does.
    pub fn note_http2(&self) {
        self.state().is_http2 = true;
    }

    pub fn note_read(&self) {
        let mut state = self.state();
        if state.requests == 0 && state.head_since.is_none() {
            state.head_since = Some(Instant::now());
        }
    }

    pub fn note_written(&self, bytes: usize) {
        if let Some(blocked) = &mut self.state().blocked {
            blocked.written += bytes;
        }
    }

    pub fn note_blocked(&self) {
        let mut state = self.state();
        if state.blocked.is_none() {
            state.blocked = Some(Blocked { since: Instant::now(), written: 0 });
        }
    }

    pub fn note_flushed(&self) {
        let mut state = self.state();
        if state.blocked.take().is_some() {
            // The peer may have read for longer than it may wait.
            state.waiting_since = Instant::now();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request from the end of its head to the end of its answer.
pub struct Exchange {
    activity: Arc<Activity>,
    is_answered: bool,
}

impl Exchange {
    /// The request has been handled; from here on the answer waits for the peer only.
    pub fn begin_answer(&mut self) {
        self.is_answered = true;
        let mut state = self.activity.state();
        state.answers += 1;
        state.sent = Blocked { since: Instant::now(), written: 0 };
    }

    /// A piece of the answer was taken to be sent.
    pub fn note_sent(&self, bytes: usize) {
        self.activity.state().sent = Blocked { since: Instant::now(), written: bytes };
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        state.requests -= 1;
        state.answers -= usize::from(self.is_answered);
        if state.requests == 0 {
            state.waiting_since = Instant::now();
        }
    }
}

/// A request's body while it arrives.
pub struct Upload(Arc<Activity>);

impl Drop for Upload {
    fn drop(&mut self) {
        self.0.state().uploads -= 1;
    }
}
