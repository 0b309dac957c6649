use crate::support::{House, rev};
use domain::messages::RESUME_HORIZON;
use domain::ports::{Leavers, Missed, Notice, Opened};
use domain::{Seat, events};
use futures::future::join_all;
use protocol::{CatchUp, DisplayName, Rev, RoomName, What};

pub async fn nothing_is_missed_at_the_head(house: House) {
    let seat = alice_in_a_room(&house).await;
    house.posts(&seat, "one").await;
    let missed = changes(&house, &seat, 1).await;
    assert_eq!((missed.since, missed.changes.len()), (rev(1), 0));
    assert_eq!(missed.room, house.view(seat.user(), seat.room()).await);
}

pub async fn everything_missed_is_told_in_order(house: House) {
    let seat = alice_in_a_room(&house).await;
    let [bob, carol] = house.people(["bob", "carol"]).await;
    house.posts(&seat, "one").await;
    house.store().add_members(&seat, &[bob, carol], house.env.clock.now()).await.unwrap().unwrap();
    house.store().rename_room(&seat, &RoomName::parse("Oven").unwrap()).await.unwrap().unwrap();
    house.posts(&house.seat(bob, seat.room()).await, "five").await;
    house.store().remove_member(&seat, carol).await.unwrap().unwrap();

    let told = ["1 one", "2 Bob joined", "4 now Oven", "5 five", "6 3 left"];
    let missed = changes(&house, &seat, 0).await;
    assert_eq!(lines(&missed), told);
    assert_eq!(missed.room, house.view(seat.user(), seat.room()).await);
    assert_eq!(lines(&changes(&house, &seat, 4).await), told[3..]);
}

pub async fn a_thing_that_changed_twice_is_told_once_as_it_is(house: House) {
    let seat = alice_in_a_room(&house).await;
    let bob = house.person("bob").await;
    house.store().add_members(&seat, &[bob], house.env.clock.now()).await.unwrap().unwrap();
    house.store().set_display_name(bob, &DisplayName::parse("Robert").unwrap()).await.unwrap();
    for name in ["Oven", "Stove"] {
        house.store().rename_room(&seat, &RoomName::parse(name).unwrap()).await.unwrap().unwrap();
    }
    assert_eq!(lines(&changes(&house, &seat, 0).await), ["2 Robert changed", "4 now Stove"]);
}

pub async fn too_much_to_tell_gives_the_room_as_it_stands(house: House) {
    let seat = alice_in_a_room(&house).await;
    for words in ["one", "two", "three"] {
        house.posts(&seat, words).await;
    }
    let told = house.store().missed(&seat, rev(0), 3).await.unwrap().unwrap();
    assert!(matches!(told, Missed::Changes(missed) if missed.changes.len() == 3));
    let view = house.view(seat.user(), seat.room()).await;
    assert_eq!(house.store().missed(&seat, rev(0), 2).await.unwrap(), Some(Missed::TooFar(view)));
}

pub async fn beyond_the_horizon_the_room_comes_as_it_stands(house: House) {
    let seat = alice_in_a_room(&house).await;
    let words: Vec<_> = (0..=RESUME_HORIZON).map(|number| number.to_string()).collect();
    join_all(words.iter().map(|words| house.posts(&seat, words))).await;
    let near = house.store().missed(&seat, rev(1), 10_000).await.unwrap();
    assert!(matches!(near, Some(Missed::Changes(missed)) if missed.changes.len() as i64 == RESUME_HORIZON));
    let far = house.store().missed(&seat, rev(0), 10_000).await.unwrap();
    assert!(matches!(far, Some(Missed::TooFar(_))), "nobody waits for so much");
}

pub async fn a_revision_from_the_future_gives_the_room_as_it_stands(house: House) {
    let seat = alice_in_a_room(&house).await;
    house.posts(&seat, "one").await;
    let view = house.view(seat.user(), seat.room()).await;
    assert_eq!(house.store().missed(&seat, rev(2), 100).await.unwrap(), Some(Missed::TooFar(view)));
}

pub async fn outsiders_miss_nothing(house: House) {
    let seat = alice_in_a_room(&house).await;
    let bob = house.person("bob").await;
    house.store().add_members(&seat, &[bob], house.env.clock.now()).await.unwrap().unwrap();
    let his = house.seat(bob, seat.room()).await;
    assert_eq!(changes(&house, &his, 0).await.changes.len(), 1);
    house.store().remove_member(&seat, bob).await.unwrap().unwrap();
    assert_eq!(house.store().missed(&his, rev(0), 100).await.unwrap(), None);
}

pub async fn a_direct_room_tells_the_other_persons_new_name(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let opened = house.store().open_direct(alice, bob, house.env.clock.now()).await.unwrap();
    let Opened::New(room) = opened else { panic!("{opened:?}") };
    house.store().set_display_name(bob, &DisplayName::parse("Robert").unwrap()).await.unwrap();
    let missed = changes(&house, &house.seat(alice, room).await, 0).await;
    assert_eq!(lines(&missed), ["1 Robert changed"]);
    assert_eq!((missed.room.name.as_str(), missed.room.other.unwrap().name.as_str()), ("Robert", "Robert"));
}

pub async fn the_relay_tells_the_first_changes_in_order(house: House) {
    let seat = alice_in_a_room(&house).await;
    let bob = house.person("bob").await;
    house.posts(&seat, "one").await;
    house.store().add_members(&seat, &[bob], house.env.clock.now()).await.unwrap().unwrap();
    house.posts(&seat, "three").await;
    house.store().remove_member(&seat, bob).await.unwrap().unwrap();

    assert_eq!(relayed(&house, &seat, 0, 100).await, [(rev(1), false), (rev(3), false), (rev(4), true)]);
    assert_eq!(relayed(&house, &seat, 0, 2).await, [(rev(1), false), (rev(3), false)]);
    assert_eq!(relayed(&house, &seat, 3, 100).await, [(rev(4), true)]);
    assert_eq!(relayed(&house, &seat, 9, 100).await, []);
}

async fn alice_in_a_room(house: &House) -> Seat {
    let alice = house.person("alice").await;
    let room = house.group(alice, "Bakery", &[]).await;
    house.seat(alice, room).await
}

async fn changes(house: &House, seat: &Seat, since: i64) -> CatchUp {
    match house.store().missed(seat, rev(since), 100).await.unwrap() {
        Some(Missed::Changes(missed)) => missed,
        other => panic!("no changes: {other:?}"),
    }
}

/// The revisions on their way to the hub, and whether somebody left with each.
async fn relayed(house: &House, seat: &Seat, since: i64, limit: u32) -> Vec<(Rev, bool)> {
    let notices = events::since(&house.env, seat.room(), rev(since), limit).await.unwrap();
    let told = notices.into_iter().map(|notice| match notice {
        Notice::Room { rev, leavers, .. } => (rev, leavers != Leavers::Nobody),
        Notice::Person { .. } => panic!("not a room's notice"),
    });
    told.collect()
}

fn lines(missed: &CatchUp) -> Vec<String> {
    let line = |what: &What| match what {
        What::Message(message) => message.text.to_string(),
        What::MemberJoined(member) => format!("{} joined", member.person.name),
        What::MemberChanged(member) => format!("{} changed", member.person.name),
        What::MemberLeft(user) => format!("{user} left"),
        What::RoomChanged { name } => format!("now {name}"),
        What::Unknown => panic!("the server knows what it tells"),
    };
    missed.changes.iter().map(|change| format!("{} {}", change.rev, line(&change.what))).collect()
}
