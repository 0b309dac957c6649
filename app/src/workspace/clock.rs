//! Times in words, in the reader's own zone.

use protocol::At;

#[cfg(not(feature = "ssr"))]
use crate::live::civil;
#[cfg(feature = "ssr")]
use crate::ssr::civil;

/// The zone in which times are shown, and what "today" is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// The IANA name that the browser gave; UTC until it has.
    pub name: Option<String>,
    pub now: At,
}

/// A moment by the calendar and the clock on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    pub year: i32,
    /// 1–12
    pub month: u8,
    pub day: u8,
    /// 0 is Sunday
    pub weekday: u8,
    pub hour: u8,
    pub minute: u8,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const DAY: i64 = 24 * 60 * 60 * 1000;

impl Zone {
    pub fn civil(&self, at: At) -> Civil {
        civil(at, self.name.as_deref())
    }

    /// `9:05`
    pub fn time(&self, at: At) -> String {
        let Civil { hour, minute, .. } = self.civil(at);
        format!("{hour}:{minute:02}")
    }

    /// `Today`, `Yesterday`, `Friday 20 November`, and the year when it is another one.
    pub fn day(&self, at: At) -> String {
        let day = self.civil(at);
        match self.days_ago(at) {
            0 => "Today".to_owned(),
            1 => "Yesterday".to_owned(),
            _ if day.year == self.civil(self.now).year => day.date(),
            _ => format!("{} {}", day.date(), day.year),
        }
    }

    /// `9:05`, or `9:05 UTC`, today, `Fri` this week, else `20 Nov`, and the year when it is another one.
    pub fn brief(&self, at: At) -> String {
        match self.days_ago(at) {
            ..=0 => self.time(at) + self.mark(),
            1..=6 => WEEKDAYS[usize::from(self.civil(at).weekday)][..3].to_owned(),
            _ => self.date(at),
        }
    }

    /// `20 Nov`, and the year when it is another one.
    pub fn date(&self, at: At) -> String {
        let Civil { year, month, day, .. } = self.civil(at);
        let month = &MONTHS[usize::from(month - 1)][..3];
        if year == self.civil(self.now).year { format!("{day} {month}") } else { format!("{day} {month} {year}") }
    }

    /// `Friday 20 November 2026, 9:05`, or `9:05 UTC`.
    pub fn full(&self, at: At) -> String {
        let day = self.civil(at);
        format!("{} {}, {}{}", day.date(), day.year, self.time(at), self.mark())
    }

    /// ` UTC` after a time as long as the reader's zone is not known: nobody takes it for their own then.
    pub fn mark(&self) -> &'static str {
        if self.name.is_none() { " UTC" } else { "" }
    }

    /// How many midnights lie between then and now.
    fn days_ago(&self, at: At) -> i64 {
        let midnight = |moment: At| {
            let Civil { hour, minute, .. } = self.civil(moment);
            (moment.get() - (i64::from(hour) * 60 + i64::from(minute)) * 60_000).div_euclid(60_000) * 60_000
        };
        // Days of 23 and 25 hours are rounded to one.
        (midnight(self.now) - midnight(at) + DAY / 2).div_euclid(DAY)
    }
}

impl Civil {
    /// Tells days apart.
    pub fn ordinal(self) -> i32 {
        (self.year * 12 + i32::from(self.month)) * 31 + i32::from(self.day)
    }

    fn date(self) -> String {
        let weekday = WEEKDAYS[usize::from(self.weekday)];
        format!("{weekday} {} {}", self.day, MONTHS[usize::from(self.month - 1)])
    }
}

/// A moment for `<time datetime>`: RFC 3339 in UTC.
pub fn datetime(at: At) -> String {
    let Civil { year, month, day, hour, minute, .. } = civil(at, None);
    let second = at.get().div_euclid(1000).rem_euclid(60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests;
