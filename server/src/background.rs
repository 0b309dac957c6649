//! Threads that step back: what is done there leaves the cores to those who talk.

use std::cell::Cell;
use std::future::pending;
use std::panic::resume_unwind;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// Those who talk go first (setpriority(2)), but a machine that is full of other work still does this: a tenth of a core.
const NICENESS: i32 = 10;
/// A hundredth of a core.
const MOST: i32 = 19;

thread_local! {
    static IS_HERE: Cell<bool> = const { Cell::new(false) };
}

tokio::task_local! {
    /// Cancelled when nobody waits any more for what this task carries through.
    static ABANDONED: CancellationToken;
}

/// Ready when nobody waits any more for the work of this task, which goes on all the same.
pub async fn abandoned() {
    match ABANDONED.try_with(CancellationToken::clone) {
        Ok(token) => token.cancelled().await,
        Err(_) => pending().await,
    }
}

/// Whether this thread is one of those that step back.
pub fn is_here() -> bool {
    IS_HERE.get()
}

/// A runtime whose threads have a lower priority than all others. It can be dropped wherever others are at work.
pub struct Background {
    /// Always there, but for the drop.
    runtime: Option<Runtime>,
}

impl Background {
    /// For work that computes: so many threads, which take one piece after the other.
    pub fn of_computing(name: &str, threads: usize) -> Self {
        Self::of(Builder::new_current_thread().max_blocking_threads(threads), name, NICENESS)
    }

    /// For requests: as many threads as there are cores.
    pub fn of_requests(name: &str) -> Self {
        Self::of(Builder::new_multi_thread().enable_all(), name, NICENESS)
    }

    /// For what nobody waits for: one thread, of the lowest priority.
    pub fn of_chores(name: &str) -> Self {
        Self::of(Builder::new_multi_thread().worker_threads(1).enable_all(), name, MOST)
    }

    fn of(builder: &mut Builder, name: &str, more: i32) -> Self {
        // Threads are started when they are needed, by any other, whose niceness they inherit: theirs is fixed here.
        let niceness = stepped_back(more);
        let runtime = builder
            .thread_name(name)
            .on_thread_start(move || {
                IS_HERE.set(true);
                become_nice(niceness);
            })
            .build();
        Self { runtime: Some(runtime.expect("the system gives threads")) }
    }

    /// Computes something.
    ///
    /// # Errors
    /// The work panicked.
    pub async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
        self.runtime().spawn_blocking(work).await
    }

    /// Runs a future to its end, or until nobody waits for it any more.
    ///
    /// # Panics
    /// When the future does.
    pub async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        made(AbortOnDropHandle::new(self.runtime().spawn(work)).await).await
    }

    /// Runs a future to its end, whether or not anybody waits for it; [`abandoned`] tells it.
    ///
    /// # Panics
    /// When the future does.
    pub async fn carry_through<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        let token = CancellationToken::new();
        let _cancel_on_drop = token.clone().drop_guard();
        made(self.runtime().spawn(ABANDONED.scope(token, work)).await).await
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("it is not being dropped")
    }
}

impl Drop for Background {
    /// A runtime must not wait for its threads where others are at work.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn made<T>(done: Result<T, JoinError>) -> T {
    match done.map_err(JoinError::try_into_panic) {
        Ok(made) => made,
        Err(Ok(panic)) => resume_unwind(panic),
        // The threads have ended, and with them the process is about to.
        Err(Err(_)) => pending().await,
    }
}

/// Gives this thread, and those that it will start, the lowest priority: for a program that works beside the server.
pub fn step_far_back() {
    become_nice(stepped_back(MOST));
}

/// The niceness of this thread, and so much more.
fn stepped_back(more: i32) -> i32 {
    (rustix::process::getpriority_process(None).unwrap_or(0) + more).min(MOST)
}

/// On Linux this is about the calling thread alone; elsewhere it would be about the whole process.
#[cfg_attr(not(target_os = "linux"), expect(unused_variables))]
fn become_nice(niceness: i32) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, niceness) {
        tracing::debug!(%error, "Work in the background has the priority of everything else");
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn niceness() -> i32 {
        rustix::process::getpriority_process(None).expect("a thread has a priority")
    }

    #[tokio::test]
    async fn threads_in_the_background_step_back_as_far_as_they_are_told() {
        let ours = niceness();
        let computing = Background::of_computing("computing", 1).compute(niceness).await.unwrap();
        let requests = Background::of_requests("requests").run(async { niceness() }).await;
        let chores = Background::of_chores("chores").run(async { niceness() }).await;
        assert_eq!([computing, requests, chores], [NICENESS, NICENESS, MOST].map(|more| (ours + more).min(MOST)));
        assert_eq!(niceness(), ours);
        assert!(!is_here());
        assert!(Background::of_requests("requests").run(async { is_here() }).await);
    }

    #[tokio::test]
    async fn a_thread_that_one_in_the_background_starts_steps_back_no_further() {
        let (requests, computing) = (Background::of_requests("requests"), Background::of_computing("computing", 1));
        let started_there = requests.run(async move { computing.compute(niceness).await.unwrap() }).await;
        assert_eq!(started_there, (niceness() + NICENESS).min(MOST));
    }
}
