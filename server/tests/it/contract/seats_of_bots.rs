//! A bot has a seat only where its owner has one, and is nobody's successor (promise S20).

use super::grant::{at, id, token};
use super::orders::{bot, operator};
use crate::support::House;
use domain::access::{Caller, Scope};
use domain::ports::{Leavers, NewBot, NotSeated, Notice, Opened, Posted, Registered};
use domain::{Error, Seat, rooms, tokens};
use futures::future::join_all;
use protocol::{Change, DisplayName, RoomId, RoomName, UserId, Username, What};

pub async fn members_are_told_whose_bot_it_is(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let helper = bot(&house, bob, "helper").await;
    let room = house.group(alice, "Bakery", &[bob, helper]).await;
    let members = rooms::members(&house.env, &house.seat(alice, room).await).await.unwrap();
    let owners: Vec<_> = members.into_iter().map(|record| record.bot_of.map(|owner| (owner.id, owner.name))).collect();
    assert_eq!(owners, [None, None, Some((bob, "Bob".to_owned()))]);
}

pub async fn a_bot_comes_only_where_its_owner_is(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let helper = bot(&house, bob, "helper").await;
    let name = RoomName::parse("Garden").unwrap();
    let alone = house.store().create_group(alice, &name, &[helper], at(1_000)).await.unwrap();
    assert_eq!(alone, Err(NotSeated::WithoutOwner));
    let room = house.group(alice, "Bakery", &[]).await;
    assert_eq!(adds(&house, room, alice, &[helper]).await, Err(NotSeated::WithoutOwner));
    assert!(matches!(
        rooms::add_members(&house.env, &house.seat(alice, room).await, &[helper]).await,
        Err(Error::BotWithoutOwner)
    ));
    assert_eq!(house.store().role(room, helper).await.unwrap(), None);
    assert_eq!(adds(&house, room, alice, &[helper, bob]).await.unwrap().len(), 2, "they come together");
}

pub async fn a_bot_leaves_with_its_owner(house: House) {
    let [alice, bob, carol] = house.people(["alice", "bob", "carol"]).await;
    let bots = [bot(&house, bob, "one").await, bot(&house, bob, "two").await];
    let hers = bot(&house, alice, "hers").await;
    for remover in [alice, bob] {
        let room = house.group(alice, "Bakery", &[bob, bots[0], bots[1], hers, carol]).await;
        let its = house.seat(bots[0], room).await;
        house.store().open_session(&token("token", bots[0], None)).await.unwrap();
        house.posts(&its, "still here").await;
        let changes = house.store().remove_member(&house.seat(remover, room).await, bob).await.unwrap().unwrap();
        let left = changes.iter().map(|change| match change.what {
            What::MemberLeft(user) => (user, change.rev.get()),
            ref other => panic!("{other:?}"),
        });
        assert_eq!(left.collect::<Vec<_>>(), [(bob, 2), (bots[0], 3), (bots[1], 4)]);
        assert_eq!(house.inserts(&its, &house.draft("out")).await, Posted::NotInRoom);
        assert_eq!(house.store().room_list(bots[0]).await.unwrap(), []);
        let places = house.store().memberships(&id("token"), at(2_000)).await.unwrap();
        assert_eq!(places, Some(Vec::new()));
        assert_eq!(house.member_ids(&house.seat(carol, room).await).await, [alice, carol, hers]);
        let view = house.view(alice, room).await;
        assert_eq!((view.members, view.rev.get()), (3, 4));
        house.store().delete_session(&id("token")).await.unwrap();
    }
}

pub async fn a_bot_added_while_its_owner_leaves_does_not_stay(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let helper = bot(&house, bob, "helper").await;
    let (room, bots) = (house.group(alice, "Bakery", &[]).await, [helper]);
    for _ in 0..16 {
        adds(&house, room, alice, &[bob]).await.unwrap();
        let hers = house.seat(alice, room).await;
        let (added, removed) = tokio::join!(adds(&house, room, alice, &bots), house.store().remove_member(&hers, bob));
        removed.unwrap().unwrap();
        assert!(added.is_ok() || added == Err(NotSeated::WithoutOwner), "{added:?}");
        assert_eq!(house.member_ids(&hers).await, [alice]);
    }
}

