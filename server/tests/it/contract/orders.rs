//! Orders of administrators, as the suites give them.

use super::grant::{at, id};
use crate::support::House;
use domain::Administrator;
use domain::access::{self, Caller, Scope};
use domain::ports::{Act, AuditEntry, AuditSearch, NewBot, Order, Registered};
use protocol::{DisplayName, UserId, Username};

/// Of whoever has the command line.
pub fn operator() -> Order {
    Order { by: access::operator(), at: at(2_000) }
}

pub async fn administrator(house: &House, user: UserId) -> Administrator {
    let caller = Caller { user, session: id("here"), scope: Scope::Person };
    caller.administers(&house.env).await.unwrap()
}

pub async fn order(house: &House, user: UserId) -> Order {
    Order { by: administrator(house, user).await, at: at(2_000) }
}

/// Everything in the log, the oldest first.
pub async fn log(house: &House) -> Vec<AuditEntry> {
    let mut log = house.store().audit(&AuditSearch::default(), 1_000).await.unwrap();
    log.reverse();
    log
}

/// Who did what to whom.
pub async fn told(house: &House) -> Vec<(Option<String>, Act, Option<String>)> {
    let line = |entry: AuditEntry| (entry.actor.map(|who| who.name), entry.act, entry.person.map(|who| who.name));
    log(house).await.into_iter().map(line).collect()
}

pub async fn bot(house: &House, owner: UserId, username: &str) -> UserId {
    let display_name = DisplayName::parse("Helper").unwrap();
    let new = NewBot { owner, username: Username::parse(username).unwrap(), display_name, limit: 50, at: at(1_000) };
    match house.store().insert_bot(new).await.unwrap() {
        Registered::Account(bot) => bot,
        taken => panic!("{username} is {taken:?}"),
    }
}

pub fn nobody() -> UserId {
    UserId::try_from(999).unwrap()
}
