//! What administrators choose for the whole server, groups from outside, and how much there is.

use super::grant::at;
use super::orders::{administrator, bot, log, operator, order};
use crate::support::{House, no, rev};
use domain::administration::{rooms, statistics};
use domain::messages::Draft;
use domain::ports::{Act, Leavers, Notice, Refusal, Statistics};
use domain::{Env, Error, Registration, registration};
use protocol::{InstanceName, RoomId, UserId};

pub async fn a_server_has_a_name(house: House) {
    assert_eq!(house.store().instance().await.unwrap().name.as_str(), "Natter");
    let name = InstanceName::parse("Rowing club").unwrap();
    for _ in 0..2 {
        house.store().set_instance_name(operator(), &name).await.unwrap().unwrap();
    }
    assert_eq!(house.store().instance().await.unwrap().name, name);
    assert_eq!(log(&house).await.len(), 1, "a name that it has already is no act");
}

pub async fn registration_is_open_until_somebody_chooses(house: House) {
    let alice = house.person("alice").await;
    assert_eq!(house.store().instance().await.unwrap().registration, None);
    assert_eq!(registration::mode(&house.env).await.unwrap(), Registration::Open);
    for mode in [Registration::Invitation, Registration::Closed, Registration::Open] {
        house.store().set_registration(order(&house, alice).await, mode).await.unwrap().unwrap();
        house.store().set_registration(operator(), mode).await.unwrap().unwrap();
        assert_eq!(house.store().instance().await.unwrap().registration, Some(mode));
        assert_eq!(registration::mode(&house.env).await.unwrap(), mode);
    }
    let lines: Vec<_> = log(&house).await.into_iter().map(|entry| (entry.act, entry.detail)).collect();
    let line = |mode: &str| (Act::SetRegistration, mode.to_owned());
    assert_eq!(lines, [line("invitation"), line("closed"), line("open")]);
}

pub async fn what_the_configuration_fixes_nobody_chooses(house: House) {
    let alice = house.person("alice").await;
    house.store().set_registration(operator(), Registration::Open).await.unwrap().unwrap();
    let fixed = Env { registration: Some(Registration::Closed), ..house.env.clone() };
    let admin = administrator(&house, alice).await;
    let refused = registration::choose(&fixed, &admin, Registration::Open).await;
    assert!(matches!(refused, Err(Error::RegistrationFixed)));
    assert_eq!(registration::mode(&fixed).await.unwrap(), Registration::Closed);
    registration::choose(&house.env, &admin, Registration::Closed).await.unwrap();
}

pub async fn groups_are_listed_in_pages_without_what_is_said_in_them(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let bakery = house.group(alice, "Bakery", &[bob]).await;
    let garden = house.group(bob, "Garden", &[]).await;
    house.store().open_direct(alice, bob, at(1_000)).await.unwrap();
    house.posts(&house.seat(alice, bakery).await, "hello").await;
    let list = house.store().groups(None, 1).await.unwrap();
    assert_eq!(list.iter().map(|room| room.id).collect::<Vec<_>>(), [garden]);
    let [room]: [_; 1] = house.store().groups(Some(garden), 5).await.unwrap().try_into().unwrap();
    assert_eq!((room.id, room.name.as_str(), room.members, room.messages), (bakery, "Bakery", 2, no(1)));
    assert_eq!((room.owner.as_ref().unwrap().id, room.created), (alice, at(1_000)));
    assert_eq!(house.store().group_record(bakery).await.unwrap(), Some(room));
}

pub async fn an_administrator_deletes_a_group_and_everybody_is_told(house: House) {
    let [alice, bob, carol] = house.people(["alice", "bob", "carol"]).await;
    let room = house.group(bob, "Bakery", &[carol]).await;
    assert_eq!(house.store().delete_group(order(&house, alice).await, room).await.unwrap(), Ok(rev(1)));
    for person in [bob, carol] {
        assert_eq!(house.store().room_list(person).await.unwrap(), []);
    }
    assert_eq!(house.store().group_record(room).await.unwrap(), None);
    let line = &log(&house).await[0];
    assert_eq!((line.act, line.room.as_ref().unwrap().name.as_str()), (Act::DeleteRoom, "Bakery"));
    assert_eq!(house.store().delete_group(operator(), room).await.unwrap(), Err(Refusal::NotThere));
    assert_eq!(log(&house).await.len(), 1);
}

