use protocol::{
    At, CatchUp, Change, ClientId, Event, Generation, Kind, Member, Message, MessageText, No, OwnState, Page, Person,
    Preview, ReadMarker, Rev, Role, RoomId, RoomName, RoomView, Slice, UserId, What,
};
use std::collections::BTreeMap;

/// A room as a database keeps it: one row a thing, each with the revision of its newest change.
pub struct World {
    rev: i64,
    name: (i64, RoomName),
    messages: Vec<(i64, Message)>,
    people: BTreeMap<i64, Seat>,
    read: ReadMarker,
}

struct Seat {
    /// How often the person has taken another name.
    names: i64,
    is_member: bool,
    rev: i64,
    joined_rev: i64,
}

impl World {
    pub fn new() -> Self {
        let seat = |id| (id, Seat { names: 0, is_member: id < 3, rev: 0, joined_rev: 0 });
        let name = (0, RoomName::parse("Bakery").unwrap());
        Self { rev: 0, name, messages: Vec::new(), people: (1..=4).map(seat).collect(), read: ReadMarker::default() }
    }

    pub fn me() -> UserId {
        1.try_into().unwrap()
    }

    pub fn room() -> RoomId {
        1.try_into().unwrap()
    }

    pub fn post(&mut self, person: i64) -> Option<Change> {
        self.people[&person].is_member.then(|| {
            let no = No::try_from(self.messages.len() as i64 + 1).unwrap();
            let (client_id, at) = (ClientId(uuid::Uuid::from_u128(no.get() as u128)), At::try_from(no.get()).unwrap());
            let text = MessageText::parse(&format!("message {no}")).unwrap();
            let message = Message { no, author: self.person(person), client_id, text, at };
            self.rev += 1;
            self.messages.push((self.rev, message.clone()));
            if person == 1 {
                self.read.no = no;
            }
            self.change(self.rev, What::Message(message))
        })
    }

    pub fn rename(&mut self, person: i64) -> Option<Change> {
        let seat = self.people.get_mut(&person).unwrap();
        seat.names += 1;
        seat.is_member.then(|| {
            self.rev += 1;
            seat.rev = self.rev;
        })?;
        Some(self.change(self.rev, What::MemberChanged(self.member(person))))
    }

    pub fn moves(&mut self, person: i64) -> Option<Change> {
        self.rev += 1;
        let seat = self.people.get_mut(&person).unwrap();
        seat.is_member = !seat.is_member;
        seat.rev = self.rev;
        if seat.is_member {
            seat.joined_rev = self.rev;
        }
        Some(self.change(self.rev, self.of_seat(person)))
    }

    pub fn retitle(&mut self) -> Change {
        self.rev += 1;
        let name = RoomName::parse(&format!("Room {}", self.rev)).unwrap();
        self.name = (self.rev, name.clone());
        self.change(self.rev, What::RoomChanged { name })
    }

    pub fn seen(&mut self, no: i64) -> Option<Event> {
        let no = No::try_from(no.min(self.messages.len() as i64)).unwrap();
        let has_moved = no > self.read.no;
        self.read.no = self.read.no.max(no);
        has_moved.then(|| self.own_state())
    }

    pub fn mark_unread(&mut self, no: i64) -> Option<Event> {
        (no <= self.messages.len() as i64).then(|| {
            let generation = Generation::try_from(self.read.generation.get() + 1).unwrap();
            self.read = ReadMarker { generation, no: No::try_from(no - 1).unwrap() };
            self.own_state()
        })
    }

    pub fn own_state(&self) -> Event {
        Event::OwnState(OwnState { room: Self::room(), rev: rev(self.rev), read: self.read })
    }

    pub fn page(&self, page: Page, limit: i64) -> Event {
        let last = self.messages.len() as i64;
        let (from, to) = match page {
            Page::Newest => (last - limit + 1, last),
            Page::Before(no) => ((no.get() - limit).min(last - limit + 1), last.min(no.get() - 1)),
            Page::After(no) => (no.get() + 1, no.get() + limit),
            Page::Around(no) => (no.get() - (limit - 1) / 2, no.get() + (limit - 1) / 2),
        };
        let (from, to) = (from.max(1), to.min(last));
        let messages = self.messages(from, to);
        let slice = Slice { rev: rev(self.rev), messages, earlier: last > 0 && from > 1, later: to < last };
        Event::Messages { room: Self::room(), slice }
    }

