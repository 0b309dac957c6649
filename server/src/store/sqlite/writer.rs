//! Group commit: whatever waits in the queue goes into one transaction, so that one fsync serves all of it.
//!
//! Each command fails alone; nobody is answered before the commit.

use super::checkpoints::{Pen, Written};
use super::marks::{self, Mark};
use super::open;
use super::posts::{self, Post};
use crate::metrics::Commits;
use crate::sabotage::Sabotage;
use domain::Seat;
use domain::messages::Draft;
use domain::ports::{Posted, Unavailable};
use futures::future::{BoxFuture, join, ready};
pub use job::Scope;
use job::{Command, Job};
use protocol::{At, Generation, No, OwnState};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{iter, mem};
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

mod job;

/// As many commands wait before those who ask have to (backpressure).
const QUEUE: usize = 1024;
/// As many commands share a transaction.
const BATCH: usize = 512;
/// As long somebody waits for a place in the queue.
const PATIENCE: Duration = Duration::from_secs(5);

/// What waits for the writer.
pub enum Work {
    /// Drafts that stand side by side go into the database together.
    Post(Box<Post>),
    /// So do read markers.
    Mark(Box<Mark>),
    Command(Box<dyn Job>),
}

/// The way into the one connection that writes.
pub struct Writer {
    queue: mpsc::Sender<Work>,
    /// Held while somebody waits for a place in the queue: a place that is free by then is not for whoever comes later.
    turn: Semaphore,
    closing: Arc<Notify>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the task that owns the connection; it tells `written` of every commit, and ends with the writer.
    pub fn start(
        options: SqliteConnectOptions,
        db: SqliteConnection,
        pen: Pen,
        written: Written,
        commits: Commits,
    ) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let closing = Arc::new(Notify::new());
        let task = Task { options, db: Some(db), pen, written, commits };
        let task = tokio::spawn(task.work(jobs, closing.clone()));
        Self { queue, turn: Semaphore::new(1), closing, task: Mutex::new(Some(task)) }
    }

    /// Runs `act` in the next transaction and returns what it made after the commit.
    pub async fn run<T, A>(&self, scope: Scope, act: A) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        A: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send + 'static,
    {
        let (asker, answer) = oneshot::channel();
        self.ask(Work::Command(Box::new(Command::new(scope, act, asker))), answer).await
    }

    /// Stores a draft in the next transaction and returns what became of it after the commit.
    pub async fn post(&self, seat: Seat, draft: Draft, at: At) -> Result<Posted, Unavailable> {
        let (asker, answer) = oneshot::channel();
        self.ask(Work::Post(Box::new(Post { seat, draft, at, asker, made: None })), answer).await
    }

    /// Moves a read marker in the next transaction and returns what has moved after the commit.
    pub async fn advance(
        &self,
        seat: Seat,
        no: No,
        generation: Option<Generation>,
    ) -> Result<Option<OwnState>, Unavailable> {
        let (asker, answer) = oneshot::channel();
        self.ask(Work::Mark(Box::new(Mark { seat, no, generation, asker, moved: None })), answer).await
    }

    async fn ask<T>(&self, work: Work, answer: oneshot::Receiver<Result<T, Unavailable>>) -> Result<T, Unavailable> {
        let place = async {
            let _turn = self.turn.acquire().await.map_err(Unavailable::new)?;
            self.queue.send(work).await.map_err(|_| Unavailable::new("the writer has ended"))
        };
        timeout(PATIENCE, place).await.map_err(Unavailable::new)??;
        answer.await.map_err(|_| Unavailable::new("the writer has ended"))?
    }

    /// How many commands wait.
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// Finishes the queue and closes the connection.
    pub async fn close(&self) {
        self.closing.notify_one();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "The writer of the database ended in a fault");
        }
    }
}

struct Task {
    options: SqliteConnectOptions,
    /// `None` after a fault: the next batch opens another one.
    db: Option<SqliteConnection>,
    pen: Pen,
    written: Written,
    commits: Commits,
}

impl Task {
    async fn work(mut self, mut jobs: mpsc::Receiver<Work>, closing: Arc<Notify>) {
        let mut batch = Vec::new();
        let mut answers = Answers::default();
        loop {
            let taken = tokio::select! {
                biased;
                () = closing.notified() => {
                    jobs.close();
                    continue;
                }
                taken = jobs.recv_many(&mut batch, BATCH) => taken,
                () = ready(()), if !answers.batch.is_empty() => 0,
            };
            let due = mem::take(&mut answers);
            if taken > 0 {
                // First the batch, which then lies with SQLite's thread: answers wake everybody whom the messages are
                // for, and they would have the processors while the disk waits.
                (answers, ()) = join(self.serve(mem::take(&mut batch)), async { due.give() }).await;
            } else if due.batch.is_empty() {
                break;
            } else {
                due.give();
            }
        }
        self.disconnect().await;
    }

