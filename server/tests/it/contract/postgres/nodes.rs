//! Several nodes on one database.

use super::{cluster, copy, database, open};
use crate::support::{House, no, rev};
use domain::Seat;
use domain::messages::Draft;
use domain::ports::{Opened, Posted, Registered};
use futures::future::join_all;
use protocol::{DisplayName, Page, RoomId, UserId};
use std::collections::BTreeSet;

/// Two nodes, each with its own connections.
async fn nodes() -> [House; 2] {
    let url = database().await;
    [House::new(open(&url).await, ()), House::new(open(&url).await, ())]
}

async fn group(node: &House, people: usize) -> (RoomId, Vec<UserId>) {
    let names: Vec<_> = (0..people).map(|n| format!("p{n}")).collect();
    let people = join_all(names.iter().map(async |name| node.person(name).await)).await;
    (node.group(people[0], "Square", &people[1..]).await, people)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_together_make_one_schema() {
    let url = super::empty().await;
    let opened = join_all((0..4).map(|_| open(&url))).await;
    let epochs: Vec<_> = join_all(opened.iter().map(|node| node.epoch())).await;
    assert!(epochs.iter().all(|epoch| epoch.as_ref().unwrap() == epochs[0].as_ref().unwrap()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_of_one_database_sign_cookies_with_one_key_and_other_databases_have_another() {
    let urls = [cluster().await.url(&copy("template0").await), cluster().await.url(&copy("migrated").await)];
    let [first, again, other] = [open(&urls[0]).await, open(&urls[0]).await, open(&urls[1]).await];
    let key = first.cookie_key().await.unwrap().unwrap();
    assert_eq!(key.len(), 64);
    assert_eq!(again.cookie_key().await.unwrap().unwrap(), key);
    assert_ne!(other.cookie_key().await.unwrap().unwrap(), key);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_sent_through_both_nodes_at_once_is_stored_once() {
    let [one, two] = nodes().await;
    let (room, people) = group(&one, 1).await;
    let seat = one.seat(people[0], room).await;
    for n in 1..=30 {
        let draft = one.draft(&format!("draft {n}"));
        let answers =
            join_all((0..6).map(|i| if i % 2 == 0 { &one } else { &two }).map(|node| node.inserts(&seat, &draft)));
        let answers = answers.await;
        let new = answers.iter().filter(|posted| matches!(posted, Posted::New { message, .. } if message.no == no(n)));
        let again = answers.iter().filter(|posted| matches!(posted, Posted::Again(receipt) if receipt.no == no(n)));
        assert_eq!((new.count(), again.count()), (1, 5), "{answers:?}");
    }
    assert_eq!(one.view(people[0], room).await.last_no, no(30));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_client_id_in_two_rooms_at_once_leaves_no_hole() {
    let [one, two] = nodes().await;
    let (room, people) = group(&one, 2).await;
    let other = one.group(people[0], "Other", &[people[1]]).await;
    let [here, there] = [one.seat(people[0], room).await, one.seat(people[0], other).await];
    let bystander = one.seat(people[1], room).await;
    let drafts: Vec<Draft> = (0..40).map(|n| one.draft(&format!("draft {n}"))).collect();
    // The one forwards, the other backwards, so that each meets what the other has taken.
    let forwards = join_all(drafts.iter().map(|draft| one.inserts(&here, draft)));
    let backwards = join_all(drafts.iter().rev().map(|draft| two.inserts(&there, draft)));
    let aside = join_all((0..20).map(|_| one.posts(&bystander, "aside")));
    let (forwards, backwards, aside) = tokio::join!(forwards, backwards, aside);

    let new = |answers: &[Posted]| answers.iter().filter(|posted| matches!(posted, Posted::New { .. })).count();
    let conflicts = |answers: &[Posted]| answers.iter().filter(|posted| **posted == Posted::Conflict).count();
    assert_eq!(new(&forwards) + new(&backwards), 40);
    assert_eq!(conflicts(&forwards) + conflicts(&backwards), 40);
    assert_eq!(aside.len(), 20);
    assert_whole(&one, &here, 20 + new(&forwards)).await;
    assert_whole(&two, &there, new(&backwards)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_senders_over_two_nodes_get_one_order() {
    let nodes = nodes().await;
    let (room, people) = group(&nodes[0], 64).await;
    let seats = join_all(people.iter().map(|person| nodes[0].seat(*person, room))).await;
    // Pipelined: all are on their way before the first is answered.
    let sends = seats.iter().enumerate().map(async |(at, seat)| {
        let node = &nodes[at % 2];
        join_all((0..10).map(async |n| node.posts(seat, &format!("{n}")).await)).await
    });
    let receipts = join_all(sends).await;
    for own in &receipts {
        assert!(own.is_sorted_by_key(|receipt| receipt.no), "a sender's own order: {own:?}");
    }
    let numbers: BTreeSet<_> = receipts.concat().iter().map(|receipt| receipt.no.get()).collect();
    assert_eq!(numbers, (1..=640).collect());
    assert_whole(&nodes[1], &seats[0], 640).await;
    assert_eq!(nodes[1].view(people[0], room).await.rev, rev(640));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_direct_room_is_made_once_by_both_nodes() {
    let [one, two] = nodes().await;
    for round in 0..10 {
        let (alice, bob) = (one.person(&format!("a{round}")).await, one.person(&format!("b{round}")).await);
        let at = one.env.clock.now();
        let attempts = (0..8).map(|n| match n % 2 {
            0 => one.store().open_direct(alice, bob, at),
            _ => two.store().open_direct(bob, alice, at),
        });
        let opened: Vec<_> = join_all(attempts).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(opened.iter().filter(|opened| matches!(opened, Opened::New(_))).count(), 1, "{opened:?}");
        assert_eq!(two.store().room_list(alice).await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_accounts_on_both_nodes_make_one_administrator() {
    let [one, two] = nodes().await;
    let register = async |node: &House, name: &str| match node.store().insert_account(node.applicant(name, "X")).await {
        Ok(Registered::Account(user)) => user,
        other => panic!("{other:?}"),
    };
    let names: Vec<_> = (0..8).map(|n| format!("p{n}")).collect();
    let all = join_all(names.iter().enumerate().map(async |(n, name)| register([&one, &two][n % 2], name).await)).await;
    let accounts = join_all(all.into_iter().map(|user| one.store().account(user))).await;
    assert_eq!(accounts.into_iter().filter(|account| account.as_ref().unwrap().as_ref().unwrap().is_admin).count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_on_either_node_takes_the_next_revision() {
    let [one, two] = nodes().await;
    let (room, people) = group(&one, 12).await;
    let owner = one.seat(people[0], room).await;
    let leavers = join_all(people[1..5].iter().map(|person| one.seat(*person, room))).await;
    let newcomers = one.people(["n1", "n2", "n3", "n4"]).await;
    let at = one.env.clock.now();
    let (zoe, yan) = (DisplayName::parse("Zoe").unwrap(), DisplayName::parse("Yan").unwrap());

    let posts = join_all((0..20).map(async |n| vec![[&one, &two][n % 2].posts(&owner, "hello").await.rev]));
    let leaves = join_all(leavers.iter().map(|seat| two.store().remove_member(seat, seat.user())));
    // The same people through both nodes: each joins once.
    let (store1, store2) = (one.store(), two.store());
    let joins = join_all([store1, store2].map(|store| store.add_members(&owner, &newcomers, at)));
    let (names1, names2) = (store1.set_display_name(people[0], &zoe), store2.set_display_name(people[11], &yan));
    let (posted, left, joined, named1, named2) = tokio::join!(posts, leaves, joins, names1, names2);

    let left = left.into_iter().flat_map(|changes| changes.unwrap().unwrap());
    let changes = left.chain(joined.into_iter().flat_map(|changes| changes.unwrap().unwrap()));
    let changes = changes.chain(named1.unwrap()).chain(named2.unwrap());
    let mut revs: Vec<_> = changes.map(|change| change.rev).chain(posted.concat()).map(|rev| rev.get()).collect();
    revs.sort_unstable();
    assert_eq!(revs, (1..=20 + 4 + 4 + 2).collect::<Vec<_>>());
    let view = two.view(people[0], room).await;
    assert_eq!((view.members, view.rev), (12, rev(30)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_posts_after_a_removal_on_another_node() {
    let [one, two] = nodes().await;
    let (room, people) = group(&one, 2).await;
    let (owner, leaver) = (one.seat(people[0], room).await, one.seat(people[1], room).await);
    let posting = async {
        let mut last = None;
        loop {
            match two.inserts(&leaver, &two.draft("still here")).await {
                Posted::New { rev, .. } => last = Some(rev),
                Posted::NotInRoom => return last,
                other => panic!("{other:?}"),
            }
        }
    };
    let removing = async {
        // Some of the messages come first.
        while one.view(people[0], room).await.last_no < no(3) {}
        one.store().remove_member(&owner, people[1]).await.unwrap().unwrap()[0].rev
    };
    let (last, removed) = tokio::join!(posting, removing);
    assert!(last.unwrap() < removed, "{last:?} came after {removed}");
    assert_eq!(one.view(people[0], room).await.rev, removed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_name_and_a_new_seat_at_once_are_both_told() {
    let [one, two] = nodes().await;
    let (room, people) = group(&one, 1).await;
    let owner = one.seat(people[0], room).await;
    for round in 0..12 {
        let person = one.person(&format!("n{round}")).await;
        let name = DisplayName::parse(&format!("Renamed {round}")).unwrap();
        let joins = one.store().add_members(&owner, std::slice::from_ref(&person), one.env.clock.now());
        let (joined, told) = tokio::join!(joins, two.store().set_display_name(person, &name));
        let (joined, told) = (joined.unwrap().unwrap(), told.unwrap());
        let is_new_already = format!("{joined:?}").contains("Renamed");
        assert_eq!(told.is_empty(), is_new_already, "joined as {joined:?}, then told {told:?}");
    }
}

/// Nothing but messages, from 1 on without a hole, as the room counts them.
async fn assert_whole(node: &House, seat: &Seat, count: usize) {
    let slice = node.store().messages(seat, Page::Newest, 1_000).await.unwrap().unwrap();
    let stored: Vec<_> = slice.messages.iter().map(|message| message.no.get()).collect();
    assert_eq!(stored, (1..=count as i64).collect::<Vec<_>>());
    assert_eq!(node.view(seat.user(), seat.room()).await.last_no.get(), count as i64);
}
