//! Group commit: the messages that wait in a queue go into one transaction, so that one fsync serves all of them.
//!
//! Each command fails alone; nobody is answered before the commit.

use super::open;
use crate::metrics::Commits;
use batch::Fault;
use domain::Seat;
use domain::messages::Draft;
use domain::ports::{Posted, Unavailable};
use protocol::{At, RoomId};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

mod batch;

/// While one batch waits for its fsync, others are put together.
const LANES: usize = 3;
/// As many messages wait in a lane before those who send have to (backpressure).
const QUEUE: usize = 1024;
/// As many messages share a transaction.
const BATCH: usize = 512;
/// As long somebody waits for a place in the queue.
const PATIENCE: Duration = Duration::from_secs(5);
/// As long a transaction may take; more than the server's own limits, which end what the server still knows of.
const LONGEST: Duration = Duration::from_secs(8);
/// As often a batch is tried that met another node's.
const TRIES: usize = 4;

/// A message on its way into the database.
pub struct Post {
    seat: Seat,
    draft: Draft,
    at: At,
    asker: oneshot::Sender<Result<Posted, Unavailable>>,
}

/// The ways into the connections that store messages.
///
/// A room has one lane, so what comes first stands first, and a sender's own order is kept.
pub struct Writer {
    lanes: Vec<Lane>,
    closing: Vec<Arc<Notify>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

struct Lane {
    queue: mpsc::Sender<Post>,
    /// Held while somebody waits for a place in the queue: a place that is free by then is not for whoever comes later.
    turn: Semaphore,
}

impl Writer {
    /// Starts the tasks; each owns a connection, opened when it is needed, and ends with the writer.
    pub fn start(options: &PgConnectOptions, commits: &Commits) -> Self {
        let (mut lanes, mut closing, mut tasks) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..LANES {
            let (queue, posts) = mpsc::channel(QUEUE);
            let close = Arc::new(Notify::new());
            let task = Task { options: options.clone(), db: None, commits: commits.clone() };
            tasks.push(tokio::spawn(task.work(posts, close.clone())));
            lanes.push(Lane { queue, turn: Semaphore::new(1) });
            closing.push(close);
        }
        Self { lanes, closing, tasks: Mutex::new(tasks) }
    }

    /// Stores a message with the next batch and returns what became of it after the commit.
    pub async fn post(&self, seat: Seat, draft: Draft, at: At) -> Result<Posted, Unavailable> {
        let (asker, answer) = oneshot::channel();
        let post = Post { seat, draft, at, asker };
        let lane = &self.lanes[lane(seat.room())];
        let place = async {
            let _turn = lane.turn.acquire().await.map_err(Unavailable::new)?;
            lane.queue.send(post).await.map_err(|_| Unavailable::new("the writer has ended"))
        };
        timeout(PATIENCE, place).await.map_err(Unavailable::new)??;
        answer.await.map_err(|_| Unavailable::new("the writer has ended"))?
    }

    /// How many messages wait.
    pub fn waiting(&self) -> usize {
        self.lanes.iter().map(|lane| lane.queue.max_capacity() - lane.queue.capacity()).sum()
    }

    /// Finishes the queues and closes the connections.
    pub async fn close(&self) {
        for lane in &self.closing {
            lane.notify_one();
        }
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "A writer of the database ended in a fault");
            }
        }
    }
}

fn lane(room: RoomId) -> usize {
    room.get() as usize % LANES
}

struct Task {
    options: PgConnectOptions,
    /// `None` at first and after a fault: the next batch opens another one.
    db: Option<PgConnection>,
    commits: Commits,
}

impl Task {
    async fn work(mut self, mut posts: mpsc::Receiver<Post>, closing: Arc<Notify>) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let taken = tokio::select! {
                taken = posts.recv_many(&mut batch, BATCH) => taken,
                () = closing.notified() => {
                    posts.close();
                    continue;
                }
            };
            if taken == 0 {
                break;
            }
            self.serve(std::mem::take(&mut batch)).await;
        }
        if let Some(db) = self.db.take()
            && !matches!(timeout(LONGEST, db.close()).await, Ok(Ok(())))
        {
            tracing::warn!("A writer's connection did not close in good order");
        }
    }

    /// Commits the messages, then answers them. What one of them cannot have, the others need not miss: a batch that
    /// is refused is halved until the one at fault stands alone.
    async fn serve(&mut self, batch: Vec<Post>) {
        let mut parts = vec![batch];
        while let Some(mut part) = parts.pop() {
            let begun = Instant::now();
            match self.commit(&part).await {
                Ok(posted) => {
                    let messages = posted.iter().filter(|posted| matches!(posted, Posted::New { .. })).count();
                    self.commits.committed(part.len(), messages, begun.elapsed());
                    for (post, posted) in part.into_iter().zip(posted) {
                        // Nobody listens when the asker has gone.
                        let _ = post.asker.send(Ok(posted));
                    }
                }
                Err(fault) if fault.is_of_one() && part.len() > 1 => {
                    let later = part.split_off(part.len() / 2);
                    parts.extend([later, part]);
                }
                Err(fault) if fault.is_of_one() => refuse(part.into_iter(), &fault),
                Err(fault) => {
                    self.commits.failed();
                    refuse(part.into_iter().chain(parts.drain(..).rev().flatten()), &fault);
                }
            }
        }
    }

    /// Tries again what has certainly not been stored and can be the next time.
    async fn commit(&mut self, part: &[Post]) -> Result<Vec<Posted>, Fault> {
        let mut tries = 1;
        loop {
            let was_connected = self.db.is_some();
            let fault = match self.attempt(part).await {
                Ok(posted) => return Ok(posted),
                Err(fault) => fault,
            };
            // A connection that rested may have died since; a fresh one has not.
            let may_be_stale = was_connected && fault.is_lost_before_commit();
            if tries == TRIES || !(fault.is_of_a_race() || may_be_stale) {
                return Err(fault);
            }
            tries += 1;
        }
    }

    async fn attempt(&mut self, part: &[Post]) -> Result<Vec<Posted>, Fault> {
        let mut db = match self.db.take() {
            Some(db) => db,
            None => open::safe(&self.options).await.map_err(Fault::Before)?,
        };
        let stored = timeout(LONGEST, batch::store(&mut db, part)).await;
        let stored = stored.unwrap_or_else(|_| Err(Fault::Commit(sqlx::Error::PoolTimedOut)));
        // Whatever else went wrong, a fresh connection owes nothing to this one.
        if stored.as_ref().err().is_none_or(Fault::is_rolled_back) {
            self.db = Some(db);
        }
        stored
    }
}

fn refuse(posts: impl Iterator<Item = Post>, fault: &Fault) {
    let mut refused = 0;
    for post in posts {
        refused += 1;
        let _ = post.asker.send(Err(Unavailable::new(fault.to_string())));
    }
    tracing::error!(error = %fault, messages = refused, "The database could not store messages");
}
