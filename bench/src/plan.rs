use protocol::{ClientId, Command, MessageText, Request, RoomId, UserId};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How much is said where; what a room of people writes to each other.
const SENTENCE: &str = "The ovens are booked from half past five. Who opens tomorrow?";

/// What is sent, where, by whom and when: known beforehand, so that every delivery can be held against it.
///
/// Messages are numbered from 0; the rooms take turns, and in each room its members.
#[derive(Clone, Debug)]
pub struct Plan {
    pub rooms: Vec<RoomId>,
    /// The members of each room.
    pub members: Vec<Vec<UserId>>,
    pub pace: Pace,
    /// Tells the messages of one plan from those of others in the same database.
    pub series: u64,
}

/// When messages are due.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub start: Instant,
    pub interval: Duration,
}

impl Pace {
    pub fn per_second(start: Instant, rate: f64) -> Self {
        Self { start, interval: Duration::from_secs_f64(1.0 / rate) }
    }

    /// The moment that latency counts from, whether the message could leave then or not.
    pub fn due(&self, number: u64) -> Instant {
        self.start + self.interval.mul_f64(number as f64)
    }
}

impl Plan {
    /// The place of the room in `rooms`.
    pub fn room(&self, number: u64) -> usize {
        number as usize % self.rooms.len()
    }

    /// The author's place among the members of the room.
    pub fn author(&self, number: u64) -> usize {
        number as usize / self.rooms.len() % self.members[self.room(number)].len()
    }

    pub fn text(&self, number: u64) -> String {
        format!("{SENTENCE} {number}")
    }

    pub fn client_id(&self, number: u64) -> ClientId {
        ClientId(Uuid::from_u64_pair(self.series, number))
    }

    /// Which message bears this id; `None` when it is not of this plan.
    pub fn number(&self, id: ClientId) -> Option<u64> {
        let (series, number) = id.0.as_u64_pair();
        (series == self.series).then_some(number)
    }

    /// The command that sends the message.
    pub fn request(&self, number: u64) -> Request {
        let room = self.rooms[self.room(number)];
        let text = MessageText::parse(&self.text(number)).expect("the sentence is a message");
        Request { id: Some(number), command: Command::NewMessage { room, client_id: self.client_id(number), text } }
    }
}