    /// Commits a batch; its answers are due then.
    async fn serve(&mut self, mut batch: Vec<Work>) -> Answers {
        let begun = Instant::now();
        let pen = self.pen.clone().lock_owned().await;
        let committed = self.commit(&mut batch).await;
        drop(pen);
        let fault = match committed {
            Ok(()) => {
                let messages = batch.iter().filter(|work| work.has_stored()).count();
                self.commits.committed(batch.len(), messages, begun.elapsed());
                None
            }
            Err(error) => {
                self.commits.failed();
                tracing::error!(%error, commands = batch.len(), "The database could not commit");
                // Whatever went wrong, closing rolls back, and a fresh connection owes nothing to this one.
                self.disconnect().await;
                Some(error.to_string())
            }
        };
        #[cfg(feature = "sabotage")]
        crate::bus::sabotaged::set_open(false);
        self.written.tell();
        Answers { batch, fault }
    }

    #[cfg_attr(not(feature = "sabotage"), expect(clippy::ptr_arg, reason = "sabotage empties it"))]
    async fn commit(&mut self, batch: &mut Vec<Work>) -> sqlx::Result<()> {
        let db = match &mut self.db {
            Some(db) => db,
            none => none.insert(open::connect(&self.options).await?),
        };
        let mut runs = batch.chunk_by_mut(Work::goes_with).peekable();
        let Some(first) = runs.next() else { return Ok(()) };
        if runs.peek().is_none() && is_one_statement(first) && !Sabotage::is_early() {
            // It is a transaction by itself.
            return serve_run(db, first).await;
        }
        // A fault like a full disk may end the whole transaction, and what follows would be committed one by one;
        // whether it lives is asked of its savepoint, and when it does not, all fail.
        statement(db, "begin immediate; savepoint batch").await?;
        for run in iter::once(first).chain(runs) {
            serve_run(db, run).await?;
        }
        #[cfg(feature = "sabotage")]
        super::sabotaged::answer_early(batch).await;
        statement(db, "release batch; commit").await
    }

    async fn disconnect(&mut self) {
        if let Some(db) = self.db.take()
            && let Err(error) = db.close().await
        {
            tracing::warn!(%error, "The writer's connection did not close in good order");
        }
    }
}

/// What has been committed, or has failed with this fault, and has not been answered yet.
#[derive(Default)]
struct Answers {
    batch: Vec<Work>,
    fault: Option<String>,
}

impl Answers {
    fn give(self) {
        self.batch.into_iter().for_each(|work| work.answer(self.fault.as_deref()));
    }
}

impl Work {
    pub fn is_post(&self) -> bool {
        matches!(self, Self::Post(_))
    }

    /// Whether both are served by one statement.
    fn goes_with(&self, next: &Self) -> bool {
        (self.is_post() && next.is_post()) || matches!((self, next), (Self::Mark(_), Self::Mark(_)))
    }

    /// Answers whoever asked: with the result, or with the fault that kept it from being committed.
    pub fn answer(self, fault: Option<&str>) {
        match self {
            Self::Post(post) => post.answer(fault),
            Self::Mark(mark) => mark.answer(fault),
            Self::Command(job) => job.answer(fault),
        }
    }

    /// Whether it has made a message that was not there before.
    fn has_stored(&self) -> bool {
        matches!(self, Self::Post(post) if matches!(post.made, Some(Posted::New { .. })))
    }
}

fn drafts(run: &mut [Work]) -> Vec<&mut Post> {
    run.iter_mut().filter_map(|work| if let Work::Post(post) = work { Some(post.as_mut()) } else { None }).collect()
}

fn marked(run: &mut [Work]) -> Vec<&mut Mark> {
    run.iter_mut().filter_map(|work| if let Work::Mark(mark) = work { Some(mark.as_mut()) } else { None }).collect()
}

/// Whether work of one kind is one statement, which needs no transaction around it.
fn is_one_statement(run: &mut [Work]) -> bool {
    match run {
        [Work::Post(_), ..] => posts::is_one_statement(&drafts(run)),
        [Work::Mark(_), ..] => marks::is_one_statement(&marked(run)),
        _ => false,
    }
}

/// Serves work of one kind.
async fn serve_run(db: &mut SqliteConnection, run: &mut [Work]) -> sqlx::Result<()> {
    match run {
        [Work::Command(job)] => execute(db, job.as_mut()).await,
        [Work::Mark(_), ..] => marks::advance(db, &mut marked(run)).await,
        run => posts::insert(db, &mut drafts(run)).await,
    }
}

async fn execute(db: &mut SqliteConnection, job: &mut dyn Job) -> sqlx::Result<()> {
    match job.scope() {
        Scope::One if job.run(db).await => Ok(()),
        Scope::One => statement(db, "release batch; savepoint batch").await,
        Scope::Several => {
            statement(db, "savepoint command").await?;
            let is_kept = job.run(db).await;
            let end = if is_kept { "release command" } else { "rollback to command; release command" };
            statement(db, end).await
        }
    }
}

async fn statement(db: &mut SqliteConnection, sql: &'static str) -> sqlx::Result<()> {
    sqlx::query(sql).execute(db).await.map(drop)
}

#[cfg(test)]
mod tests;
