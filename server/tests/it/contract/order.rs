use crate::support::{House, no, rev};
use domain::Seat;
use domain::messages::Receipt;
use futures::future::join_all;
use protocol::{DisplayName, Page, RoomName};
use std::collections::BTreeSet;

/// 64 people in a room, alice first.
async fn crowd(house: &House) -> Vec<Seat> {
    let alice = house.person("alice").await;
    let others = join_all((1..64).map(async |n| house.person(&format!("p{n}")).await)).await;
    let room = house.group(alice, "Square", &others).await;
    join_all(std::iter::once(alice).chain(others).map(async |person| house.seat(person, room).await)).await
}

pub async fn sixty_four_senders_get_one_order(house: House) {
    let seats = crowd(&house).await;
    let posts_ten = async |seat: &Seat| -> Vec<Receipt> {
        let mut receipts = Vec::new();
        for n in 0..10 {
            receipts.push(house.posts(seat, &format!("{} says {n}", seat.user())).await);
        }
        receipts
    };
    let receipts: Vec<Receipt> = join_all(seats.iter().map(posts_ten)).await.concat();

    let numbers: BTreeSet<_> = receipts.iter().map(|receipt| receipt.no.get()).collect();
    assert_eq!(numbers, (1..=640).collect());
    assert!(receipts.iter().all(|receipt| receipt.no.get() == receipt.rev.get()), "nothing but messages changed");
    let slice = house.store().messages(&seats[0], Page::Newest, 1_000).await.unwrap().unwrap();
    let stored: Vec<_> = slice.messages.iter().map(|message| message.no.get()).collect();
    assert_eq!(stored, (1..=640).collect::<Vec<_>>());
    let view = house.view(seats[0].user(), seats[0].room()).await;
    assert_eq!((view.last_no, view.rev), (no(640), rev(640)));
}

pub async fn a_senders_own_order_is_kept(house: House) {
    let seats = crowd(&house).await;
    // Pipelined: all are on their way before the first is answered.
    let pipelined = seats
        .iter()
        .take(8)
        .map(async |seat| join_all((0..20).map(async |n| house.posts(seat, &format!("{n}")).await.no)).await);
    for numbers in join_all(pipelined).await {
        assert!(numbers.is_sorted(), "{numbers:?}");
    }
}

pub async fn every_change_takes_the_next_revision(house: House) {
    let seats = crowd(&house).await;
    let (owner, store, at) = (seats[0], house.store(), house.env.clock.now());
    let (oven, zoe) = (RoomName::parse("Oven").unwrap(), DisplayName::parse("Zoe").unwrap());
    let newcomers = house.people(["n1", "n2", "n3"]).await;

    let posts = join_all(seats[1..32].iter().map(async |seat| vec![house.posts(seat, "hello").await.rev]));
    let leaves = join_all(seats[32..40].iter().map(|seat| store.remove_member(seat, seat.user())));
    let joins = store.add_members(&owner, &newcomers, at);
    let (renames, names) = (store.rename_room(&owner, &oven), store.set_display_name(owner.user(), &zoe));
    let (posted, left, joined, renamed, named) = tokio::join!(posts, leaves, joins, renames, names);

    let left = left.into_iter().flat_map(|changes| changes.unwrap().unwrap());
    let changes = left.chain(joined.unwrap().unwrap()).chain(renamed.unwrap()).chain(named.unwrap());
    let mut revs: Vec<_> = changes.map(|change| change.rev).chain(posted.concat()).map(|rev| rev.get()).collect();
    revs.sort_unstable();
    assert_eq!(revs, (1..=31 + 8 + 3 + 1 + 1).collect::<Vec<_>>());
}
