//! Sessions and tokens in words.

use crate::workspace::Zone;
use domain::access::{Access, Scope};
use protocol::{At, RoomView};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How long ago something was, to the minutes that are kept: `just now`, `20 minutes ago`, `3 hours ago`, `2 days ago`,
/// and after a week `on 20 Nov`.
pub fn ago(zone: &Zone, at: At) -> String {
    let count = |n: i64, unit: &str| if n == 1 { format!("1 {unit} ago") } else { format!("{n} {unit}s ago") };
    match zone.now.get() - at.get() {
        // The last use is kept every five minutes.
        gone if gone < 6 * MINUTE => "just now".to_owned(),
        gone if gone < HOUR => count(gone / MINUTE, "minute"),
        gone if gone < DAY => count(gone / HOUR, "hour"),
        gone if gone < 7 * DAY => count(gone / DAY, "day"),
        _ => format!("on {}", zone.date(at)),
    }
}

/// What a token may do, where; `rooms` are those of the one who bears it.
pub fn scope(scope: &Scope, rooms: &[RoomView]) -> String {
    let Scope::Token { rooms: reached, access } = scope else { return "Does whatever you may do".to_owned() };
    let does = match access {
        Access::Read => "Reads",
        Access::Write => "Writes",
        Access::ReadAndWrite => "Reads and writes",
    };
    let Some(reached) = reached else { return format!("{does} in all rooms") };
    let names: Vec<_> = rooms.iter().filter(|room| reached.contains(&room.id)).map(|room| room.name.as_str()).collect();
    match names[..] {
        [] => "Reaches no room any more".to_owned(),
        _ => format!("{does} in {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_roughly_as_they_are_known() {
        let at = |ms: i64| At::try_from(ms).unwrap();
        // 9 November 2023, 22:13
        let now = 1_699_568_000_000;
        let zone = Zone { name: None, now: at(now) };
        for (gone, words) in [
            (-HOUR, "just now"),
            (5 * MINUTE, "just now"),
            (6 * MINUTE, "6 minutes ago"),
            (HOUR, "1 hour ago"),
            (DAY - 1, "23 hours ago"),
            (DAY, "1 day ago"),
            (7 * DAY - 1, "6 days ago"),
            (7 * DAY, "on 2 Nov"),
            (365 * DAY, "on 9 Nov 2022"),
        ] {
            assert_eq!(ago(&zone, at(now - gone)), words);
        }
    }
}
