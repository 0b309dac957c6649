//! Backups that the server makes by itself.

use super::shelf::Shelf;
use super::{Progress, backup};
use crate::config::Config;
use crate::metrics::Backups;
use crate::store::Turn;
use domain::ports::Clock;
use protocol::At;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// After so long a backup that failed is tried again, and a node asks again whether the others are gone.
const AGAIN: Duration = Duration::from_secs(600);
/// The clock of the wall is looked at as often: it may jump, and a machine may sleep.
const LOOK: Duration = Duration::from_secs(60);

/// Where, how often, how many.
#[derive(Clone, Debug)]
pub struct Schedule {
    url: String,
    folder: PathBuf,
    every: Duration,
    keep: usize,
}

impl Schedule {
    /// `None` where no backups are wanted.
    pub fn of(config: &Config) -> Option<Self> {
        let folder = config.backup_dir.clone()?;
        let keep = usize::try_from(config.backup_keep).unwrap_or(usize::MAX);
        Some(Self { url: config.database_url(), folder, every: config.backup_every.0, keep })
    }
}

/// Makes backups for as long as it runs. The newest one on the shelf says when the next is due, so a restart makes none
/// too many. Of several nodes one has the turn until it ends.
pub async fn keep_up(schedule: Schedule, clock: Arc<dyn Clock>, backups: Backups) {
    let mut turn = None;
    loop {
        let rest = match step(&schedule, &*clock, &backups, &mut turn).await {
            Ok(rest) => rest,
            Err(error) => {
                backups.failed();
                let problem = format!("{error:#}");
                tracing::error!(problem, "A backup failed; it is tried again within ten minutes");
                AGAIN.min(schedule.every)
            }
        };
        sleep(rest).await;
    }
}

/// Makes a backup when one is due; until when nothing is to be done.
async fn step(
    schedule: &Schedule,
    clock: &dyn Clock,
    backups: &Backups,
    turn: &mut Option<Turn>,
) -> anyhow::Result<Duration> {
    let shelf = Shelf::at(&schedule.folder)?;
    let newest = shelf.newest(clock.now())?;
    newest.iter().for_each(|at| backups.stands(*at));
    if let Some(rest) = newest.and_then(|newest| rest(newest, clock.now(), schedule.every)) {
        return Ok(rest.min(LOOK));
    }
    if !has(turn, &schedule.url).await? {
        return Ok(AGAIN.min(schedule.every));
    }
    let at = clock.now();
    let made = backup(&schedule.url, &shelf.place(at), &Progress::hidden()).await?;
    backups.made();
    backups.stands(at);
    tracing::info!(rows = made.contents.rows(), bytes = made.bytes, "A backup was made");
    shelf.keep(schedule.keep)?;
    Ok(Duration::ZERO)
}

/// How long nothing is due; `None` when something is.
fn rest(newest: At, now: At, every: Duration) -> Option<Duration> {
    let age = u64::try_from(now.get() - newest.get()).ok().map(Duration::from_millis)?;
    every.checked_sub(age).filter(|rest| !rest.is_zero())
}

async fn has(turn: &mut Option<Turn>, url: &str) -> anyhow::Result<bool> {
    if let Some(kept) = turn
        && kept.is_kept().await
    {
        return Ok(true);
    }
    *turn = Turn::take(url).await?;
    Ok(turn.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_is_due_so_long_after_the_newest() {
        let at = |millis: i64| At::try_from(millis).unwrap();
        let every = Duration::from_secs(10);
        assert_eq!(rest(at(5_000), at(6_000), every), Some(Duration::from_secs(9)));
        assert_eq!(rest(at(5_000), at(15_000), every), None);
    }
}
