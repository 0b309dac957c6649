use super::Entry;
use protocol::Rev;
use std::collections::BTreeMap;
use std::mem;

/// As many early changes as wait; beyond that the oldest gap is read from the database anyway.
const EARLY: usize = 1024;

/// A room's changes in the order of their revisions.
#[derive(Default)]
pub struct Stream {
    /// Everything up to here is in order; unknown until it has been read once.
    head: Option<Rev>,
    /// Everything up to here was handed out.
    out: Option<Rev>,
    /// What came before its turn.
    early: BTreeMap<Rev, Entry>,
    /// What is in order and not handed out yet.
    ready: Vec<Entry>,
}

impl Stream {
    pub fn head(&self) -> Option<Rev> {
        self.head
    }

    pub fn out(&self) -> Option<Rev> {
        self.out
    }

    pub fn has_gap(&self) -> bool {
        self.head.is_some() && !self.early.is_empty()
    }

    pub fn take(&mut self, entry: Entry) -> bool {
        match self.head {
            Some(head) if entry.rev <= head => {}
            Some(head) if entry.rev == head.next() => {
                self.append(entry);
                self.append_early();
            }
            _ if self.early.len() < EARLY => {
                self.early.insert(entry.rev, entry);
            }
            _ => {}
        }
        !self.ready.is_empty()
    }

    /// Takes changes read from the database after [`Stream::head`], which go out even where revisions skip.
    pub fn mend(&mut self, entries: Vec<Entry>) -> bool {
        for entry in entries {
            if self.head.is_some_and(|head| entry.rev > head) {
                self.append(entry);
            }
        }
        self.append_early();
        !self.ready.is_empty()
    }

    pub fn settle(&mut self, head: Rev) -> bool {
        if self.head.is_none() {
            (self.head, self.out) = (Some(head), Some(head));
            self.append_early();
        }
        !self.ready.is_empty()
    }

    pub fn hand_out(&mut self) -> Vec<Entry> {
        self.out = self.head;
        mem::take(&mut self.ready)
    }

    fn append(&mut self, entry: Entry) {
        self.head = Some(entry.rev);
        self.ready.push(entry);
    }

    fn append_early(&mut self) {
        while let Some((&rev, _)) = self.early.first_key_value() {
            let head = self.head.unwrap_or(Rev::ZERO);
            if rev > head.next() {
                return;
            }
            if let Some(entry) = self.early.remove(&rev).filter(|_| rev > head) {
                self.append(entry);
            }
        }
    }
}