pub async fn members_hear_of_the_end_of_their_group(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(bob, "Bakery", &[alice]).await;
    house.bus.take();
    rooms::delete(&house.env, &administrator(&house, alice).await, room).await.unwrap();
    assert_eq!(house.bus.take(), [end(room)], "one notice, however many they are");
}

pub async fn the_groups_that_somebody_owns_go_at_once(house: House) {
    let [alice, bob, carol] = house.people(["alice", "bob", "carol"]).await;
    let mine = [house.group(bob, "One", &[carol]).await, house.group(bob, "Two", &[]).await];
    let other = house.group(carol, "Hers", &[bob]).await;
    house.store().open_direct(bob, carol, at(1_000)).await.unwrap();
    assert_eq!(house.store().groups_of(bob, 9).await.unwrap(), [mine[1], mine[0]]);
    assert_eq!(house.store().groups_of(bob, 1).await.unwrap(), [mine[1]]);

    let by = administrator(&house, alice).await;
    house.bus.take();
    assert!(rooms::delete_all_of(&house.env, &by, bob).await.unwrap());
    assert_eq!(house.bus.take(), [end(mine[1]), end(mine[0])]);
    assert_eq!(house.store().groups_of(bob, 9).await.unwrap(), []);
    assert_eq!(house.store().room_list(bob).await.unwrap().len(), 2, "another's room and a direct one stay");
    assert_eq!(house.view(carol, other).await.id, other);
    let told: Vec<_> = log(&house).await.iter().map(|line| (line.act, line.room.clone().unwrap().id)).collect();
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|(act, room)| *act == Act::DeleteRoom && mine.contains(room)), "{told:?}");
    let nobody = rooms::delete_all_of(&house.env, &by, UserId::try_from(999).unwrap()).await;
    assert!(matches!(nobody, Err(Error::NotFound)), "{nobody:?}");
}

pub async fn a_direct_room_is_nobody_elses_to_delete(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    house.store().open_direct(alice, bob, at(1_000)).await.unwrap();
    let room = house.store().room_list(alice).await.unwrap()[0].id;
    for room in [room, RoomId::try_from(999).unwrap()] {
        assert_eq!(house.store().delete_group(operator(), room).await.unwrap(), Err(Refusal::NotThere));
        assert_eq!(house.store().group_record(room).await.unwrap(), None);
    }
    assert_eq!(house.store().room_list(bob).await.unwrap().len(), 1);
}

pub async fn what_there_is_is_counted(house: House) {
    let [alice, bob, carol] = house.people(["alice", "bob", "carol"]).await;
    bot(&house, alice, "helper").await;
    house.store().disable(operator(), carol).await.unwrap().unwrap();
    let room = house.group(alice, "Bakery", &[bob]).await;
    house.store().open_direct(alice, bob, at(1_000)).await.unwrap();
    let (seat, day) = (house.seat(alice, room).await, 86_400_000);
    for millis in [day - 1, 3 * day, 3 * day + 5, 5 * day - 1] {
        let Draft { client_id, text } = house.draft("hello");
        house.store().insert_message(&seat, Draft { client_id, text }, at(millis)).await.unwrap();
    }
    let counted = house.store().statistics(at(day)).await.unwrap();
    assert!(counted.bytes > 10_000, "{counted:?}");
    let expected = Statistics {
        people: 2,
        disabled: 1,
        bots: 1,
        groups: 1,
        direct_rooms: 1,
        messages: 4,
        days: vec![(3, 2), (4, 1)],
        bytes: counted.bytes,
    };
    assert_eq!(counted, expected);
    let told = statistics::read(&house.env, &administrator(&house, alice).await).await.unwrap();
    assert_eq!(told.days.len(), 30);
}

fn end(room: RoomId) -> Notice {
    Notice::Room { room, rev: rev(1), leavers: Leavers::Everybody, frame: String::new() }
}
