//! Reads the JSON of the wire with little code.
//!
//! `serde_json` reads everything, and explains what it cannot read; in a browser that is a quarter of the client's bytes.
//! Here a type says what it expects and gets it or nothing: no floats, no tagged or flattened types (they would have to
//! look ahead), one error without words.

mod collection;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::{borrow::Cow, fmt};

/// A text that is not what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("malformed JSON")
    }
}

impl std::error::Error for Malformed {}

impl Error for Malformed {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Reads one value, with nothing but white space around it.
///
/// # Errors
/// [`Malformed`], whatever is wrong. What stands in fields that the type does not know is hardly looked at.
pub fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Malformed> {
    let mut reader = Reader { text, at: 0 };
    let value = T::deserialize(&mut reader)?;
    if reader.peek().is_none() { Ok(value) } else { Err(Malformed) }
}

/// How far a text has been read.
struct Reader<'de> {
    text: &'de str,
    at: usize,
}

impl<'de> Reader<'de> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.byte()
    }

    /// Takes a sign if it is the next.
    fn has(&mut self, sign: u8) -> bool {
        let is_next = self.peek() == Some(sign);
        self.at += usize::from(is_next);
        is_next
    }

    fn take(&mut self, sign: u8) -> Result<(), Malformed> {
        if self.has(sign) { Ok(()) } else { Err(Malformed) }
    }

    /// Takes a number, or a word such as `null`.
    fn word(&mut self) -> &'de str {
        self.peek();
        let start = self.at;
        while matches!(self.byte(), Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'+' | b'.')) {
            self.at += 1;
        }
        self.since(start)
    }

    fn since(&self, start: usize) -> &'de str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn integer(&mut self) -> Result<i64, Malformed> {
        let word = self.word();
        // Rust reads these, and JSON does not.
        let digits = word.strip_prefix('-').unwrap_or(word);
        if digits.starts_with('+') || (digits.starts_with('0') && digits.len() > 1) {
            return Err(Malformed);
        }
        word.parse().map_err(|_| Malformed)
    }

    /// Takes a string; it is copied only when something in it is escaped.
    fn string(&mut self) -> Result<Cow<'de, str>, Malformed> {
        self.take(b'"')?;
        let mut text = Cow::Borrowed("");
        loop {
            let start = self.at;
            while !matches!(self.byte(), None | Some(b'"' | b'\\' | ..b' ')) {
                self.at += 1;
            }
            let plain = self.since(start);
            if text.is_empty() {
                text = Cow::Borrowed(plain)
            } else {
                text.to_mut().push_str(plain)
            }
            let sign = self.byte().ok_or(Malformed)?;
            self.at += 1;
            match sign {
                b'"' => return Ok(text),
                b'\\' => text.to_mut().push(self.escaped()?),
                _ => return Err(Malformed),
            }
        }
    }

    /// What stands after a backslash.
    fn escaped(&mut self) -> Result<char, Malformed> {
        let sign = self.byte().ok_or(Malformed)?;
        self.at += 1;
        Ok(match sign {
            b'"' | b'\\' | b'/' => sign.into(),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.code_point()?,
            _ => return Err(Malformed),
        })
    }

    /// One or, beyond U+FFFF, two UTF-16 units (RFC 8259, 7); half of a pair is malformed.
    fn code_point(&mut self) -> Result<char, Malformed> {
        let mut unit = self.unit()?;
        if let 0xd800..0xdc00 = unit {
            let is_pair = self.byte() == Some(b'\\') && self.text.as_bytes().get(self.at + 1) == Some(&b'u');
            self.at += 2;
            let low = if is_pair { self.unit()?.wrapping_sub(0xdc00) } else { return Err(Malformed) };
            unit = if low < 0x400 { 0x1_0000 + ((unit - 0xd800) << 10) + low } else { return Err(Malformed) };
        }
        char::from_u32(unit).ok_or(Malformed)
    }

    fn unit(&mut self) -> Result<u32, Malformed> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.byte().and_then(|byte| char::from(byte).to_digit(16)).ok_or(Malformed)?;
            unit = unit * 16 + digit;
            self.at += 1;
        }
        Ok(unit)
    }

    /// Passes over a value that nobody asked for.
    fn skip(&mut self) -> Result<(), Malformed> {
        let mut depth = 0_usize;
        loop {
            match self.peek().ok_or(Malformed)? {
                b'"' => drop(self.string()?),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1).ok_or(Malformed)?;
                    self.at += 1;
                }
                b':' | b',' if depth > 0 => self.at += 1,
                _ if self.word().is_empty() => return Err(Malformed),
                _ => {}
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }
}

/// Each type asks for what it is; nothing is guessed.
impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Malformed;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Malformed> {
        Err(Malformed)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        match self.word() {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(Malformed),
        }
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_i64(self.integer()?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_i64(self.integer()?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_i64(self.integer()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        match self.string()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_string(self.string()?.into_owned())
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_str(&self.string()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        if self.peek() != Some(b'n') {
            return visitor.visit_some(self);
        }
        if self.word() == "null" { visitor.visit_none() } else { Err(Malformed) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        self.list(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        self.object(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        self.variant(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        self.skip()?;
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct map
    }
}

#[cfg(test)]
mod tests;
