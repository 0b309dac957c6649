use crate::support::{House, no, read};
use domain::Seat;
use protocol::{ReadMarker, UserId};

pub async fn a_read_mark_moves_forward_only(house: House) {
    let (bob, seat) = bob_with_three_unread(&house).await;
    assert_eq!(seen(&house, &seat, 2).await, Some(read(0, 2)));
    assert_eq!(house.view(bob, seat.room()).await.unread(), 1);
    for old in [0, 1, 2] {
        assert_eq!(house.store().set_seen(&seat, no(old), None).await.unwrap(), None);
    }
    assert_eq!(house.view(bob, seat.room()).await.read, read(0, 2));
}

pub async fn a_read_mark_stops_at_the_newest_message(house: House) {
    let (bob, seat) = bob_with_three_unread(&house).await;
    assert_eq!(seen(&house, &seat, 99).await, Some(read(0, 3)));
    assert_eq!(house.store().set_seen(&seat, no(99), None).await.unwrap(), None);
    assert_eq!(house.view(bob, seat.room()).await.unread(), 0);
}

pub async fn who_has_left_marks_nothing(house: House) {
    let (bob, seat) = bob_with_three_unread(&house).await;
    assert_eq!(seen(&house, &seat, 1).await, Some(read(0, 1)));
    house.store().remove_member(&seat, bob).await.unwrap().unwrap();
    assert_eq!(house.store().set_seen(&seat, no(2), None).await.unwrap(), None);
}

async fn seen(house: &House, seat: &Seat, number: i64) -> Option<ReadMarker> {
    house.store().set_seen(seat, no(number), None).await.unwrap().map(|own| own.read)
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
