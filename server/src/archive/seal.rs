//! The end of an archive: a second member of the gzip file, which is fixed to the byte by the first.

use super::value::hex;
use flate2::Crc;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::{self, BufRead, Read, Write};

/// The last line.
#[derive(Serialize)]
pub struct Seal<'a> {
    pub rows: u64,
    /// Of the lines between the first and the last, unpacked.
    pub content: &'a str,
    /// Of every byte of the file before this line's own.
    pub sha256: &'a str,
}

impl Seal<'_> {
    /// As the bytes of the file: a member of gzip that holds the line as it is (RFC 1951, 3.2.4, and RFC 1952, 2.3).
    pub fn bytes(&self) -> Vec<u8> {
        let mut line = serde_json::to_vec(self).expect("a number and texts");
        line.push(b'\n');
        let length = u16::try_from(line.len()).expect("a short line");
        let mut crc = Crc::new();
        crc.update(&line);
        let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
        bytes.extend(length.to_le_bytes());
        bytes.extend((!length).to_le_bytes());
        bytes.extend(&line);
        bytes.extend(crc.sum().to_le_bytes());
        bytes.extend(u32::from(length).to_le_bytes());
        bytes
    }
}

/// Hashes whatever goes through it.
pub struct Hashing<T> {
    inner: T,
    hash: Sha256,
    bytes: u64,
}

impl<T> Hashing<T> {
    pub fn new(inner: T) -> Self {
        Self { inner, hash: Sha256::new(), bytes: 0 }
    }

    /// How many bytes went through it.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What it was wrapped around, and the hash in hexadecimal digits.
    pub fn finish(self) -> (T, String) {
        (self.inner, hex(&self.hash.finalize()))
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: BufRead> Read for Hashing<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.hash.update(&bytes[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Hashing<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        // What was shown last is still there.
        if let Ok(shown) = self.inner.fill_buf() {
            self.hash.update(&shown[..amount]);
            self.bytes += amount as u64;
        }
        self.inner.consume(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;

    #[test]
    fn a_seal_is_gzip() {
        let seal = Seal { rows: 3, content: "ab", sha256: "cd" };
        let mut line = String::new();
        GzDecoder::new(&seal.bytes()[..]).read_to_string(&mut line).unwrap();
        assert_eq!(line, "{\"rows\":3,\"content\":\"ab\",\"sha256\":\"cd\"}\n");
    }
}
