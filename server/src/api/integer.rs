use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// An integer of the product as JSON may write it: 7.0 is one too (JSON Schema 2020-12, 4.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Integer<T>(pub T);

impl<'de, T: TryFrom<i64, Error = &'static str>> Deserialize<'de> for Integer<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Digits(PhantomData)).map(Self)
    }
}

struct Digits<T>(PhantomData<T>);

impl<T: TryFrom<i64, Error = &'static str>> Visitor<'_> for Digits<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        T::try_from(value).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        self.visit_i64(i64::try_from(value).unwrap_or(i64::MAX))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        // Beyond this not every integer is one of these numbers. Beyond half of it serde_json may read the neighbour of
        // what was written; no id comes near.
        const EXACT: f64 = (1_i64 << 53) as f64;
        if value.fract() != 0.0 || value.abs() > EXACT {
            return Err(E::invalid_type(Unexpected::Float(value), &self));
        }
        self.visit_i64(value as i64)
    }
}

/// A number of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seconds(pub i64);

impl TryFrom<i64> for Seconds {
    type Error = &'static str;

    fn try_from(value: i64) -> Result<Self, Self::Error> {
        Ok(Self(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::No;

    #[test]
    fn an_integer_is_one_however_it_is_written() {
        let read = |json: &str| serde_json::from_str::<Integer<No>>(json).ok().map(|Integer(no)| no.get());
        for (json, no) in [("7", 7), ("7.0", 7), ("0.0", 0), ("1e3", 1000), ("4503599627370495.0", (1 << 52) - 1)] {
            assert_eq!(read(json), Some(no), "{json}");
        }
        for json in
            ["-1", "1.5", "9007199254740992", "9007199254740992.0", "1e300", "18446744073709551615", "\"7\"", "null"]
        {
            assert_eq!(read(json), None, "{json}");
        }
    }
}
