use super::cast::{Cast, Group, SECRET, logged_in};
use super::knock::Row;
use crate::live::support::{Browser, Person};
use protocol::{RoomId, UserId};
use reqwest::Method;
use serde_json::json;

/// Somebody who comes to a door.
pub enum Visitor {
    /// Who proves nothing, or shows what has ended.
    Stranger(Browser),
    /// Somebody logged in, by cookie or by access token, and a room of theirs beside the one that everything is about.
    Person { person: Person, other: RoomId },
    /// A token of the member, for the room or only for another one.
    Token { access: &'static str, only: Option<RoomId>, other: RoomId },
    /// A bot's token for all of its rooms.
    Bot { bot: UserId, access: &'static str, is_member: bool, other: RoomId },
    /// A ticket of the member.
    Ticket { fate: Fate, other: RoomId },
}

/// What has become of a ticket when it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Fresh,
    Used,
    Expired,
    /// Its log-in has ended.
    Ended,
}

/// A visitor at one door.
pub struct Guest<'a> {
    pub browser: Browser,
    pub room: RoomId,
    pub other: RoomId,
    /// Whose log-ins, tokens and bots the door is about.
    pub member: &'a Person,
    /// The room may be told to them.
    pub reads: bool,
    /// The room may be changed by them.
    pub writes: bool,
    /// The log-ins, tokens and bots are their own, and they are no token.
    pub owns: bool,
    /// They look after the server.
    pub administers: bool,
}

/// What a knock must not change unless the guest may: the room, the belongings, and what administrators have done.
pub struct Before {
    room: Vec<String>,
    belongings: Vec<String>,
    acts: Vec<String>,
}

impl Visitor {
    /// Comes to a door; what the door changes or ends is made anew.
    pub async fn comes<'a>(&self, cast: &Cast, group: &'a Group, row: &Row) -> Guest<'a> {
        let room = match self {
            Self::Stranger(_) => cast.room,
            _ if row.changes_the_room() => cast.fresh_room().await,
            _ => cast.room,
        };
        let member = &group.member;
        let (reads, writes, owns, administers) = (false, false, false, false);
        let nobody = |browser| Guest { browser, room, other: room, member, reads, writes, owns, administers };
        match self {
            Self::Stranger(browser) => nobody(browser.copy()),
            Self::Person { person, other } => {
                let is_member = [member.id, cast.owner.id].contains(&person.id);
                let browser = if row.ends_the_log_in() { another(cast, group, person).await } else { person.copy() };
                let owns = person.id == member.id;
                let administers = person.id == cast.administrator.id;
                Guest { other: *other, reads: is_member, writes: is_member, owns, administers, ..nobody(browser) }
            }
            Self::Token { access, only, other } => {
                let new = json!({"name": "Of the matrix", "access": access, "rooms": [only.unwrap_or(room)], "password": Person::PASSWORD});
                let made = member.asks(Method::POST, "/api/v1/tokens", Some(new)).await.json();
                let browser = cast.ground.server.stranger().with_token(made["token"].as_str().unwrap());
                let may = |what| only.is_none() && *access == what;
                Guest { other: *other, reads: may("read"), writes: may("write"), ..nobody(browser) }
            }
            Self::Bot { bot, access, is_member, other } => {
                if *is_member && room != cast.room {
                    cast.friend.seats(*bot, room).await;
                }
                let (path, new) = (
                    format!("/api/v1/bots/{bot}/tokens"),
                    json!({"name": "Of the matrix", "access": access, "password": Person::PASSWORD}),
                );
                let made = cast.friend.asks(Method::POST, &path, Some(new)).await.json();
                let browser = cast.ground.server.stranger().with_token(made["token"].as_str().unwrap());
                let may = |what| *is_member && *access == what;
                Guest { other: *other, reads: may("read"), writes: may("write"), ..nobody(browser) }
            }
            Self::Ticket { fate, other } => {
                let is_fresh = *fate == Fate::Fresh;
                let browser = fate.befalls(cast, member).await;
                Guest { other: *other, reads: is_fresh, writes: is_fresh, ..nobody(browser) }
            }
        }
    }
}

impl Fate {
    /// A page elsewhere with such a ticket.
    async fn befalls(self, cast: &Cast, member: &Person) -> Browser {
        let program = logged_in(&cast.ground.server, member).await;
        let browser = cast.ground.server.stranger().with_ticket(&program.ticket().await);
        match self {
            Self::Fresh => {}
            Self::Used => drop(browser.upgrade("/ws").await.unwrap()),
            Self::Expired => cast.outlives_tickets().await,
            Self::Ended => {
                let ended = program.asks(Method::DELETE, "/api/v1/sessions/current", None).await;
                assert_eq!(ended.status, 204);
            }
        }
        browser
    }
}

/// Another log-in of the same kind.
async fn another(cast: &Cast, group: &Group, person: &Person) -> Browser {
    let is_program = std::ptr::eq(group, &raw const cast.programs);
    let person =
        if is_program { logged_in(&cast.ground.server, person).await } else { cast.ground.server.again(person).await };
    (*person).clone()
}

impl Guest<'_> {
    pub async fn before(&self, cast: &Cast) -> Before {
        let (room, belongings) = (cast.state(self.room).await, cast.belongings(self.member.id).await);
        Before { room, belongings, acts: cast.acts().await }
    }

    /// Nobody has changed what is not theirs.
    pub async fn is_harmless(&self, cast: &Cast, row: &Row, before: Before) {
        let is_there = !before.room.is_empty() && !before.belongings.is_empty();
        assert!(is_there, "the test's own premise: {:?} {:?}", before.room, before.belongings);
        let Before { room, belongings, acts } = self.before(cast).await;
        let may_write = self.writes || row.is_a_hook() || (self.administers && row.is_for_administrators());
        assert!(may_write || room == before.room, "{row}: somebody outside has changed the room");
        let may_change = self.owns || row.ends_the_log_in();
        assert!(may_change || belongings == before.belongings, "{row}: somebody else has changed a person's settings");
        let may_act = self.administers || row.is_by_a_link();
        assert!(may_act || acts == before.acts, "{row}: somebody has done what administrators do");
    }

    /// Nobody is told what is not theirs.
    pub fn is_told(&self, what: &str, words: &str) {
        assert!(self.reads || !words.contains(SECRET), "{what}: the room's words are told to somebody outside");
    }
}
