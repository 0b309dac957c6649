use protocol::At;
use serde::{Serialize, Serializer};
use time::{OffsetDateTime, Time};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A moment as RFC 3339 writes it: UTC, with milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(At);

impl From<At> for Moment {
    fn from(at: At) -> Self {
        Self(at)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&written(self.0))
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("A moment (RFC 3339), in UTC and with milliseconds."))
            .examples(["2026-05-04T09:30:00.000Z"])
            .into()
    }
}

impl ToSchema for Moment {}

/// As RFC 3339 writes it.
pub fn written(at: At) -> String {
    let then = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.get()) * 1_000_000);
    // RFC 3339 has no years of five digits.
    let then = then.unwrap_or_else(|_| time::Date::MAX.with_time(Time::MAX).assume_utc());
    let (date, time) = (then.date(), then.time());
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    let (hour, minute, second, millis) = time.as_hms_milli();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_utc_with_milliseconds() {
        let cases = [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_827_696_789, "2000-02-29T12:34:56.789Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            ((1 << 53) - 1, "9999-12-31T23:59:59.999Z"),
        ];
        for (millis, text) in cases {
            assert_eq!(written(At::try_from(millis).unwrap()), text);
        }
    }
}
