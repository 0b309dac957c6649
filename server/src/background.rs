//! Threads that step back: what is done there leaves the cores to those who talk.

use std::future::pending;
use std::panic::resume_unwind;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinError;
use tokio_util::task::AbortOnDropHandle;

/// Those who talk go first (setpriority(2)), but a machine that is full of other work still does this: a tenth of a core.
const NICENESS: i32 = 10;

/// A runtime whose threads have a lower priority than all others. It can be dropped wherever others are at work.
pub struct Background {
    /// Always there, but for the drop.
    runtime: Option<Runtime>,
}

impl Background {
    /// For work that computes: so many threads, which take one piece after the other.
    pub fn of_computing(name: &str, threads: usize) -> Self {
        Self::of(Builder::new_current_thread().max_blocking_threads(threads), name)
    }

    /// For requests: as many threads as there are cores.
    pub fn of_requests(name: &str) -> Self {
        Self::of(Builder::new_multi_thread().enable_all(), name)
    }

    fn of(builder: &mut Builder, name: &str) -> Self {
        let runtime = builder.thread_name(name).on_thread_start(step_back).build();
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
        let task = AbortOnDropHandle::new(self.runtime().spawn(work));
        match task.await.map_err(JoinError::try_into_panic) {
            Ok(made) => made,
            Err(Ok(panic)) => resume_unwind(panic),
            // The threads have ended, and with them the process is about to.
            Err(Err(_)) => pending().await,
        }
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

/// On Linux this is about the calling thread alone.
fn step_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::debug!(%error, "Work in the background has the priority of everything else");
    }
}