pub async fn a_bot_brings_nobody_in(house: House) {
    let [alice, bob, carol] = house.people(["alice", "bob", "carol"]).await;
    let helper = bot(&house, bob, "helper").await;
    let room = house.group(alice, "Bakery", &[bob, helper]).await;
    let its = house.seat(helper, room).await;
    assert_eq!(house.store().add_members(&its, &[carol], at(1_000)).await.unwrap(), Err(NotSeated::AskedByBot));
    assert!(matches!(rooms::add_members(&house.env, &its, &[carol]).await, Err(Error::PeopleOnly)));
    let name = RoomName::parse("Garden").unwrap();
    let made = house.store().create_group(helper, &name, &[bob], at(1_000)).await.unwrap();
    assert_eq!(made, Err(NotSeated::AskedByBot));
    assert_eq!(house.view(alice, room).await.members, 3);
    assert!(matches!(rooms::rename(&house.env, &its, name).await, Err(Error::OwnerOnly)));
    assert!(matches!(rooms::delete(&house.env, &its).await, Err(Error::OwnerOnly)));
    assert!(matches!(rooms::remove_member(&house.env, &its, alice).await, Err(Error::OwnerOnly)));
    rooms::remove_member(&house.env, &its, helper).await.unwrap();
}

pub async fn a_room_passes_to_people_only(house: House) {
    let [alice, bob, carol, dave] = house.people(["alice", "bob", "carol", "dave"]).await;
    let helper = bot(&house, carol, "helper").await;
    let room = house.group(alice, "Bakery", &[]).await;
    for people in [&[bob][..], &[carol, helper], &[dave]] {
        adds(&house, room, alice, people).await.unwrap();
    }
    adds(&house, room, alice, &[carol]).await.unwrap();
    house.store().disable(operator(), bob).await.unwrap().unwrap();
    house.store().remove_member(&house.seat(carol, room).await, carol).await.unwrap().unwrap();
    adds(&house, room, alice, &[carol]).await.unwrap();
    adds(&house, room, alice, &[helper]).await.unwrap();
    leaves(&house, room, alice).await;
    assert!(house.seat(dave, room).await.is_owner(), "bob is disabled");
    leaves(&house, room, dave).await;
    assert!(house.seat(carol, room).await.is_owner());
    let changes = leaves(&house, room, carol).await;
    assert_eq!(changes.len(), 2, "the bot leaves as well, and nobody follows: {changes:?}");
    assert!(!house.seat(bob, room).await.is_owner());
}

pub async fn a_room_without_an_owner_passes_to_whoever_is_enabled(house: House) {
    let [_, bob, carol] = house.people(["alice", "bob", "carol"]).await;
    let room = house.group(bob, "Bakery", &[carol]).await;
    house.store().disable(operator(), carol).await.unwrap().unwrap();
    leaves(&house, room, bob).await;
    let changes = house.store().enable(operator(), carol).await.unwrap().unwrap();
    assert!(matches!(&changes[..], [Change { what: What::MemberChanged(owner), .. }] if owner.person.id == carol));
    assert!(house.seat(carol, room).await.is_owner());
}

pub async fn bots_of_a_disabled_person_leave_their_groups(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let helper = bot(&house, bob, "helper").await;
    let (bakery, garden) =
        (house.group(alice, "Bakery", &[bob, helper]).await, house.group(bob, "Garden", &[alice, helper]).await);
    let Opened::New(direct) = house.store().open_direct(alice, helper, at(1_000)).await.unwrap() else { panic!() };
    let shut = house.store().disable(operator(), bob).await.unwrap().unwrap();
    let mut left: Vec<_> = shut.changes.iter().map(|change| (change.room, change.what.clone())).collect();
    left.sort_by_key(|(room, _)| *room);
    assert_eq!(left, [bakery, garden].map(|room| (room, What::MemberLeft(helper))));
    for room in [bakery, garden] {
        assert_eq!(house.member_ids(&house.seat(alice, room).await).await, [alice, bob]);
    }
    assert_eq!(house.view(alice, direct).await.members, 2, "a direct room keeps its two");
    house.store().enable(operator(), bob).await.unwrap().unwrap();
    assert_eq!(house.store().role(bakery, helper).await.unwrap(), None, "it is brought in once more");
    house.store().add_members(&house.seat(bob, bakery).await, &[helper], at(1_000)).await.unwrap().unwrap();
    // The bot alone.
    let shut = house.store().disable(operator(), helper).await.unwrap().unwrap();
    assert_eq!((shut.accounts, shut.changes.len()), (vec![helper], 1));
    assert_eq!(house.member_ids(&house.seat(alice, bakery).await).await, [alice, bob]);
}

