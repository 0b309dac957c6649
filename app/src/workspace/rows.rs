//! What stands in the log, line by line: a pure function of the state.

use super::alike::alike;
use super::clock::Zone;
use crate::live::Pending;
use protocol::{At, ClientId, Message, MessageText, No, Person, Timeline, UserId};

/// Messages of one author within this time stand together.
const TOGETHER_MS: i64 = 5 * 60 * 1000;

/// What a row is, so that it stays the same element when its content changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Day(i32),
    New,
    /// Unique in the schema; a pending row and its confirmed message have the same.
    Message(UserId, ClientId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// The messages below are of this day.
    Day {
        ordinal: i32,
        label: String,
    },
    /// The messages below are unread.
    New,
    Message(MessageRow),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRow {
    pub author: UserId,
    pub client_id: ClientId,
    pub name: String,
    pub username: String,
    /// Somebody else in this log has a name that looks the same.
    pub has_double: bool,
    pub is_bot: bool,
    pub text: String,
    pub at: At,
    pub time: String,
    pub full: String,
    /// It belongs to the one above: no avatar, no name.
    pub is_grouped: bool,
    /// It says that its author joined.
    pub is_arrival: bool,
    pub state: RowState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowState {
    Stored(No),
    Sending,
    /// Why it could not be sent.
    Failed(String),
}

impl MessageRow {
    /// The name as it is shown: with the username where the name alone tells nobody apart.
    pub fn shown(&self) -> String {
        let name = self.name.clone();
        if self.has_double { format!("{name} @{}", self.username) } else { name }
    }
}

impl Row {
    pub fn key(&self) -> Key {
        match self {
            Self::Day { ordinal, .. } => Key::Day(*ordinal),
            Self::New => Key::New,
            Self::Message(row) => Key::Message(row.author, row.client_id),
        }
    }

    /// The number of a stored message.
    pub fn no(&self) -> Option<No> {
        match self {
            Self::Message(MessageRow { state: RowState::Stored(no), .. }) => Some(*no),
            _ => None,
        }
    }
}

/// The log of a room: its window and, at the end of the room, what is still on its way.
pub fn rows(timeline: &Timeline, pending: &[&Pending], me: &Person, divider: Option<No>, zone: &Zone) -> Vec<Row> {
    let (messages, later) =
        timeline.window.as_ref().map_or((&[][..], false), |window| (&window.messages, window.later));
    let mut log = Log { rows: Vec::new(), zone, days: Vec::new(), last: None };
    let mut is_marked = divider.is_none();
    for message in messages {
        let is_first_new = !is_marked && divider.is_some_and(|after| message.no > after);
        log.day(message.at);
        if is_first_new && message.author.id != timeline.me {
            log.rows.push(Row::New);
            log.last = None;
        }
        is_marked |= is_first_new;
        log.message(stored(message));
    }
    if !later {
        // One that is stored stands there already, until its confirmation comes.
        let is_stored = |id| messages.iter().any(|message| message.client_id == id && message.author.id == timeline.me);
        for pending in pending.iter().filter(|pending| !is_stored(pending.client_id)) {
            log.day(pending.at);
            log.message(waiting(pending, me));
        }
    }
    mark_doubles(&mut log.rows);
    log.rows
}

/// Marks the messages of people whose names look like those of others in the same log.
fn mark_doubles(rows: &mut [Row]) {
    let mut authors: Vec<(UserId, &str)> = Vec::new();
    for row in rows.iter() {
        if let Row::Message(row) = row
            && !authors.iter().any(|(author, _)| *author == row.author)
        {
            authors.push((row.author, &row.name));
        }
    }
    let doubles = alike(authors);
    for row in rows {
        if let Row::Message(row) = row {
            row.has_double = doubles.contains(&row.author);
        }
    }
}

struct Log<'a> {
    rows: Vec<Row>,
    zone: &'a Zone,
    /// Those that have begun.
    days: Vec<i32>,
    /// Author and time of the message above, while nothing stands between.
    last: Option<(UserId, At)>,
}

impl Log<'_> {
    /// Begins another day where there is one.
    /// A clock that was set back can bring an earlier day again; it gets no second separator.
    fn day(&mut self, at: At) {
        let ordinal = self.zone.civil(at).ordinal();
        if !self.days.contains(&ordinal) {
            self.days.push(ordinal);
            self.rows.push(Row::Day { ordinal, label: self.zone.day(at) });
            self.last = None;
        }
    }

    fn message(&mut self, mut row: MessageRow) {
        row.is_grouped =
            self.last.is_some_and(|(author, at)| author == row.author && row.at.get() - at.get() < TOGETHER_MS);
        row.is_grouped &= !row.is_arrival;
        row.time = self.zone.time(row.at) + self.zone.mark();
        row.full = self.zone.full(row.at);
        self.last = (!row.is_arrival).then_some((row.author, row.at));
        self.rows.push(Row::Message(row));
    }
}

