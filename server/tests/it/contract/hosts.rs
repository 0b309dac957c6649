//! What pages tell of invitations and rooms from outside.

use super::grant::{at, digest, id};
use crate::support::House;
use domain::access::{self, Caller, Scope};
use domain::ports::{NewInvitation, Order};

pub async fn an_invitation_tells_who_has_made_it_as_long_as_it_serves(house: House) {
    let alice = house.person("alice").await;
    let caller = Caller { user: alice, session: id("here"), scope: Scope::Person };
    let by = caller.administers(&house.env).await.unwrap();
    for (n, by) in [(1, by), (2, access::operator())] {
        let new = NewInvitation { digest: digest(n), note: None, uses: 1, expires: at(9_000) };
        house.store().insert_invitation(Order { by, at: at(2_000) }, &new).await.unwrap().unwrap();
    }
    let host = async |n, now| house.store().host(digest(n), at(now)).await.unwrap().map(|host| host.id);
    assert_eq!(host(1, 9_000).await, Some(alice));
    assert_eq!(host(1, 9_001).await, None, "it has expired");
    assert_eq!(host(2, 2_000).await, None, "it was made on the command line");
    assert_eq!(host(3, 2_000).await, None);
}

pub async fn a_group_tells_when_something_was_last_said_in_it(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let group = house.group(alice, "Kitchen", &[bob]).await;
    let seat = house.seat(alice, group).await;
    let newest = async || house.store().group_record(group).await.unwrap().unwrap().newest;
    assert_eq!(newest().await, None);
    for (words, when) in [("Hello", 3_000), ("Again", 4_000)] {
        house.store().insert_message(&seat, house.draft(words), at(when)).await.unwrap();
        assert_eq!(newest().await, Some(at(when)));
    }
}
