use super::{BROKEN, Task};
use crate::listener::Stream;
use bytes::{Buf, Bytes};
use std::collections::VecDeque;
use std::io::IoSlice;

/// As many pieces are written by one system call.
const PIECES: usize = 32;

/// What waits for the line, or for the socket's task.
pub enum Waiting {
    /// Whole frames, or what is left of them once the line has taken a part.
    Frames {
        rest: Bytes,
        is_cut: bool,
        kind: Kind,
    },
    Task(Task),
}

/// Why a frame is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something has happened; however much that is, the server does not wait.
    Told,
    /// The socket has asked; it is not asked on while much of its answer waits ([`calm`](super::Connection::calm)).
    Answer,
}

#[derive(Default)]
pub struct Queue {
    pub waiting: VecDeque<Waiting>,
    pub bytes: usize,
    /// As many of these are answers, which the limit does not count: one page may be longer than the limit.
    pub answers: usize,
    pub closed: Option<u16>,
    /// The line has taken more than it could send on, as an encrypted one does.
    pub is_held: bool,
}

impl Waiting {
    /// What an entry weighs: its text and about what the queue keeps around it.
    fn bytes(&self) -> usize {
        self.frames().map_or(0, <[u8]>::len) + size_of::<Self>()
    }

    fn answer_bytes(&self) -> usize {
        if matches!(self, Self::Frames { kind: Kind::Answer, .. }) { self.bytes() } else { 0 }
    }

    fn frames(&self) -> Option<&[u8]> {
        match self {
            Self::Frames { rest, .. } => Some(rest),
            Self::Task(_) => None,
        }
    }
}

impl Queue {
    pub fn push(&mut self, waiting: Waiting) {
        self.bytes += waiting.bytes();
        self.answers += waiting.answer_bytes();
        self.waiting.push_back(waiting);
    }

    pub fn pop(&mut self) {
        if let Some(waiting) = self.waiting.pop_front() {
            self.bytes -= waiting.bytes();
            self.answers -= waiting.answer_bytes();
        }
    }

    /// Writes the frames at the front, as far as the line takes them.
    pub fn flush(&mut self, line: &Stream) {
        while self.closed.is_none() {
            let mut pieces = [IoSlice::new(&[]); PIECES];
            let frames = self.waiting.iter().map_while(Waiting::frames);
            let count = pieces.iter_mut().zip(frames).map(|(piece, frames)| *piece = IoSlice::new(frames)).count();
            let sent = if count == 0 { Ok(0) } else { line.try_write(&pieces[..count]) };
            match sent {
                Ok(0) => break,
                Ok(sent) => self.sent(sent),
                Err(_) => self.closed = Some(BROKEN),
            }
        }
        match line.try_flush() {
            Ok(is_out) => self.is_held = !is_out,
            Err(_) => self.closed = Some(BROKEN),
        }
    }

    /// Forgets what the line has taken.
    fn sent(&mut self, mut count: usize) {
        while let Some(Waiting::Frames { rest, is_cut, kind }) = self.waiting.front_mut()
            && count > 0
        {
            let taken = count.min(rest.len());
            rest.advance(taken);
            self.bytes -= taken;
            self.answers -= if *kind == Kind::Answer { taken } else { 0 };
            count -= taken;
            *is_cut = true;
            if rest.is_empty() {
                self.pop();
            }
        }
    }
}