pub async fn a_bot_added_while_its_owner_is_disabled_does_not_stay(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let helper = bot(&house, bob, "helper").await;
    let (room, bots) = (house.group(alice, "Bakery", &[bob]).await, [helper]);
    for _ in 0..16 {
        let (_, shut) = tokio::join!(adds(&house, room, alice, &bots), house.store().disable(operator(), bob));
        shut.unwrap().unwrap();
        assert_eq!(house.member_ids(&house.seat(alice, room).await).await, [alice, bob]);
        house.store().enable(operator(), bob).await.unwrap().unwrap();
    }
}

pub async fn a_bot_added_while_it_is_retired_does_not_stay(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let helper = bot(&house, bob, "helper").await;
    let (room, bots) = (house.group(alice, "Bakery", &[bob]).await, [helper]);
    for _ in 0..16 {
        let (_, shut) =
            tokio::join!(adds(&house, room, alice, &bots), house.store().set_disabled(helper, Some(at(2_000))));
        assert!(shut.unwrap().is_some());
        assert_eq!(house.member_ids(&house.seat(alice, room).await).await, [alice, bob]);
        assert_eq!(house.store().set_disabled(helper, None).await.unwrap(), Some(Vec::new()));
    }
}

pub async fn a_retired_bot_leaves_its_groups_and_everybody_is_told(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let (helper, other) = (bot(&house, bob, "helper").await, bot(&house, bob, "other").await);
    let room = house.group(alice, "Bakery", &[bob, helper, other]).await;
    let Opened::New(direct) = house.store().open_direct(alice, helper, at(1_000)).await.unwrap() else { panic!() };
    let caller = Caller { user: bob, session: id("here"), scope: Scope::Person };
    house.bus.take();
    tokens::retire_bot(&house.env, &caller, helper).await.unwrap();
    let told = house.bus.take();
    assert!(
        told.iter().any(|notice| matches!(notice, Notice::Room { leavers: Leavers::One(user), .. } if *user == helper)),
        "{told:?}"
    );
    assert_eq!(house.member_ids(&house.seat(alice, room).await).await, [alice, bob, other]);
    assert_eq!(house.view(alice, direct).await.members, 2, "a direct room keeps its two");
    assert!(matches!(tokens::retire_bot(&house.env, &caller, helper).await, Err(Error::NotFound)), "once is enough");
    // A person keeps their seats.
    assert_eq!(house.store().set_disabled(bob, Some(at(2_000))).await.unwrap(), Some(Vec::new()));
    assert_eq!(house.member_ids(&house.seat(alice, room).await).await, [alice, bob, other]);
}

pub async fn nobody_adds_a_disabled_account(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(alice, "Bakery", &[]).await;
    house.store().disable(operator(), bob).await.unwrap().unwrap();
    assert_eq!(adds(&house, room, alice, &[bob]).await, Err(NotSeated::NotThere));
    let name = RoomName::parse("Garden").unwrap();
    let made = house.store().create_group(alice, &name, &[bob], at(1_000)).await.unwrap();
    assert_eq!(made, Err(NotSeated::NotThere));
    assert_eq!(house.store().open_direct(alice, bob, at(1_000)).await.unwrap(), Opened::NobodyThere);
    house.store().enable(operator(), bob).await.unwrap().unwrap();
    assert_eq!(adds(&house, room, alice, &[bob]).await.unwrap().len(), 1);
}

pub async fn nobody_has_more_bots_than_there_may_be(house: House) {
    let alice = house.person("alice").await;
    let new = |n: i32| NewBot {
        owner: alice,
        username: Username::parse(&format!("bot{n}")).unwrap(),
        display_name: DisplayName::parse("Helper").unwrap(),
        limit: 5,
        at: at(1_000),
    };
    let made = join_all((0..16).map(|n| house.store().insert_bot(new(n)))).await;
    let refused = made.iter().filter(|made| matches!(made, Ok(Registered::TooManyBots))).count();
    assert_eq!((house.store().bots(alice).await.unwrap().len(), refused), (5, 11));
    let retired = house.store().bots(alice).await.unwrap()[0].id;
    assert!(house.store().set_disabled(retired, Some(at(2_000))).await.unwrap().is_some());
    assert!(matches!(house.store().insert_bot(new(99)).await.unwrap(), Registered::Account(_)));
}

async fn adds(house: &House, room: RoomId, asker: UserId, people: &[UserId]) -> Result<Vec<Change>, NotSeated> {
    let seat: Seat = house.seat(asker, room).await;
    house.store().add_members(&seat, people, at(1_000)).await.unwrap()
}

async fn leaves(house: &House, room: RoomId, person: UserId) -> Vec<Change> {
    house.store().remove_member(&house.seat(person, room).await, person).await.unwrap().unwrap()
}
