use crate::support::House;
use domain::ports::Registered;
use protocol::UserId;

pub async fn people_are_found_by_parts_of_their_names_without_regard_to_case_or_diacritics(house: House) {
    let me = house.person("me").await;
    named(&house, "zoe", "Élodie Martin").await;
    named(&house, "martin", "Aaron").await;
    named(&house, "carol", "Carol").await;
    assert_eq!(search(&house, me, "MARTIN").await, ["Aaron", "Élodie Martin"]);
    assert_eq!(search(&house, me, "éLO").await, ["Élodie Martin"]);
    assert_eq!(search(&house, me, "zo").await, ["Élodie Martin"]);
    assert_eq!(search(&house, me, "elodi").await, ["Élodie Martin"]);
    assert_eq!(search(&house, me, "E\u{301}lodie").await, ["Élodie Martin"]);
    assert_eq!(search(&house, me, "@zo").await, ["Élodie Martin"]);
    assert_eq!(search(&house, me, "@oe").await, [""; 0], "an @ begins a username");
    assert_eq!(search(&house, me, "nobody").await, [""; 0]);
    assert_eq!(search(&house, me, "").await.len(), 3);
}

pub async fn every_character_of_a_search_stands_for_itself(house: House) {
    let me = house.person("me").await;
    named(&house, "p1", "100% Robin").await;
    named(&house, "p2", "Snake_Case").await;
    named(&house, "p3", r"Back\slash").await;
    named(&house, "p4", "Plain").await;
    assert_eq!(search(&house, me, "%").await, ["100% Robin"]);
    assert_eq!(search(&house, me, "_").await, ["Snake_Case"]);
    assert_eq!(search(&house, me, r"\").await, [r"Back\slash"]);
    assert_eq!(search(&house, me, "0%").await, ["100% Robin"]);
    assert_eq!(search(&house, me, "P%n").await, [""; 0]);
    assert_eq!(search(&house, me, "' or 1=1").await, [""; 0]);
    assert_eq!(search(&house, me, "Plain\0").await, [""; 0]);
}

pub async fn a_search_tells_contacts_apart_and_leaves_out_the_asker(house: House) {
    let [alice, alina, alfred] = house.people(["alice", "alina", "alfred"]).await;
    house.store().add_contact(alice, alina).await.unwrap();
    let found = house.store().search_people(alice, "al", 10).await.unwrap();
    let found: Vec<_> = found.into_iter().map(|found| (found.person.id, found.is_contact)).collect();
    assert_eq!(found, [(alfred, false), (alina, true)]);
    assert_eq!(house.store().search_people(alice, "al", 1).await.unwrap().len(), 1);
    let from_the_other_side = house.store().search_people(alina, "alice", 10).await.unwrap();
    assert!(!from_the_other_side[0].is_contact);
}

pub async fn of_people_who_are_named_those_are_told_whom_a_search_can_find(house: House) {
    let [alice, bob, adam, carol] = house.people(["alice", "bob", "adam", "carol"]).await;
    assert!(house.store().set_disabled(carol, Some(house.env.clock.now())).await.unwrap().is_some());
    let nobody = UserId::try_from(999).unwrap();
    let found = house.store().findable(alice, &[bob, carol, alice, nobody, adam, bob]).await.unwrap();
    let found: Vec<_> = found.into_iter().map(|person| person.name).collect();
    assert_eq!(found, ["Adam", "Bob"]);
    assert_eq!(house.store().findable(alice, &[]).await.unwrap(), []);
}

pub async fn contacts_come_and_go_and_doing_it_twice_is_no_mistake(house: House) {
    let [alice, bob, adam] = house.people(["alice", "bob", "adam"]).await;
    for other in [bob, adam, bob] {
        assert!(house.store().add_contact(alice, other).await.unwrap());
    }
    assert_eq!(contacts(&house, alice).await, [adam, bob]);
    assert_eq!(contacts(&house, bob).await, []);
    for _ in 0..2 {
        house.store().remove_contact(alice, adam).await.unwrap();
        assert_eq!(contacts(&house, alice).await, [bob]);
    }
}

pub async fn nobody_becomes_a_contact_who_does_not_exist(house: House) {
    let alice = house.person("alice").await;
    assert!(!house.store().add_contact(alice, UserId::try_from(999).unwrap()).await.unwrap());
    assert_eq!(contacts(&house, alice).await, []);
}

async fn named(house: &House, username: &str, name: &str) {
    let made = house.store().insert_account(house.applicant(username, name)).await.unwrap();
    assert!(matches!(made, Registered::Account(_)));
}

async fn search(house: &House, me: UserId, words: &str) -> Vec<String> {
    let found = house.store().search_people(me, words, 10).await.unwrap();
    found.into_iter().map(|found| found.person.name).collect()
}

async fn contacts(house: &House, me: UserId) -> Vec<UserId> {
    house.store().contacts(me).await.unwrap().into_iter().map(|person| person.id).collect()
}
