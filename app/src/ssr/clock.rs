use super::context::cookie;
use crate::workspace::Civil;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use protocol::At;

/// A moment on the wall of a zone, by its IANA name; UTC without one, or when there is no such zone.
pub fn civil(at: At, zone: Option<&str>) -> Civil {
    let zone = zone.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
    let then = Timestamp::from_millisecond(at.get()).unwrap_or_default().to_zoned(zone);
    let small = |n: i8| u8::try_from(n).unwrap_or_default();
    Civil {
        year: then.year().into(),
        month: small(then.month()),
        day: small(then.day()),
        weekday: small(then.weekday().to_sunday_zero_offset()),
        hour: small(then.hour()),
        minute: small(then.minute()),
    }
}

/// The first moment of a day in a zone, and the one after its last; `day` stands as forms send it, such as `2026-11-22`.
pub fn day(day: &str, zone: Option<&str>) -> Option<(At, At)> {
    let zone = zone.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
    let begin = |date: Date| {
        let at = date.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond();
        At::try_from(at).ok()
    };
    let date: Date = day.parse().ok()?;
    Some((begin(date)?, begin(date.tomorrow().ok()?)?))
}

/// The zone that this browser told at its last visit.
pub fn zone() -> Option<String> {
    cookie("natter-zone").filter(|name| TimeZone::get(name).is_ok())
}
