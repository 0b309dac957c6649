use super::{FixedClock, RecordingBus};
use domain::messages::{Draft, Receipt};
use domain::ports::{Admission, MemberRecord, NewAccount, Posted, Registered, Store};
use domain::{Env, Seat, access};
use protocol::{
    ClientId, DisplayName, Email, Generation, MessageText, No, ReadMarker, Rev, RoomId, RoomName, RoomView, UserId,
    Username,
};
use server::limits::NoLimits;
use server::log_ins::RecordedLogIns;
use server::passwords::Argon2Passwords;
use server::random::OsRandom;
use std::any::Any;
use std::sync::Arc;

/// A store with the rest of the [`Env`] around it.
pub struct House {
    pub env: Env,
    pub clock: Arc<FixedClock>,
    pub bus: Arc<RecordingBus>,
    /// What the store stands on, for as long as the house.
    _ground: Box<dyn Any + Send + Sync>,
}

impl House {
    pub fn new(store: Arc<dyn Store>, ground: impl Any + Send + Sync) -> Self {
        let (clock, bus) = (Arc::new(FixedClock::new(1_000)), Arc::new(RecordingBus::default()));
        let env = Env {
            store,
            bus: bus.clone(),
            clock: clock.clone(),
            random: Arc::new(OsRandom),
            passwords: Arc::new(Argon2Passwords::new()),
            limits: Arc::new(NoLimits),
            log_ins: Arc::new(RecordedLogIns::new(Arc::default())),
            uses: Arc::default(),
            registration: None,
            first_room: None,
            setup_code: None,
        };
        Self { env, clock, bus, _ground: Box::new(ground) }
    }

    pub fn store(&self) -> &dyn Store {
        &*self.env.store
    }

    /// An account of that username; its display name begins with a capital.
    pub async fn person(&self, username: &str) -> UserId {
        let display_name = username[..1].to_uppercase() + &username[1..];
        match self.store().insert_account(self.applicant(username, &display_name)).await.unwrap() {
            Registered::Account(user) => user,
            taken => panic!("{username} is {taken:?}"),
        }
    }

    pub async fn people<const N: usize>(&self, usernames: [&str; N]) -> [UserId; N] {
        let mut people = Vec::new();
        for username in usernames {
            people.push(self.person(username).await);
        }
        people.try_into().unwrap()
    }

    pub fn applicant(&self, username: &str, display_name: &str) -> NewAccount {
        NewAccount {
            username: Username::parse(username).unwrap(),
            display_name: DisplayName::parse(display_name).unwrap(),
            email: Email::parse(&format!("{username}@example.org")).unwrap(),
            password_hash: format!("hash of {username}"),
            admission: Admission::Open,
            fixed: None,
            at: self.env.clock.now(),
        }
    }

    pub async fn group(&self, owner: UserId, name: &str, people: &[UserId]) -> RoomId {
        let name = RoomName::parse(name).unwrap();
        self.store().create_group(owner, &name, people, self.env.clock.now()).await.unwrap().unwrap()
    }

    pub async fn seat(&self, user: UserId, room: RoomId) -> Seat {
        access::seat(&self.env, user, room).await.unwrap()
    }

    pub fn draft(&self, words: &str) -> Draft {
        Draft { client_id: ClientId(self.env.random.uuid()), text: text(words) }
    }

    pub async fn inserts(&self, seat: &Seat, draft: &Draft) -> Posted {
        self.store().insert_message(seat, draft.clone(), self.env.clock.now()).await.unwrap()
    }

    pub async fn posts(&self, seat: &Seat, words: &str) -> Receipt {
        match self.inserts(seat, &self.draft(words)).await {
            Posted::New { message, rev } => Receipt { no: message.no, rev, at: message.at },
            other => panic!("{words:?} was not stored: {other:?}"),
        }
    }

    /// The room as the person sees it in their list.
    pub async fn view(&self, user: UserId, room: RoomId) -> RoomView {
        let rooms = self.store().room_list(user).await.unwrap();
        rooms.into_iter().find(|view| view.id == room).expect("the person is in the room")
    }

    pub async fn member_ids(&self, seat: &Seat) -> Vec<UserId> {
        ids(&self.store().members(seat, None, 100).await.unwrap().unwrap())
    }
}

fn ids(members: &[MemberRecord]) -> Vec<UserId> {
    members.iter().map(|record| record.member.person.id).collect()
}

pub fn no(number: i64) -> No {
    No::try_from(number).unwrap()
}

pub fn rev(number: i64) -> Rev {
    Rev::try_from(number).unwrap()
}

/// A read marker.
pub fn read(generation: i64, up_to: i64) -> ReadMarker {
    ReadMarker { generation: Generation::try_from(generation).unwrap(), no: no(up_to) }
}

pub fn text(words: &str) -> MessageText {
    MessageText::parse(words).unwrap()
}