    /// The messages of these numbers, with the names that people bear now.
    pub fn messages(&self, from: i64, to: i64) -> Vec<Message> {
        let is_among = |message: &&(i64, Message)| (from..=to).contains(&message.1.no.get());
        let now = |(_, message): &(i64, Message)| Message { author: self.now(&message.author), ..message.clone() };
        self.messages.iter().filter(is_among).map(now).collect()
    }

    /// What was missed since a revision, each thing once.
    pub fn missed(&self, since: Rev) -> Event {
        let mut changes: Vec<_> = self.messages(1, self.messages.len() as i64).into_iter().map(What::Message).collect();
        let mut changes: Vec<_> =
            changes.drain(..).zip(&self.messages).map(|(what, (of, _))| self.change(*of, what)).collect();
        let seats = self.people.iter().filter(|(_, seat)| seat.rev > 0);
        changes.extend(seats.map(|(person, seat)| self.change(seat.rev, self.of_seat(*person))));
        if self.name.0 > 0 {
            changes.push(self.change(self.name.0, What::RoomChanged { name: self.name.1.clone() }));
        }
        changes.retain(|change| change.rev > since);
        changes.sort_by_key(|change| change.rev);
        Event::Changes(CatchUp { room: self.view(), since, changes })
    }

    pub fn view(&self) -> RoomView {
        let last = self.messages.last().map(|(_, message)| message.clone());
        let last = last.map(|message| Message { author: self.now(&message.author), ..message });
        RoomView {
            id: Self::room(),
            kind: Kind::Group,
            name: self.name.1.to_string(),
            other: None,
            role: Role::Member,
            members: self.members().len() as u32,
            rev: rev(self.rev),
            last_no: No::try_from(self.messages.len() as i64).unwrap(),
            read: self.read,
            active_at: last.as_ref().map_or(At::try_from(0).unwrap(), |message| message.at),
            last: last.as_ref().map(Preview::of),
        }
    }

    pub fn members(&self) -> Vec<Member> {
        let members = self.people.iter().filter(|(_, seat)| seat.is_member);
        members.map(|(person, _)| self.member(*person)).collect()
    }

    /// Messages without the names of those who have left: nobody is told when they change.
    pub fn told(&self, messages: &[Message]) -> Vec<Message> {
        let is_told = |author: &Person| self.people[&author.id.get()].is_member;
        let told = |message: &Message| match is_told(&message.author) {
            true => message.clone(),
            false => Message { author: Person { name: String::new(), ..message.author.clone() }, ..message.clone() },
        };
        messages.iter().map(told).collect()
    }

    /// The room without the name of an author who has left.
    pub fn told_view(&self, room: &RoomView) -> RoomView {
        let mut room = room.clone();
        if let Some(last) = room.last.as_mut().filter(|last| !self.people[&last.author.id.get()].is_member) {
            last.author.name.clear();
        }
        room
    }

    fn of_seat(&self, person: i64) -> What {
        match &self.people[&person] {
            Seat { is_member: false, .. } => What::MemberLeft(UserId::try_from(person).unwrap()),
            seat if seat.rev == seat.joined_rev => What::MemberJoined(self.member(person)),
            _ => What::MemberChanged(self.member(person)),
        }
    }

    fn member(&self, person: i64) -> Member {
        Member { person: self.person(person), role: Role::Member }
    }

    fn now(&self, author: &Person) -> Person {
        self.person(author.id.get())
    }

    fn person(&self, person: i64) -> Person {
        let (id, name) = (UserId::try_from(person).unwrap(), format!("Name {}", self.people[&person].names));
        Person { id, username: format!("p{person}"), name, is_bot: false }
    }

    fn change(&self, of: i64, what: What) -> Change {
        Change { room: Self::room(), rev: rev(of), what }
    }
}

fn rev(rev: i64) -> Rev {
    Rev::try_from(rev).unwrap()
}
