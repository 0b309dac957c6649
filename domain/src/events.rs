//! The only place that publishes: after the commit, best effort.
//! Whoever misses a notice finds out by its revision and reads the database.

use crate::access::Relay;
use crate::ports::{Leavers, Notice, Relayed, SessionId, Tell};
use crate::{Env, Error};
use protocol::{Change, Event, Frame, OwnState, Rev, RoomId, UserId, What};

/// Tells a room what has changed, in the order of the revisions; serialised once, whatever the number of sockets.
pub fn changed(env: &Env, changes: &[Change]) {
    for change in changes {
        env.bus.publish(notice(change));
        if let What::MemberJoined(member) = &change.what {
            joined(env, change.room, [member.person.id]);
        }
    }
}

/// Tells everybody in a room that it has ended: one notice, however many they are.
pub fn ended(env: &Env, room: RoomId, rev: Rev) {
    env.bus.publish(end(room, rev));
}

/// Tells people's sockets that they have a seat in a room now.
pub fn joined(env: &Env, room: RoomId, people: impl IntoIterator<Item = UserId>) {
    for user in people {
        env.bus.publish(Notice::Person { user, tell: Tell::Joined(room) });
    }
}

/// Tells a person's sockets what is their own in a room.
pub fn own_state(env: &Env, user: UserId, own: OwnState) {
    env.bus.publish(Notice::Person { user, tell: Tell::OwnState(own) });
}

/// Closes the sockets of a session that has ended.
pub fn session_ended(env: &Env, user: UserId, session: &SessionId) {
    env.bus.publish(Notice::Person { user, tell: Tell::SessionEnded(session.clone()) });
}

/// Closes the sockets of all sessions of a person but one.
pub fn other_sessions_ended(env: &Env, user: UserId, kept: &SessionId) {
    env.bus.publish(Notice::Person { user, tell: Tell::OtherSessionsEnded { kept: Some(kept.clone()) } });
}

/// Closes all sockets of a person.
pub fn all_sessions_ended(env: &Env, user: UserId) {
    env.bus.publish(Notice::Person { user, tell: Tell::OtherSessionsEnded { kept: None } });
}

/// The changes of a room after `since`, for a hub that has missed some: at most `limit`, in order.
/// A thing that changed twice is told once, as it is now, so revisions may skip.
pub async fn since(env: &Env, room: RoomId, since: Rev, limit: u32) -> Result<Vec<Notice>, Error> {
    Ok(match env.store.relay(&Relay::of(room), since, limit).await? {
        Relayed::Changes(changes) => changes.iter().map(notice).collect(),
        Relayed::Ended(rev) => vec![end(room, rev)],
    })
}

fn notice(change: &Change) -> Notice {
    let leavers = match &change.what {
        What::MemberLeft(user) => Leavers::One(*user),
        _ => Leavers::Nobody,
    };
    let frame = Frame::from(Event::Change(change.clone())).encode();
    Notice::Room { room: change.room, rev: change.rev, leavers, frame }
}

fn end(room: RoomId, rev: Rev) -> Notice {
    Notice::Room { room, rev, leavers: Leavers::Everybody, frame: String::new() }
}
