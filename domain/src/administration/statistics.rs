//! How much there is, and how much is written.

use crate::moments::DAY_MS;
use crate::ports::Statistics;
use crate::{Administrator, Env, Error};
use protocol::At;

/// As many days are told.
pub const DAYS: i64 = 30;

/// As it stands now. Days are those of UTC: [`DAYS`] of them, the last being today, also those without a message.
pub async fn read(env: &Env, _: &Administrator) -> Result<Statistics, Error> {
    let today = env.clock.now().get() / DAY_MS;
    let first = today - DAYS + 1;
    let since = At::try_from((first * DAY_MS).max(0)).unwrap_or(env.clock.now());
    let mut statistics = env.store.statistics(since).await?;
    statistics.days = filled(&statistics.days, first);
    Ok(statistics)
}

/// The moment at which a day of the statistics begins.
pub fn begin_of(day: i64) -> Option<At> {
    At::try_from(day.checked_mul(DAY_MS)?).ok()
}

/// [`DAYS`] days, those without a message too.
fn filled(days: &[(i64, u64)], first: i64) -> Vec<(i64, u64)> {
    let count = |day| days.iter().find(|(known, _)| *known == day).map_or(0, |(_, count)| *count);
    (first..first + DAYS).map(|day| (day, count(day))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_a_message_is_told_and_one_before_or_after_is_not() {
        let days = filled(&[(6, 9), (8, 4), (50, 1)], 7);
        assert_eq!(days.len(), 30);
        assert_eq!(days[..3], [(7, 0), (8, 4), (9, 0)]);
        assert_eq!(days[29], (36, 0));
    }
}
