use anyhow::{Result, anyhow};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Instant;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

/// Of one kind or the other, a second.
pub struct Calls {
    pub answered: f64,
    pub refused: f64,
}

/// What callers count.
#[derive(Clone, Default)]
pub struct Counts {
    answered: Arc<AtomicU64>,
    refused: Arc<AtomicU64>,
}

impl Counts {
    pub fn add(&self, is_answered: bool) {
        let count = if is_answered { &self.answered } else { &self.refused };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// People who ask as fast as they are answered, in a thread of their own: what reads the deliveries must not wait for
/// them. On a machine with few cores it has a lower priority than the server, from which they would be far away.
pub struct Callers {
    since: Instant,
    counts: Counts,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<()>>,
}

impl Callers {
    /// `calls` ends by a fault only.
    pub fn begin<F>(calls: impl FnOnce(Counts) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<()>>,
    {
        let counts = Counts::default();
        let (stop, stopped) = oneshot::channel();
        let shared = counts.clone();
        let thread = std::thread::spawn(move || {
            rustix::process::nice(10)?;
            let runtime = Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                tokio::select! {
                    ended = calls(shared) => ended,
                    _ = stopped => Ok(()),
                }
            })
        });
        Self { since: Instant::now(), counts, stop, thread }
    }

    /// # Errors
    /// Why one of the calls failed.
    pub fn end(self) -> Result<Calls> {
        let seconds = self.since.elapsed().as_secs_f64();
        let _ = self.stop.send(());
        self.thread.join().map_err(|_| anyhow!("the callers panicked"))??;
        let a_second = |count: &AtomicU64| count.load(Ordering::Relaxed) as f64 / seconds;
        Ok(Calls { answered: a_second(&self.counts.answered), refused: a_second(&self.counts.refused) })
    }
}
