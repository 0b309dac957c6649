use crate::support::{House, no, rev, text};
use domain::messages::{self, Draft, Receipt, Sent};
use domain::ports::{Posted, Quotas};
use domain::{Env, Error, Seat};
use protocol::{Page, Slice};
use server::limits::LocalLimits;
use std::sync::Arc;

pub async fn messages_are_numbered_from_one(house: House) {
    let [hers, his] = two_in_a_room(&house).await;
    house.clock.set(2_000);
    let draft = house.draft("hello");
    let Posted::New { message, rev: first } = house.inserts(&hers, &draft).await else { panic!("not new") };
    assert_eq!((message.no, first, message.at.get(), message.client_id), (no(1), rev(1), 2_000, draft.client_id));
    assert_eq!((message.author.id, message.author.name.as_str(), message.text), (hers.user(), "Alice", text("hello")));
    assert_eq!(house.posts(&his, "hi").await.no, no(2));
}

pub async fn an_own_message_is_read(house: House) {
    let [hers, his] = two_in_a_room(&house).await;
    house.posts(&hers, "one").await;
    house.posts(&his, "two").await;
    assert_eq!(house.view(hers.user(), hers.room()).await.unread(), 1);
    assert_eq!(house.view(his.user(), his.room()).await.unread(), 0);
}

pub async fn a_retry_returns_the_first_receipt(house: House) {
    let [hers, his] = two_in_a_room(&house).await;
    let draft = house.draft("once");
    let Posted::New { message, rev } = house.inserts(&hers, &draft).await else { panic!("not new") };
    house.posts(&his, "between").await;
    house.clock.set(5_000);
    let receipt = Receipt { no: message.no, rev, at: message.at };
    for _ in 0..3 {
        assert_eq!(house.inserts(&hers, &draft).await, Posted::Again(receipt));
    }
    let view = house.view(hers.user(), hers.room()).await;
    assert_eq!((view.last_no, view.read.no, view.rev), (no(2), no(1), crate::support::rev(2)), "nothing moved");
}

pub async fn the_same_client_id_with_another_text_is_a_conflict(house: House) {
    let [hers, _] = two_in_a_room(&house).await;
    let draft = house.draft("once");
    assert!(matches!(house.inserts(&hers, &draft).await, Posted::New { .. }));
    let other = Draft { text: text("twice"), ..draft };
    assert_eq!(house.inserts(&hers, &other).await, Posted::Conflict);
    assert_eq!(words(&newest(&house, &hers).await), ["once"]);
}

pub async fn the_same_client_id_in_another_room_is_a_conflict(house: House) {
    let [hers, _] = two_in_a_room(&house).await;
    let elsewhere = house.group(hers.user(), "Elsewhere", &[]).await;
    let elsewhere = house.seat(hers.user(), elsewhere).await;
    let draft = house.draft("once");
    assert!(matches!(house.inserts(&hers, &draft).await, Posted::New { .. }));
    assert_eq!(house.inserts(&elsewhere, &draft).await, Posted::Conflict);
    assert_eq!(house.view(hers.user(), elsewhere.room()).await.last_no, no(0));
}

pub async fn two_people_may_use_the_same_client_id(house: House) {
    let [hers, his] = two_in_a_room(&house).await;
    let draft = house.draft("the same");
    assert!(matches!(house.inserts(&hers, &draft).await, Posted::New { .. }));
    assert!(matches!(house.inserts(&his, &draft).await, Posted::New { .. }));
}

pub async fn a_retry_at_the_same_moment_is_stored_once(house: House) {
    let [hers, _] = two_in_a_room(&house).await;
    let draft = house.draft("once");
    let answers = futures::future::join_all((0..16).map(|_| house.inserts(&hers, &draft))).await;
    let new = answers.iter().filter(|posted| matches!(posted, Posted::New { .. })).count();
    let again = answers.iter().filter(|posted| matches!(posted, Posted::Again(receipt) if receipt.no == no(1))).count();
    assert_eq!((new, again), (1, 15), "{answers:?}");
}

pub async fn a_retry_costs_nothing(house: House) {
    let env = Env { limits: Arc::new(LocalLimits::new(Quotas::default())), ..house.env.clone() };
    let [hers, his] = two_in_a_room(&house).await;
    let draft = house.draft("once");
    assert!(matches!(messages::submit(&env, &hers, draft.clone()).await, Ok(Sent::New(_))));
    for _ in 0..200 {
        assert!(matches!(messages::submit(&env, &hers, draft.clone()).await, Ok(Sent::Again(_))));
    }
    // Over a socket.
    let draft = house.draft("twice");
    for _ in 0..200 {
        messages::charge(&env, &his).unwrap();
        messages::post(&env, &his, draft.clone()).await.unwrap();
    }
    assert_eq!(words(&newest(&house, &hers).await), ["once", "twice"]);
}

pub async fn who_has_left_posts_nothing(house: House) {
    let [hers, his] = two_in_a_room(&house).await;
    house.posts(&his, "still here").await;
    house.store().remove_member(&hers, his.user()).await.unwrap().unwrap();
    assert_eq!(house.inserts(&his, &house.draft("too late")).await, Posted::NotInRoom);
    assert_eq!(words(&newest(&house, &hers).await), ["still here"]);
}

