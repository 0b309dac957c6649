//! Verbs for the tests: a server, people with browsers, their sockets.

mod belongings;
mod browser;
mod forms;
mod guarded;
mod page;
mod person;
mod raw;
mod server;
mod socket;

pub use belongings::{Belongings, fresh_name};
pub use browser::{Answer, Browser};
pub use forms::{Form, Subjects, forms};
pub use guarded::is_guarded;
pub use page::{Tag, Tags};
pub use person::Person;
pub use raw::{Raw, frame};
pub use server::Server;
pub use socket::{Socket, hello};

use ::server::random::OsRandom;
use domain::ports::Random;
use protocol::{ApiError, ClientId, Code, Event, MessageText, No, Rev, RoomId};
use std::time::Duration;

/// As long as anything may take; nothing waits so long when all is well.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What `future` brings, within [`PATIENCE`].
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("waited in vain: {what}"),
    }
}

pub fn client_id() -> ClientId {
    ClientId(OsRandom.uuid())
}

pub fn text(raw: &str) -> MessageText {
    MessageText::parse(raw).unwrap()
}

pub fn no(n: i64) -> No {
    No::try_from(n).unwrap()
}

pub fn rev(n: i64) -> Rev {
    Rev::try_from(n).unwrap()
}

pub fn room_id(n: i64) -> RoomId {
    RoomId::try_from(n).unwrap()
}

/// The code with which an event refuses.
pub fn refusal(event: &Event) -> Option<Code> {
    match event {
        Event::Error(ApiError { code, .. }) => Some(*code),
        _ => None,
    }
}
