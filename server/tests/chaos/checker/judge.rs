use super::{Invariant, Stored, Truth, Verdict};
use crate::world::{By, Draft, Entry, History};
use protocol::{ClientId, Code, Message, RoomId, UserId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Holds the histories against the truth; `late` says who did not agree in time.
pub fn judge(truth: &Truth, histories: &[History], late: Vec<String>) -> Verdict {
    let mut judge = Judge::new(truth, histories);
    judge.stored();
    judge.views();
    for history in histories {
        judge.client(history);
        if late.is_empty() {
            judge.shown(history);
        }
    }
    for how in late {
        judge.verdict.breaks(Invariant::Agreed, how);
    }
    judge.verdict
}

struct Judge<'a> {
    truth: &'a Truth,
    /// Who wanted to say what.
    drafts: HashMap<ClientId, (UserId, &'a Draft)>,
    at: HashMap<(RoomId, i64), &'a Stored>,
    by_id: HashMap<(UserId, ClientId), Vec<&'a Stored>>,
    acked: BTreeSet<ClientId>,
    verdict: Verdict,
}

impl<'a> Judge<'a> {
    fn new(truth: &'a Truth, histories: &'a [History]) -> Self {
        let drafts = histories.iter().flat_map(|history| history.drafts().map(|draft| (history.user, draft)));
        let drafts = drafts.map(|(user, draft)| (draft.client_id, (user, draft))).collect();
        let mut by_id: HashMap<_, Vec<_>> = HashMap::new();
        for stored in &truth.stored {
            by_id.entry((stored.author, stored.client_id)).or_default().push(stored);
        }
        let at = truth.stored.iter().map(|stored| ((stored.room, stored.no), stored)).collect();
        let verdict = Verdict { stored: truth.stored.len(), ..Verdict::default() };
        let mut acked = BTreeSet::new();
        for entry in histories.iter().flat_map(|history| history.of_this_life()) {
            if let Entry::Acked { client_id, .. } = entry {
                acked.insert(*client_id);
            }
        }
        Self { truth, drafts, at, by_id, acked, verdict }
    }

    /// The database by itself: numbers without holes, nothing twice, nothing that nobody said.
    fn stored(&mut self) {
        let mut last: BTreeMap<RoomId, i64> = BTreeMap::new();
        for stored in &self.truth.stored {
            let before = last.insert(stored.room, stored.no).unwrap_or(0);
            if stored.no != before + 1 {
                self.verdict.breaks(Invariant::Ordered, format!("{stored:?} is stored after number {before}"));
            }
            self.is_said(stored, "is stored");
        }
        for ((_, id), rows) in self.by_id.iter().filter(|(_, rows)| rows.len() > 1) {
            let invariant = if self.acked.contains(id) { Invariant::Once } else { Invariant::Settled };
            self.verdict.breaks(invariant, format!("stored {} times: {rows:?}", rows.len()));
        }
    }

    fn is_said(&mut self, stored: &Stored, how: &str) {
        let is_known = self.drafts.get(&stored.client_id).is_some_and(|(user, draft)| {
            (*user, draft.room, &draft.text) == (stored.author, stored.room, &stored.text)
        });
        if !is_known {
            self.verdict.breaks(Invariant::True, format!("{stored:?} {how} and was never said"));
        }
    }

    /// What the server shows to each member is what is stored.
    fn views(&mut self) {
        for (user, room, shown) in &self.truth.shown {
            let stored = self.truth.stored.iter().filter(|stored| stored.room == *room);
            if !stored.eq(shown.iter()) {
                self.verdict.breaks(Invariant::Kept, format!("{user} is shown another room {room} than is stored"));
            }
        }
    }

    /// One client, from its first entry to its last.
    fn client(&mut self, history: &History) {
        let name = &history.client;
        let mut applied: BTreeMap<RoomId, i64> = BTreeMap::new();
        let mut acks: HashMap<ClientId, i64> = HashMap::new();
        for entry in history.of_this_life() {
            match entry {
                Entry::Acked { client_id, room, no } => {
                    self.acknowledged(history, *client_id, *room, no.get());
                    if acks.insert(*client_id, no.get()).is_some_and(|first| first != no.get()) {
                        self.verdict.breaks(Invariant::Once, format!("{name}: {client_id} has two acknowledgements"));
                    }
                }
                Entry::Saw { room, by, message } => {
                    self.saw(history, *room, message);
                    if *by == By::Applied {
                        self.applied(name, &mut applied, *room, message);
                    }
                }
                Entry::Hole { room, known, came } => {
                    let how = format!("{name}: revision {came} of room {room} came live after {known}");
                    self.verdict.breaks(Invariant::Ordered, how);
                }
                Entry::Anew { room, last } => {
                    applied.insert(*room, last.get());
                }
                Entry::Told { room } => self.is_theirs(history, *room),
                _ => {}
            }
        }
        self.own_order(history, &acks);
    }

    fn acknowledged(&mut self, history: &History, id: ClientId, room: RoomId, no: i64) {
        self.verdict.acknowledged += 1;
        let is_kept =
            self.at.get(&(room, no)).is_some_and(|stored| (stored.client_id, stored.author) == (id, history.user));
        if !is_kept {
            let how = format!("{}: {id} was acknowledged as number {no} of room {room}", history.client);
            self.verdict.breaks(Invariant::Kept, format!("{how}, where {:?} stands", self.at.get(&(room, no))));
        }
    }

    fn saw(&mut self, history: &History, room: RoomId, message: &Message) {
        self.is_theirs(history, room);
        let seen = Stored::of(room, message);
        self.is_said(&seen, &format!("came to {}", history.client));
        if self.at.get(&(room, seen.no)).is_none_or(|stored| **stored != seen) {
            self.verdict.breaks(Invariant::True, format!("{} saw {seen:?}, which is not stored", history.client));
        }
    }

    fn applied(&mut self, name: &str, applied: &mut BTreeMap<RoomId, i64>, room: RoomId, message: &Message) {
        self.verdict.applied += 1;
        let no = message.no.get();
        // Whoever was told a room as it stands has its messages from there on.
        let before = applied.insert(room, no).unwrap_or(no - 1);
        if no <= before {
            self.verdict.breaks(Invariant::Once, format!("{name} took number {no} of room {room} after {before}"));
        } else if no != before + 1 {
            self.verdict.breaks(Invariant::Ordered, format!("{name} took number {no} of room {room} after {before}"));
        }
    }

    fn is_theirs(&mut self, history: &History, room: RoomId) {
        if !self.truth.members.get(&room).is_some_and(|members| members.contains(&history.user)) {
            self.verdict.breaks(Invariant::Private, format!("{} heard of room {room}", history.client));
        }
    }

    /// What a client said first stands first, unless the server once could not store it: then it is said again, after
    /// what followed it. A refusal goes unheard when the connection ends before it comes.
    fn own_order(&mut self, history: &History, acks: &HashMap<ClientId, i64>) {
        let may_be_refused = |entry: &Entry| match entry {
            Entry::Refused(Code::Unavailable) => true,
            Entry::Ended(_) => self.truth.has_refused,
            _ => false,
        };
        if history.entries.iter().any(may_be_refused) {
            return;
        }
        let mut last: BTreeMap<RoomId, i64> = BTreeMap::new();
        for draft in history.drafts() {
            let Some(no) = acks.get(&draft.client_id) else { continue };
            if last.insert(draft.room, *no).is_some_and(|before| before >= *no) {
                let how =
                    format!("{}: number {no} of room {} was said after what follows it", history.client, draft.room);
                self.verdict.breaks(Invariant::Ordered, how);
            }
        }
    }

    /// What a client shows in the end is what is stored.
    fn shown(&mut self, history: &History) {
        for (room, shown) in &history.shown {
            let shown: Vec<_> = shown.iter().map(|message| Stored::of(*room, message)).collect();
            let stored: Vec<_> = self.truth.stored.iter().filter(|stored| stored.room == *room).collect();
            if stored.iter().copied().eq(shown.iter()) {
                continue;
            }
            let name = &history.client;
            match stored.iter().find(|stored| !shown.contains(stored)) {
                Some(lost) => self.verdict.breaks(Invariant::Kept, format!("{name} does not show {lost:?}")),
                None => {
                    self.verdict.breaks(Invariant::Ordered, format!("{name} shows room {room} otherwise than stored"))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
