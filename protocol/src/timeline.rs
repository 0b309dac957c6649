use crate::{CatchUp, Change, Kind, Member, Message, No, OwnState, Preview, Rev, RoomView, Slice, UserId, What};
use recent::Recent;
use serde::{Deserialize, Serialize};

mod recent;

/// One room as a client knows it: its line in the room list, a window of its messages and, once asked for, its members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// Whose view this is.
    pub me: UserId,
    pub room: RoomView,
    /// The window; `None` until a page has been fetched.
    pub window: Option<Slice>,
    /// The members by id; `None` until they have been fetched.
    pub members: Option<Vec<Member>>,
    #[serde(skip)]
    recent: Recent,
}

/// What [`Timeline::apply`] made of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It was the next one, and has been applied.
    Fresh,
    /// It was known already; nothing has changed.
    Known,
    /// Changes before it are missing; nothing has changed. Ask for them with `hello`.
    Gap,
}

/// What [`Timeline::merge`] made of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merged {
    Taken,
    /// It was read before changes that are no longer remembered; nothing has changed. Ask for it again.
    Stale,
}

impl Timeline {
    pub fn new(me: UserId, room: RoomView) -> Self {
        Self { me, room, window: None, members: None, recent: Recent::default() }
    }

    /// Applies the next change of the room.
    pub fn apply(&mut self, change: &Change) -> Applied {
        if change.rev <= self.room.rev {
            return Applied::Known;
        }
        if change.rev != self.room.rev.next() {
            return Applied::Gap;
        }
        match &change.what {
            What::MemberJoined(_) => self.room.members += 1,
            What::MemberLeft(_) => self.room.members = self.room.members.saturating_sub(1),
            _ => {}
        }
        self.take(change);
        self.is_at(change.rev);
        Applied::Fresh
    }

    /// Applies everything that was missed.
    pub fn catch_up(&mut self, missed: &CatchUp) -> Applied {
        if missed.room.rev <= self.room.rev {
            return Applied::Known;
        }
        if missed.since > self.room.rev {
            return Applied::Gap;
        }
        let known = self.room.rev;
        for change in missed.changes.iter().filter(|change| change.rev > known) {
            self.take(change);
        }
        let read = self.room.read.max(missed.room.read);
        self.room = RoomView { read, ..missed.room.clone() };
        self.recent.note_own_state(missed.room.rev);
        self.is_at(missed.room.rev);
        Applied::Fresh
    }

    /// Joins a fetched page to the window.
    ///
    /// A page that touches the window extends it, and an empty one changes nothing. Of the others a newer one replaces it,
    /// and an older one comes too late.
    /// Changes that came live after the page was read are applied to it first.
    pub fn merge(&mut self, mut page: Slice) -> Merged {
        if !self.recent.replay(&mut page, self.room.rev) {
            return Merged::Stale;
        }
        self.join(page);
        self.is_at(self.room.rev);
        Merged::Taken
    }

    fn join(&mut self, page: Slice) {
        // It lies behind the end of the room, or before its beginning, and is no place to begin at.
        if page.messages.is_empty() && (page.earlier || page.later) {
            return;
        }
        let Some(window) = &mut self.window else {
            self.window = Some(page);
            return;
        };
        if page.messages.is_empty() {
            return;
        }
        let touches = match (window.first_no(), window.last_no(), page.first_no(), page.last_no()) {
            (Some(first), Some(last), Some(from), Some(to)) => from <= last.next() && first <= to.next(),
            _ => false,
        };
        if !touches {
            // An older one has come too late: the messages before which it stood are no longer kept.
            if page.last_no() > window.last_no() {
                *window = page;
            }
            return;
        }
        if page.first_no() <= window.first_no() {
            window.earlier = page.earlier;
        }
        if page.last_no() >= window.last_no() {
            window.later = page.later;
        }
        for message in page.messages {
            window.insert(message);
        }
    }

    /// Keeps only so many messages of the window, the newest; with none of them there is no window any more.
    pub fn forget(&mut self, kept: usize) {
        if kept == 0 {
            self.window = None;
        } else if let Some(window) = &mut self.window {
            let over = window.messages.len().saturating_sub(kept);
            window.messages.drain(..over);
            window.earlier |= over > 0;
        }
    }

    /// Takes what is the person's own, whatever came before it; whether that is news.
    pub fn take_own(&mut self, own: &OwnState) -> bool {
        let mut read = own.read;
        read.no = self.recent.own_after(own.rev).map_or(read.no, |no| no.max(read.no));
        self.recent.note_own_state(own.rev);
        let is_news = read > self.room.read;
        self.room.read = self.room.read.max(read);
        is_news
    }

    /// Everything up to here has been applied.
    fn is_at(&mut self, rev: Rev) {
        self.room.rev = rev;
        if let Some(window) = &mut self.window {
            window.rev = window.rev.max(rev);
        }
    }

    fn take(&mut self, change: &Change) {
        self.recent.push(self.room.rev, change);
        if let Some(window) = &mut self.window {
            window.take(&change.what);
        }
        match &change.what {
            What::Message(message) => self.take_message(change.rev, message),
            What::MemberJoined(member) | What::MemberChanged(member) => self.take_member(member),
            What::MemberLeft(user) => {
                if let Some(members) = &mut self.members {
                    members.retain(|member| member.person.id != *user);
                }
            }
            What::RoomChanged { name } => self.room.name = name.to_string(),
            What::Unknown => {}
        }
    }

    fn take_message(&mut self, rev: Rev, message: &Message) {
        if message.no > self.room.last_no {
            self.room.last_no = message.no;
            self.room.last = Some(Preview::of(message));
            self.room.active_at = message.at;
        }
        if message.author.id == self.me && self.recent.note_own_message(rev, message.no) {
            self.room.read.no = self.room.read.no.max(message.no);
        }
    }

    fn take_member(&mut self, member: &Member) {
        let person = &member.person;
        if let Some(members) = &mut self.members {
            match members.binary_search_by_key(&person.id, |known| known.person.id) {
                Ok(at) => members[at] = member.clone(),
                Err(at) => members.insert(at, member.clone()),
            }
        }
        if let Some(last) = self.room.last.as_mut().filter(|last| last.author.id == person.id) {
            last.author = person.clone();
        }
        if person.id == self.me {
            self.room.role = member.role;
        } else if self.room.kind == Kind::Direct {
            self.room.name = person.name.clone();
            self.room.other = Some(person.clone());
        }
    }
}

impl Slice {
    pub fn first_no(&self) -> Option<No> {
        self.messages.first().map(|message| message.no)
    }

    pub fn last_no(&self) -> Option<No> {
        self.messages.last().map(|message| message.no)
    }

    /// Puts a message in its place; one that is there already is replaced.
    fn insert(&mut self, message: Message) {
        match self.messages.binary_search_by_key(&message.no, |known| known.no) {
            Ok(at) => self.messages[at] = message,
            Err(at) => self.messages.insert(at, message),
        }
    }
}

#[cfg(test)]
mod tests;
