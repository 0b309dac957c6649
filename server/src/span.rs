//! A length of time as people write it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

const UNITS: [(&str, u64); 4] = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)];

/// A number of seconds, minutes, hours or days, such as `24h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub Duration);

impl FromStr for Span {
    type Err = &'static str;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (unit, seconds) = UNITS.into_iter().find(|(unit, _)| written.ends_with(unit))?;
            let count: u64 = written.strip_suffix(unit)?.parse().ok()?;
            let span = Duration::from_secs(count.checked_mul(seconds)?);
            (!span.is_zero() && span <= Duration::from_secs(366 * 86_400)).then_some(Self(span))
        };
        read().ok_or("write a number and s, m, h or d for its unit, such as 24h, up to a year")
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_number_and_a_unit() {
        for (written, seconds) in [("1s", 1), ("90m", 5400), ("24h", 86_400), ("7d", 604_800)] {
            assert_eq!(written.parse(), Ok(Span(Duration::from_secs(seconds))));
        }
        for other in ["", "24", "h", "0h", "-1h", "1.5h", "24 h", "24H", "400d", "18446744073709551615d"] {
            assert!(other.parse::<Span>().is_err(), "{other}");
        }
    }
}
