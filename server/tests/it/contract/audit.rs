//! The log of what administrators do.

use super::grant::at;
use super::orders::{bot, log, operator, order};
use crate::support::House;
use domain::ports::{Act, ActId, Actor, Acts, AuditSearch, Named, Order};
use futures::future::join_all;
use protocol::InstanceName;
use std::collections::BTreeSet;

pub async fn a_line_says_who_did_what_to_whom_and_when(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    house.store().disable(order(&house, alice).await, bob).await.unwrap().unwrap();
    let later = Order { at: at(3_000), ..operator() };
    house.store().set_instance_name(later, &InstanceName::parse("Café Ümlaut").unwrap()).await.unwrap().unwrap();
    let [disabled, named]: [_; 2] = log(&house).await.try_into().unwrap();
    assert!(disabled.id < named.id);
    assert_eq!(disabled.actor, Some(Named { id: alice, name: "alice".into() }));
    assert_eq!(disabled.person, Some(Named { id: bob, name: "bob".into() }));
    assert_eq!(
        (disabled.act, disabled.at, disabled.room, disabled.detail.as_str()),
        (Act::Disable, at(2_000), None, "")
    );
    assert_eq!((named.act, named.at, named.actor, named.person), (Act::SetName, at(3_000), None, None));
    assert_eq!(named.detail, "Café Ümlaut");
}

pub async fn the_log_is_searched(house: House) {
    let [alice, bob, carol] = house.people(["alice", "bob", "carol"]).await;
    let by_alice = order(&house, alice).await;
    house.store().disable(by_alice, bob).await.unwrap().unwrap();
    house.store().disable(Order { at: at(3_000), ..operator() }, carol).await.unwrap().unwrap();
    house.store().enable(Order { at: at(4_000), ..by_alice }, bob).await.unwrap().unwrap();
    let none = AuditSearch::default;
    for (search, found) in [
        (none(), &[4_000, 3_000, 2_000][..]),
        (AuditSearch { act: Some(Act::Disable), ..none() }, &[3_000, 2_000]),
        (AuditSearch { actor: Some(Actor::Operator), ..none() }, &[3_000]),
        (AuditSearch { actor: Some(Actor::Person("alice".into())), ..none() }, &[4_000, 2_000]),
        (AuditSearch { actor: Some(Actor::Person("bob".into())), ..none() }, &[]),
        (AuditSearch { person: Some("bob".into()), ..none() }, &[4_000, 2_000]),
        (AuditSearch { from: Some(at(3_000)), ..none() }, &[4_000, 3_000]),
        (AuditSearch { until: Some(at(3_000)), ..none() }, &[2_000]),
        (AuditSearch { act: Some(Act::Disable), person: Some("bob".into()), ..none() }, &[2_000]),
    ] {
        let entries = house.store().audit(&search, 10).await.unwrap();
        assert_eq!(entries.iter().map(|entry| entry.at.get()).collect::<Vec<_>>(), found, "{search:?}");
    }
    let first = house.store().audit(&none(), 2).await.unwrap();
    let rest = house.store().audit(&AuditSearch { before: Some(first[1].id), ..none() }, 2).await.unwrap();
    assert_eq!(rest.iter().map(|entry| entry.at.get()).collect::<Vec<_>>(), [2_000]);
}

pub async fn a_line_outlives_the_room_that_it_tells_of(house: House) {
    let alice = house.person("alice").await;
    let room = house.group(alice, "Bakery", &[]).await;
    house.store().delete_group(operator(), room).await.unwrap().unwrap();
    while !house.store().erase_empty_rooms(100).await.unwrap() {}
    assert_eq!(log(&house).await[0].room, Some(Named { id: room, name: "Bakery".into() }));
}

pub async fn whoever_was_shut_out_since_an_act_is_told(house: House) {
    let [alice, bob, carol] = house.people(["alice", "bob", "carol"]).await;
    let helper = bot(&house, bob, "helper").await;
    assert_eq!(house.store().acts(None).await.unwrap(), Acts { newest: ActId(0), shut_out: Vec::new() });
    house.store().end_log_ins(operator(), carol).await.unwrap().unwrap();
    let first = house.store().acts(Some(ActId(0))).await.unwrap();
    assert_eq!(first.shut_out, [carol]);
    house.store().make_administrator(operator(), carol).await.unwrap().unwrap();
    house.store().disable(order(&house, alice).await, bob).await.unwrap().unwrap();
    let second = house.store().acts(Some(first.newest)).await.unwrap();
    assert_eq!(second.shut_out.iter().copied().collect::<BTreeSet<_>>(), BTreeSet::from([bob, helper]));
    let none = Acts { newest: second.newest, shut_out: Vec::new() };
    assert_eq!(house.store().acts(Some(second.newest)).await.unwrap(), none);
    assert_eq!(house.store().acts(None).await.unwrap(), none);
}

/// Whoever asks for what is new, again and again, misses nobody: what is committed later has a greater id.
pub async fn acts_at_once_are_committed_in_the_order_of_their_ids(house: House) {
    let names: Vec<_> = (0..24).map(|n| format!("p{n:02}")).collect();
    house.person("alice").await;
    let people = join_all(names.iter().map(|name| house.person(name))).await;
    let acting = join_all(people.iter().map(|user| house.store().end_log_ins(operator(), *user)));
    let listening = async {
        let (mut heard, mut since) = (BTreeSet::new(), ActId(0));
        while heard.len() < people.len() {
            let acts = house.store().acts(Some(since)).await.unwrap();
            heard.extend(acts.shut_out);
            since = acts.newest;
        }
    };
    let listening = tokio::time::timeout(std::time::Duration::from_secs(20), listening);
    let (_, heard) = tokio::join!(acting, listening);
    heard.expect("an act was missed");
}
