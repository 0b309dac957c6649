use crate::support::{House, no};
use domain::Seat;
use protocol::UserId;

pub async fn a_read_mark_moves_forward_only(house: House) {
    let (bob, seat) = bob_with_three_unread(&house).await;
    assert_eq!(house.store().set_seen(&seat, no(2)).await.unwrap(), Some(no(2)));
    assert_eq!(house.view(bob, seat.room()).await.unread(), 1);
    for old in [0, 1, 2] {
        assert_eq!(house.store().set_seen(&seat, no(old)).await.unwrap(), None);
    }
    assert_eq!(house.view(bob, seat.room()).await.read_no, no(2));
}

pub async fn a_read_mark_stops_at_the_newest_message(house: House) {
    let (bob, seat) = bob_with_three_unread(&house).await;
    assert_eq!(house.store().set_seen(&seat, no(99)).await.unwrap(), Some(no(3)));
    assert_eq!(house.store().set_seen(&seat, no(99)).await.unwrap(), None);
    assert_eq!(house.view(bob, seat.room()).await.unread(), 0);
}

pub async fn who_has_left_marks_nothing(house: House) {
    let (bob, seat) = bob_with_three_unread(&house).await;
    assert_eq!(house.store().set_seen(&seat, no(1)).await.unwrap(), Some(no(1)));
    house.store().remove_member(&seat, bob).await.unwrap().unwrap();
    assert_eq!(house.store().set_seen(&seat, no(2)).await.unwrap(), None);
}

async fn bob_with_three_unread(house: &House) -> (UserId, Seat) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(alice, "Bakery", &[bob]).await;
    for words in ["one", "two", "three"] {
        house.posts(&house.seat(alice, room).await, words).await;
    }
    assert_eq!(house.view(bob, room).await.unread(), 3);
    assert_eq!(house.view(alice, room).await.unread(), 0);
    (bob, house.seat(bob, room).await)
}
