use super::{Person, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A socket written byte by byte, for frames that no honest client sends.
pub struct Raw {
    tcp: TcpStream,
    read: Vec<u8>,
}

impl Raw {
    pub async fn open(person: &Person) -> Self {
        let mut tcp = TcpStream::connect(person.addr()).await.unwrap();
        tcp.set_nodelay(true).unwrap();
        let (host, cookie, origin) = (person.addr(), person.cookie(), person.origin());
        let request = format!(
            "GET /ws HTTP/1.1\r\nhost: {host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             cookie: {cookie}\r\norigin: {origin}\r\n\r\n"
        );
        tcp.write_all(request.as_bytes()).await.unwrap();
        let mut raw = Self { tcp, read: Vec::new() };
        raw.reads("\r\n\r\n").await;
        assert!(raw.read.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&raw.read));
        let head = raw.read.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        raw.read.drain(..head + 4);
        raw.reads("welcome").await;
        raw
    }

    /// Writes; a line that has been closed meanwhile takes nothing.
    pub async fn write(&mut self, bytes: &[u8]) {
        let _ = within("a write", self.tcp.write_all(bytes)).await;
    }

    /// Reads until these words have come.
    pub async fn reads(&mut self, words: &str) {
        within(words, async {
            while !self.read.windows(words.len()).any(|window| window == words.as_bytes()) {
                assert_ne!(self.tcp.read_buf(&mut self.read).await.unwrap(), 0, "the line ended");
            }
        })
        .await;
    }

    /// Reads to the close frame, or to the end; the code, if there was one.
    pub async fn ends(mut self) -> Option<u16> {
        within("the end of a line", async {
            while self.code().is_none() && self.tcp.read_buf(&mut self.read).await.is_ok_and(|read| read > 0) {}
        })
        .await;
        self.code()
    }

    /// Reads to the end; what came behind the close frame.
    pub async fn after_close(mut self) -> Option<Vec<u8>> {
        within("the end of a line", async {
            while self.tcp.read_buf(&mut self.read).await.is_ok_and(|read| read > 0) {}
        })
        .await;
        self.close().map(|(_, rest)| rest.to_vec())
    }

    fn code(&self) -> Option<u16> {
        self.close().map(|(code, _)| code)
    }

    /// The code of the close frame, and what follows it.
    fn close(&self) -> Option<(u16, &[u8])> {
        let mut rest = self.read.as_slice();
        loop {
            let (head, short) = (*rest.first()?, usize::from(*rest.get(1)?));
            let (at, len) = match short {
                126 => (4, usize::from(u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?]))),
                127 => (10, usize::try_from(u64::from_be_bytes(rest.get(2..10)?.try_into().unwrap())).unwrap()),
                short => (2, short),
            };
            let body = rest.get(at..at + len)?;
            if head & 0x0f == 8 {
                return Some((u16::from_be_bytes([*body.first()?, *body.get(1)?]), &rest[at + len..]));
            }
            rest = &rest[at + len..];
        }
    }
}

/// A masked frame (RFC 6455, 5.2) with this first byte.
pub fn frame(head: u8, body: &[u8]) -> Vec<u8> {
    let mut frame = vec![head];
    match body.len() {
        len @ 0..126 => frame.push(0x80 | len as u8),
        len @ 126..=0xffff => {
            frame.push(0x80 | 126);
            frame.extend((len as u16).to_be_bytes());
        }
        len => {
            frame.push(0x80 | 127);
            frame.extend((len as u64).to_be_bytes());
        }
    }
    let mask = [7, 77, 177, 27];
    frame.extend(mask);
    frame.extend(body.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}
