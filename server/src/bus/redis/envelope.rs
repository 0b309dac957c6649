//! What travels over Redis: a byte for the version, the sender's node in 16 bytes, a line of JSON, and a room's frame as
//! it goes over the wire. The frame is not quoted, so it is copied and never parsed.

use domain::ports::{Leavers, Notice, SessionId, Tell, Topic};
use protocol::{OwnState, Rev, RoomId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Another number for every change that an older process would misread.
const VERSION: u8 = 1;

/// What came in an envelope.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    Notice(Notice),
    /// Notices of this topic were lost on the sender's side.
    Lost(Topic),
    /// This process has sent it itself.
    Own,
    /// Of another version, or no envelope at all.
    Unknown,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Head {
    Change {
        room: RoomId,
        rev: Rev,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left: Option<UserId>,
    },
    RoomEnded {
        room: RoomId,
        rev: Rev,
    },
    OwnState {
        user: UserId,
        own: OwnState,
    },
    Joined {
        user: UserId,
        room: RoomId,
    },
    SessionEnded {
        user: UserId,
        session: String,
    },
    OtherSessionsEnded {
        user: UserId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kept: Option<String>,
    },
    LostInRoom(RoomId),
    LostForPerson(UserId),
}

/// The envelope of a notice.
pub fn of_notice(node: Uuid, notice: &Notice) -> Vec<u8> {
    match notice {
        Notice::Room { room, rev, leavers, frame } => {
            let (room, rev) = (*room, *rev);
            let head = match *leavers {
                Leavers::Nobody => Head::Change { room, rev, left: None },
                Leavers::One(user) => Head::Change { room, rev, left: Some(user) },
                Leavers::Everybody => Head::RoomEnded { room, rev },
            };
            seal(node, &head, frame)
        }
        Notice::Person { user, tell } => of_tell(node, *user, tell),
    }
}

/// The envelope that says: notices of this topic were lost.
pub fn of_loss(node: Uuid, topic: Topic) -> Vec<u8> {
    let head = match topic {
        Topic::Room(room) => Head::LostInRoom(room),
        Topic::Person(user) => Head::LostForPerson(user),
    };
    seal(node, &head, "")
}

/// Opens what came from Redis.
pub fn open(node: Uuid, envelope: &[u8]) -> Content {
    let Some((&[VERSION], rest)) = envelope.split_first_chunk::<1>() else { return Content::Unknown };
    match rest.split_first_chunk::<16>() {
        Some((sender, _)) if sender == node.as_bytes() => Content::Own,
        Some((_, letter)) => read(letter).unwrap_or(Content::Unknown),
        None => Content::Unknown,
    }
}

fn of_tell(node: Uuid, user: UserId, tell: &Tell) -> Vec<u8> {
    match tell {
        Tell::OwnState(own) => seal(node, &Head::OwnState { user, own: *own }, ""),
        Tell::Joined(room) => seal(node, &Head::Joined { user, room: *room }, ""),
        Tell::SessionEnded(session) => seal(node, &Head::SessionEnded { user, session: session.0.clone() }, ""),
        Tell::OtherSessionsEnded { kept } => {
            let kept = kept.as_ref().map(|kept| kept.0.clone());
            seal(node, &Head::OtherSessionsEnded { user, kept }, "")
        }
    }
}

fn seal(node: Uuid, head: &Head, frame: &str) -> Vec<u8> {
    let mut envelope = Vec::with_capacity(128 + frame.len());
    envelope.push(VERSION);
    envelope.extend_from_slice(node.as_bytes());
    serde_json::to_writer(&mut envelope, head).expect("numbers and strings become JSON, and memory takes them");
    envelope.push(b'\n');
    envelope.extend_from_slice(frame.as_bytes());
    envelope
}

fn read(letter: &[u8]) -> Option<Content> {
    // JSON as it is written here has no line break in it.
    let end = letter.iter().position(|byte| *byte == b'\n')?;
    let frame = std::str::from_utf8(&letter[end + 1..]).ok()?;
    let head = serde_json::from_slice(&letter[..end]).ok()?;
    let person = |user, tell| Content::Notice(Notice::Person { user, tell });
    Some(match head {
        Head::Change { room, rev, left } => {
            let leavers = left.map_or(Leavers::Nobody, Leavers::One);
            Content::Notice(Notice::Room { room, rev, leavers, frame: frame.to_owned() })
        }
        Head::RoomEnded { room, rev } => {
            Content::Notice(Notice::Room { room, rev, leavers: Leavers::Everybody, frame: String::new() })
        }
        Head::OwnState { user, own } => person(user, Tell::OwnState(own)),
        Head::Joined { user, room } => person(user, Tell::Joined(room)),
        Head::SessionEnded { user, session } => person(user, Tell::SessionEnded(SessionId(session))),
        Head::OtherSessionsEnded { user, kept } => person(user, Tell::OtherSessionsEnded { kept: kept.map(SessionId) }),
        Head::LostInRoom(room) => Content::Lost(Topic::Room(room)),
        Head::LostForPerson(user) => Content::Lost(Topic::Person(user)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::ReadMarker;

    const HERE: Uuid = Uuid::from_u128(1);
    const THERE: Uuid = Uuid::from_u128(2);

    fn notices() -> Vec<Notice> {
        let (room, user) = (RoomId::try_from(7).unwrap(), UserId::try_from(3).unwrap());
        let session = || SessionId("a \"session\"\n".into());
        let person = |tell| Notice::Person { user, tell };
        let rev = Rev::try_from(12).unwrap();
        vec![
            Notice::Room {
                room, rev, leavers: Leavers::Nobody, frame: "{\"text\":\"zwei\\nZeilen – ✓\"}\n".into()
            },
            Notice::Room { room, rev, leavers: Leavers::One(user), frame: String::new() },
            Notice::Room { room, rev, leavers: Leavers::Everybody, frame: String::new() },
            person(Tell::OwnState(OwnState { room, rev, read: ReadMarker::default() })),
            person(Tell::Joined(room)),
            person(Tell::SessionEnded(session())),
            person(Tell::OtherSessionsEnded { kept: Some(session()) }),
            person(Tell::OtherSessionsEnded { kept: None }),
        ]
    }

    #[test]
    fn every_notice_comes_out_as_it_went_in() {
        for notice in notices() {
            assert_eq!(open(HERE, &of_notice(THERE, &notice)), Content::Notice(notice.clone()));
            assert_eq!(open(HERE, &of_notice(HERE, &notice)), Content::Own);
            assert_eq!(open(HERE, &of_loss(THERE, notice.topic())), Content::Lost(notice.topic()));
        }
    }

    #[test]
    fn what_is_cut_spoilt_or_of_another_version_is_unknown() {
        for notice in notices() {
            let whole = of_notice(THERE, &notice);
            let head = whole.iter().position(|byte| *byte == b'\n').unwrap();
            for end in 0..head {
                assert_eq!(open(HERE, &whole[..end]), Content::Unknown, "cut at {end}");
            }
            let newer = [&[VERSION + 1], &whole[1..]].concat();
            assert_eq!(open(HERE, &newer), Content::Unknown);
            assert_eq!(open(HERE, &[&whole[..], &[0xff]].concat()), Content::Unknown);
        }
        assert_eq!(open(HERE, b"hello"), Content::Unknown);
    }
}