pub async fn who_has_left_reads_nothing(house: House) {
    let [hers, his] = two_in_a_room(&house).await;
    house.posts(&hers, "still here").await;
    assert_eq!(words(&newest(&house, &his).await), ["still here"]);
    house.store().remove_member(&hers, his.user()).await.unwrap().unwrap();
    house.posts(&hers, "among ourselves").await;
    for page in [Page::Newest, Page::Before(no(2)), Page::After(no(0)), Page::Around(no(1))] {
        assert_eq!(house.store().messages(&his, page, 100).await.unwrap(), None, "{page:?}");
    }
    assert!(matches!(messages::page(&house.env, &his, Page::Newest, None).await, Err(Error::NotFound)));
    assert_eq!(words(&newest(&house, &hers).await), ["still here", "among ourselves"]);

    house.store().close_room(&hers).await.unwrap().unwrap();
    while !house.store().erase_empty_rooms(10).await.unwrap() {}
    assert_eq!(house.store().messages(&hers, Page::Newest, 100).await.unwrap(), None, "there is no room any more");
}

pub async fn every_text_comes_back_as_it_was(house: House) {
    let [hers, _] = two_in_a_room(&house).await;
    let long = "é".repeat(8_000);
    let texts = ["'); drop table messages; --", "a\nb\tc", "🎉 \u{202e}reversed", "$1 ?1 :x", long.as_str()];
    for words in texts {
        house.posts(&hers, words).await;
    }
    assert_eq!(words(&newest(&house, &hers).await), texts);
}

pub async fn the_newest_page_ends_with_the_last_message(house: House) {
    let [hers, his] = two_in_a_room(&house).await;
    assert_eq!(newest(&house, &hers).await, Slice::default());
    posts_many(&house, &his, 10).await;
    assert_eq!(page(&house, &hers, Page::Newest, 3).await, (vec![8, 9, 10], true, false));
    assert_eq!(page(&house, &hers, Page::Newest, 10).await, ((1..=10).collect(), false, false));
}

pub async fn pages_lead_back_to_the_first_message_and_forth_to_the_last(house: House) {
    let [hers, _] = two_in_a_room(&house).await;
    posts_many(&house, &hers, 10).await;
    assert_eq!(page(&house, &hers, Page::Before(no(8)), 5).await, (vec![3, 4, 5, 6, 7], true, true));
    assert_eq!(page(&house, &hers, Page::Before(no(3)), 5).await, (vec![1, 2], false, true));
    assert_eq!(page(&house, &hers, Page::After(no(2)), 5).await, (vec![3, 4, 5, 6, 7], true, true));
    assert_eq!(page(&house, &hers, Page::After(no(7)), 5).await, (vec![8, 9, 10], true, false));
    assert_eq!(page(&house, &hers, Page::After(no(0)), 2).await, (vec![1, 2], false, true));
}

pub async fn a_page_around_a_message_has_it_in_the_middle(house: House) {
    let [hers, _] = two_in_a_room(&house).await;
    posts_many(&house, &hers, 10).await;
    assert_eq!(page(&house, &hers, Page::Around(no(5)), 5).await, (vec![3, 4, 5, 6, 7], true, true));
    assert_eq!(page(&house, &hers, Page::Around(no(5)), 4).await, (vec![4, 5, 6], true, true));
    assert_eq!(page(&house, &hers, Page::Around(no(1)), 5).await, (vec![1, 2, 3], false, true));
    assert_eq!(page(&house, &hers, Page::Around(no(10)), 5).await, (vec![8, 9, 10], true, false));
    assert_eq!(page(&house, &hers, Page::Around(no(5)), 1).await, (vec![5], true, true));
}

pub async fn a_page_beyond_the_end_is_empty_and_says_what_there_is(house: House) {
    let [hers, _] = two_in_a_room(&house).await;
    assert_eq!(page(&house, &hers, Page::After(no(5)), 5).await, (vec![], false, false));
    posts_many(&house, &hers, 3).await;
    assert_eq!(page(&house, &hers, Page::Before(no(1)), 5).await, (vec![], false, true));
    assert_eq!(page(&house, &hers, Page::After(no(3)), 5).await, (vec![], true, false));
    assert_eq!(page(&house, &hers, Page::After(no(99)), 5).await, (vec![], true, false));
    assert_eq!(page(&house, &hers, Page::Around(no(99)), 5).await, (vec![], true, false));
    assert_eq!(page(&house, &hers, Page::Before(no(99)), 5).await, (vec![1, 2, 3], false, false));
}

async fn two_in_a_room(house: &House) -> [Seat; 2] {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(alice, "Bakery", &[bob]).await;
    [house.seat(alice, room).await, house.seat(bob, room).await]
}

async fn posts_many(house: &House, seat: &Seat, count: i64) {
    for n in 1..=count {
        house.posts(seat, &format!("message {n}")).await;
    }
}

async fn newest(house: &House, seat: &Seat) -> Slice {
    house.store().messages(seat, Page::Newest, 100).await.unwrap().unwrap()
}

async fn page(house: &House, seat: &Seat, page: Page, limit: u32) -> (Vec<i64>, bool, bool) {
    let slice = house.store().messages(seat, page, limit).await.unwrap().unwrap();
    (slice.messages.iter().map(|message| message.no.get()).collect(), slice.earlier, slice.later)
}

fn words(slice: &Slice) -> Vec<&str> {
    slice.messages.iter().map(|message| message.text.as_str()).collect()
}