fn stored(message: &Message) -> MessageRow {
    MessageRow {
        author: message.author.id,
        client_id: message.client_id,
        name: message.author.name.clone(),
        username: message.author.username.clone(),
        has_double: false,
        is_bot: message.author.is_bot,
        text: message.text.to_string(),
        at: message.at,
        time: String::new(),
        full: String::new(),
        is_grouped: false,
        is_arrival: MessageText::is_arrival(message.text.as_str()),
        state: RowState::Stored(message.no),
    }
}

fn waiting(pending: &Pending, me: &Person) -> MessageRow {
    MessageRow {
        author: me.id,
        client_id: pending.client_id,
        name: me.name.clone(),
        username: me.username.clone(),
        has_double: false,
        is_bot: me.is_bot,
        text: pending.text.to_string(),
        at: pending.at,
        time: String::new(),
        full: String::new(),
        is_grouped: false,
        is_arrival: false,
        state: match &pending.failure {
            None => RowState::Sending,
            Some(reason) => RowState::Failed(reason.clone()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Kind, ReadMarker, Rev, Role, RoomId, RoomView, Slice};
    use uuid::Uuid;

    fn row(author: i64, name: &str) -> Row {
        let author = UserId::try_from(author).unwrap();
        Row::Message(MessageRow {
            author,
            client_id: ClientId(Uuid::from_u128(author.get() as u128)),
            name: name.to_owned(),
            username: format!("user{author}"),
            has_double: false,
            is_bot: false,
            text: String::new(),
            at: At::try_from(0).unwrap(),
            time: String::new(),
            full: String::new(),
            is_grouped: false,
            is_arrival: false,
            state: RowState::Sending,
        })
    }

    #[test]
    fn names_that_look_alike_are_shown_with_their_usernames() {
        let mut rows = [row(1, "Maria Boss"), row(2, "M\u{430}ria  boss"), row(3, "Jona"), row(1, "Maria Boss")];
        mark_doubles(&mut rows);
        let shown = rows.map(|row| match row {
            Row::Message(row) => row.shown(),
            _ => String::new(),
        });
        assert_eq!(shown, ["Maria Boss @user1", "M\u{430}ria  boss @user2", "Jona", "Maria Boss @user1"]);
    }

    #[test]
    fn a_message_that_is_stored_and_not_confirmed_stands_there_once() {
        let me = UserId::try_from(1).unwrap();
        let (room, at) = (RoomId::try_from(3).unwrap(), At::try_from(1).unwrap());
        let pending = |n| Pending {
            client_id: ClientId(Uuid::from_u128(n)),
            room,
            text: MessageText::parse("soup").unwrap(),
            at,
            failure: None,
            is_kept: true,
            is_done: false,
            is_elsewhere: false,
            stored: None,
        };
        let author = Person { id: me, username: "ines".into(), name: "Ines".into(), is_bot: false };
        let ines = author.clone();
        let stored = Message {
            no: No::ZERO.next(),
            author,
            client_id: pending(1).client_id,
            text: MessageText::parse("soup").unwrap(),
            at,
        };
        let mut timeline = Timeline::new(
            me,
            RoomView {
                id: room,
                kind: Kind::Group,
                name: "Kitchen".into(),
                other: None,
                role: Role::Member,
                members: 1,
                rev: Rev::ZERO,
                last_no: No::ZERO.next(),
                read: ReadMarker::default(),
                last: None,
                active_at: at,
            },
        );
        timeline.window = Some(Slice { messages: vec![stored], ..Slice::default() });
        let zone = Zone { name: None, now: at };
        let double = Person { id: UserId::try_from(2).unwrap(), username: "ines-2".into(), ..ines.clone() };
        let theirs = Message {
            no: No::ZERO.next().next(),
            author: double,
            ..timeline.window.as_ref().unwrap().messages[0].clone()
        };
        timeline.window.as_mut().unwrap().messages.push(theirs);
        let rows = rows(&timeline, &[&pending(1), &pending(2)], &ines, None, &zone);
        let shown = |row: &Row| if let Row::Message(row) = row { Some(row.shown()) } else { None };
        let names: Vec<_> = rows.iter().filter_map(shown).collect();
        assert_eq!(names, ["Ines @ines", "Ines @ines-2", "Ines @ines"], "a pending one has the name of a stored one");
        let state = |row| if let Row::Message(row) = row { Some(row.state) } else { None };
        let states: Vec<_> = rows.into_iter().filter_map(state).collect();
        assert_eq!(
            states,
            [RowState::Stored(No::ZERO.next()), RowState::Stored(No::ZERO.next().next()), RowState::Sending]
        );
    }
}
