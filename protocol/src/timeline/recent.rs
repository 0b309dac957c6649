use crate::{Change, No, Person, Rev, Slice, What};
use std::collections::VecDeque;

/// Maximum of changes that are kept for pages which were read before them.
const KEPT: usize = 128;

/// The newest changes of a room, for what was read before them and arrives after them.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    changes: VecDeque<Change>,
    /// Every change after this revision is kept; `None` while no change has come.
    since: Option<Rev>,
    /// The person's own newest message among all that have come.
    own: Option<(Rev, No)>,
    /// Own messages up to this revision are in the read marker.
    own_rev: Rev,
}

/// How a state was reached is no part of it.
impl PartialEq for Recent {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Recent {}

impl Recent {
    /// Keeps a change; everything up to `before` was known without it.
    pub fn push(&mut self, before: Rev, change: &Change) {
        self.since.get_or_insert(before);
        self.changes.push_back(change.clone());
        if self.changes.len() > KEPT {
            self.since = self.changes.pop_front().map(|forgotten| forgotten.rev);
        }
    }

    /// Notes an own message; false when the read marker was read after it.
    pub fn note_own_message(&mut self, rev: Rev, no: No) -> bool {
        self.own = self.own.max(Some((rev, no)));
        rev > self.own_rev
    }

    /// Notes that the read marker was read at that revision.
    pub fn note_own_state(&mut self, rev: Rev) {
        self.own_rev = self.own_rev.max(rev);
    }

    /// The person's newest message, when it came after that revision.
    pub fn own_after(&self, rev: Rev) -> Option<No> {
        self.own.filter(|(own, _)| *own > rev).map(|(_, no)| no)
    }

    /// Brings a page up to date; false when it was read before changes that are no longer kept.
    pub fn replay(&self, page: &mut Slice, known: Rev) -> bool {
        if page.rev < self.since.unwrap_or(known) {
            return false;
        }
        let read = page.rev;
        let missed = self.changes.iter().filter(|change| change.rev > read);
        missed.for_each(|change| page.take(&change.what));
        page.rev = page.rev.max(known);
        true
    }
}

impl Slice {
    /// Applies a change that came after the slice was read.
    pub(super) fn take(&mut self, what: &What) {
        match what {
            // A slice that was read ahead of the room begins behind what the room learns now.
            What::Message(message) if !self.later && self.first_no() <= Some(message.no) => {
                self.insert(message.clone())
            }
            What::MemberJoined(member) | What::MemberChanged(member) => self.rename(&member.person),
            _ => {}
        }
    }

    fn rename(&mut self, person: &Person) {
        let authors = self.messages.iter_mut().map(|message| &mut message.author);
        authors.filter(|author| author.id == person.id).for_each(|author| *author = person.clone());
    }
}
