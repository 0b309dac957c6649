//! The room that every new account joins.

use super::orders::administrator;
use crate::support::House;
use domain::accounts::{self, Applicant};
use domain::invitations::{self, Offer};
use domain::registration::Asking;
use domain::{Address, Env, arrivals, rooms};
use futures::future::join_all;
use protocol::{DisplayName, Email, Field, MessageText, Password, RoomName, UserId, Username};
use std::net::{IpAddr, Ipv4Addr};

/// A server whose first account makes a room of that name.
fn with_a_first_room(house: &House) -> Env {
    Env { first_room: Some(RoomName::parse("General").unwrap()), ..house.env.clone() }
}

async fn registers(env: &Env, username: &str, invitation: Option<&str>) -> UserId {
    let from = Address::from(IpAddr::from(Ipv4Addr::LOCALHOST));
    let asking = Asking { from, is_local: true, invitation, setup_code: None };
    let applicant = Applicant {
        username: Username::parse(username).unwrap(),
        display_name: DisplayName::parse(username).unwrap(),
        email: Email::parse(&format!("{username}@example.org")).unwrap(),
        password: Password::parse("correct horse", Field::Password).unwrap(),
    };
    accounts::register(env, asking, applicant).await.unwrap()
}

pub async fn the_first_account_creates_a_room_and_every_other_joins_it(house: House) {
    let env = with_a_first_room(&house);
    let alice = registers(&env, "alice", None).await;
    let [room]: [_; 1] = rooms::list(&env, alice).await.unwrap().try_into().unwrap();
    assert_eq!((room.name.as_str(), room.members, room.last_no.get()), ("General", 1, 0));
    assert_eq!(house.store().first_room().await.unwrap(), Some((room.id, alice)));
    rooms::rename(&env, &house.seat(alice, room.id).await, RoomName::parse("Quay").unwrap()).await.unwrap();

    let bob = registers(&env, "bob", None).await;
    let [his]: [_; 1] = rooms::list(&env, bob).await.unwrap().try_into().unwrap();
    assert_eq!((his.id, his.name.as_str(), his.members, his.unread()), (room.id, "Quay", 2, 0));
    let last = his.last.unwrap();
    assert!(last.author.id == bob && MessageText::is_arrival(&last.text), "{last:?}");
    assert_eq!(house.view(alice, room.id).await.unread(), 1, "the others see the arrival");

    let another = house.group(bob, "Another", &[]).await;
    house.store().set_first_room(another).await.unwrap();
    assert_eq!(house.store().first_room().await.unwrap(), Some((another, bob)));
    rooms::delete(&env, &house.seat(bob, another).await).await.unwrap();
    assert_eq!(house.store().first_room().await.unwrap(), None);
    let carol = registers(&env, "carol", None).await;
    assert_eq!(rooms::list(&env, carol).await.unwrap(), [], "nobody joins a deleted room");
}

pub async fn of_first_accounts_at_once_one_creates_the_room(house: House) {
    let env = with_a_first_room(&house);
    let made = join_all(["alice", "bob", "carol", "dave"].map(|username| registers(&env, username, None))).await;
    let (first, owner) = house.store().first_room().await.unwrap().unwrap();
    assert!(house.store().account(owner).await.unwrap().unwrap().is_admin);
    for user in made {
        let rooms = rooms::list(&env, user).await.unwrap();
        assert!(rooms.iter().all(|room| room.id == first), "{rooms:?}");
    }
}

pub async fn without_a_first_room_nobody_joins_anything(house: House) {
    for username in ["alice", "bob"] {
        let user = registers(&house.env, username, None).await;
        assert_eq!(rooms::list(&house.env, user).await.unwrap(), []);
        assert_eq!(arrivals::first_room(&house.env, user).await.unwrap(), None);
    }
}

pub async fn the_host_is_a_contact_of_those_who_were_invited(house: House) {
    let env = with_a_first_room(&house);
    let alice = registers(&env, "alice", None).await;
    let by = administrator(&house, alice).await;
    let invitation = invitations::make(&env, &by, Offer { uses: 1, days: 1, note: None }).await.unwrap();
    let bob = registers(&env, "bob", Some(invitation.secret.as_str())).await;
    let contacts = house.store().contacts(bob).await.unwrap();
    assert_eq!(contacts.iter().map(|person| person.id).collect::<Vec<_>>(), [alice]);
    let first = arrivals::first_room(&env, bob).await.unwrap();
    rooms::remove_member(&env, &house.seat(bob, first.unwrap()).await, bob).await.unwrap();
    assert_eq!(arrivals::first_room(&env, bob).await.unwrap(), None, "they have left it");
}
