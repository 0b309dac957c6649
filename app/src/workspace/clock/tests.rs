//! As the server reckons; the browser's own clock is asked in the journeys.
#![cfg(feature = "ssr")]
use super::*;

/// Sunday 22 November 2026, 11:30 UTC.
const NOW: i64 = 1_795_347_000_000;
const HOUR: i64 = 3_600_000;

fn zone(name: Option<&str>) -> Zone {
    Zone { name: name.map(str::to_owned), now: At::try_from(NOW).unwrap() }
}

fn ago(hours: i64) -> At {
    At::try_from(NOW - hours * HOUR).unwrap()
}

#[test]
fn days_have_names_as_people_use_them() {
    let utc = zone(None);
    assert_eq!(utc.day(ago(11)), "Today");
    assert_eq!(utc.day(ago(12)), "Yesterday");
    assert_eq!(utc.day(ago(48)), "Friday 20 November");
    assert_eq!(utc.day(ago(24 * 365)), "Saturday 22 November 2025");
    assert_eq!(utc.brief(ago(2)), "9:30 UTC");
    assert_eq!(zone(Some("Europe/Berlin")).brief(ago(2)), "10:30");
    assert_eq!(utc.brief(ago(48)), "Fri");
    assert_eq!(utc.brief(ago(24 * 7)), "15 Nov");
    assert_eq!(utc.full(ago(48)), "Friday 20 November 2026, 11:30 UTC");
    assert_eq!(datetime(ago(2)), "2026-11-22T09:30:00Z");
}

#[test]
fn only_a_time_that_is_nobody_s_own_says_its_zone() {
    assert_eq!(zone(Some("Europe/Berlin")).full(ago(48)), "Friday 20 November 2026, 12:30");
    assert_eq!((zone(None).mark(), zone(Some("UTC")).mark()), (" UTC", ""));
}

#[test]
fn midnight_is_the_reader_s_own() {
    assert_eq!(zone(Some("Pacific/Auckland")).day(ago(1)), "Yesterday");
    assert_eq!(zone(Some("Pacific/Auckland")).time(ago(0)), "0:30");
    assert_eq!(zone(Some("Nowhere/Else")).time(ago(0)), "11:30");
}
