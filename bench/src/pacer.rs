use crate::crowd::Crowd;
use crate::plan::Plan;
use crate::wire::{Pen, frame};
use std::io::{ErrorKind, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tokio::task::{JoinHandle, spawn_blocking};

/// How long a full line is left alone.
const PAUSE: Duration = Duration::from_micros(100);

/// Sends on schedule, on a thread of its own: neither the reading nor a timer's coarseness holds it up.
pub struct Pacer {
    thread: JoinHandle<Result<()>>,
    is_over: Arc<AtomicBool>,
}

impl Pacer {
    /// Sends the first `count` messages of the plan, each when it is due, or as soon after as the server lets it.
    pub fn start(crowd: &Crowd, plan: Plan, count: u64) -> Self {
        let (pens, seats) = (crowd.pens(), crowd.seats());
        let is_over = Arc::new(AtomicBool::new(false));
        let over = is_over.clone();
        let thread = spawn_blocking(move || {
            for number in 0..count {
                let request = serde_json::to_string(&plan.request(number)).map_err(std::io::Error::other)?;
                let pen = &pens[seats[plan.room(number)][plan.author(number)]];
                sleep(plan.pace.due(number).saturating_duration_since(Instant::now()));
                write_all(pen, &frame::text(&request), &over)?;
            }
            Ok(())
        });
        Self { thread, is_over }
    }

    /// Waits until everything is sent.
    pub async fn finish(mut self) -> anyhow::Result<()> {
        Ok((&mut self.thread).await??)
    }
}

impl Drop for Pacer {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

fn write_all(pen: &Pen, mut bytes: &[u8], is_over: &AtomicBool) -> Result<()> {
    while !bytes.is_empty() {
        if is_over.load(Ordering::Relaxed) {
            return Err(ErrorKind::Interrupted.into());
        }
        match pen.try_write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => sleep(PAUSE),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
