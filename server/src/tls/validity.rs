use protocol::At;
use time::{Date, Month, PrimitiveDateTime, Time};

const SEQUENCE: u8 = 0x30;
/// `[0]`, which only certificates of version 2 and 3 have.
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// From when to when a certificate in DER is valid (RFC 5280, 4.1); `None` when it is none.
pub fn validity(certificate: &[u8]) -> Option<(At, At)> {
    let mut fields = Fields(Fields(Fields(certificate).sequence()?).sequence()?);
    if fields.0.first() == Some(&VERSION) {
        fields.next()?;
    }
    // Serial number, signature, issuer.
    for _ in 0..3 {
        fields.next()?;
    }
    let mut times = Fields(fields.sequence()?);
    Some((at(times.next()?)?, at(times.next()?)?))
}

/// What follows one another in DER (X.690).
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// The tag and the content of the next one.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&[tag, first], rest) = self.0.split_first_chunk()?;
        let (length, rest) = match first {
            ..=0x7f => (usize::from(first), rest),
            0x80 | 0x85.. => return None,
            _ => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
            }
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    fn sequence(&mut self) -> Option<&'a [u8]> {
        self.next().filter(|(tag, _)| *tag == SEQUENCE).map(|(_, content)| content)
    }
}

fn at((tag, digits): (u8, &[u8])) -> Option<At> {
    let digits = str::from_utf8(digits).ok()?.strip_suffix('Z')?;
    let (year, rest) = match tag {
        UTC_TIME => digits.split_at_checked(2)?,
        GENERALIZED_TIME => digits.split_at_checked(4)?,
        _ => return None,
    };
    let year: i32 = year.parse().ok()?;
    let year = match (tag, year) {
        // RFC 5280, 4.1.2.5.1.
        (UTC_TIME, 50..) => 1900 + year,
        (UTC_TIME, _) => 2000 + year,
        _ => year,
    };
    let mut pairs = (0..10).step_by(2).map(|at| rest.get(at..at + 2)?.parse::<u8>().ok());
    let mut pair = || pairs.next().flatten();
    let date = Date::from_calendar_date(year, Month::try_from(pair()?).ok()?, pair()?).ok()?;
    let time = Time::from_hms(pair()?, pair()?, pair()?).ok()?;
    At::try_from(PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp() * 1000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_tells_its_times() {
        let (_folder, certificate, _) = crate::tls::tests::certify();
        let der = super::super::files::chain(&std::fs::read(certificate).unwrap()).unwrap();
        let (from, to) = validity(&der[0]).unwrap();
        assert_eq!(to.get() - from.get(), 30 * 86_400_000, "as openssl does without being told");
    }

    #[test]
    fn both_ways_of_writing_a_time_are_read() {
        for (tag, text, seconds) in [
            (UTC_TIME, "700101000000Z", 0),
            (UTC_TIME, "261122215900Z", 1_795_384_740),
            (GENERALIZED_TIME, "20500101000000Z", 2_524_608_000),
        ] {
            assert_eq!(at((tag, text.as_bytes())).unwrap().get(), seconds * 1000, "{text}");
        }
        for odd in ["", "Z", "26112221590Z", "261322215900Z", "2611222159000", "é61122215900Z"] {
            assert_eq!(at((UTC_TIME, odd.as_bytes())), None, "{odd}");
        }
    }

    #[test]
    fn what_is_no_certificate_has_no_times() {
        let nested = [SEQUENCE, 0x84, 0xff, 0xff, 0xff, 0xff];
        for odd in [&[][..], &[SEQUENCE], &[SEQUENCE, 0x80], &[SEQUENCE, 2, SEQUENCE, 0], &nested] {
            assert_eq!(validity(odd), None, "{odd:?}");
        }
    }
}
