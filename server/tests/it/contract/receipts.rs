use crate::support::{House, no, read, rev};
use domain::Seat;
use futures::future::join_all;
use protocol::{OwnState, ReadMarker, UserId};

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

pub async fn messages_are_marked_as_unread_and_what_is_told_late_loses(house: House) {
    let (bob, seat) = bob_with_three_unread(&house).await;
    assert_eq!(seen(&house, &seat, 3).await, Some(read(0, 3)));
    let own = house.store().mark_unread(&seat, no(2)).await.unwrap().unwrap();
    assert_eq!(own, OwnState { room: seat.room(), rev: rev(3), read: read(1, 1) });
    let late = house.store().set_seen(&seat, no(3), read(0, 0).generation.into()).await.unwrap();
    assert_eq!((late, house.view(bob, seat.room()).await.read), (None, read(1, 1)));
    let future = house.store().set_seen(&seat, no(3), read(2, 0).generation.into()).await.unwrap();
    assert_eq!((future, house.view(bob, seat.room()).await.unread()), (None, 2));
    let known = house.store().set_seen(&seat, no(2), read(1, 0).generation.into()).await.unwrap();
    assert_eq!(known.map(|own| own.read), Some(read(1, 2)));
    house.posts(&seat, "an answer").await;
    assert_eq!(house.view(bob, seat.room()).await.read, read(1, 4), "who answers has read");
}

pub async fn each_of_many_marks_at_once_is_told_its_own_state(house: House) {
    let (_, seat) = bob_with_three_unread(&house).await;
    for round in 0..8 {
        let mark = async |number| (number, house.store().mark_unread(&seat, no(number)).await.unwrap().unwrap().read);
        let marks = join_all((0..24).map(|n| mark(n % 3 + 1))).await;
        assert!(marks.iter().all(|(number, told)| told.no == no(number - 1)), "{marks:?}");
        let mut generations: Vec<_> = marks.iter().map(|(_, told)| told.generation.get()).collect();
        generations.sort_unstable();
        assert_eq!(generations, (round * 24 + 1..=round * 24 + 24).collect::<Vec<_>>());
    }
}

pub async fn markers_of_many_people_and_rooms_move_at_once(house: House) {
    let people = house.people(["alice", "bob", "carol", "dora"]).await;
    let mut seats = Vec::new();
    for name in ["Bakery", "Oven"] {
        let room = house.group(people[0], name, &people[1..]).await;
        for person in people {
            seats.push(house.seat(person, room).await);
        }
        for words in ["one", "two", "three"] {
            house.posts(&seats[seats.len() - 4], words).await;
        }
    }
    let readers: Vec<_> = seats.iter().filter(|seat| seat.user() != people[0]).collect();
    house.store().mark_unread(readers[0], no(1)).await.unwrap().unwrap();
    for number in [1, 3] {
        let first = read(0, 0).generation;
        let marks = readers.iter().flat_map(|seat| [(*seat, None), (*seat, Some(first))]);
        let told = join_all(marks.map(|(seat, generation)| house.store().set_seen(seat, no(number), generation))).await;
        let told: Vec<_> = told.into_iter().map(Result::unwrap).collect();
        for (seat, told) in readers.iter().zip(told.chunks(2)) {
            let moved: Vec<_> = told.iter().flatten().map(|own| (own.room, own.read.no)).collect();
            assert_eq!(moved, [(seat.room(), no(number))], "each marker moves once, and its own");
        }
    }
    assert_eq!(house.view(readers[0].user(), readers[0].room()).await.read, read(1, 3));
}

pub async fn only_what_is_there_is_marked_as_unread_and_by_members(house: House) {
    let (bob, seat) = bob_with_three_unread(&house).await;
    for none in [0, 4, 99] {
        assert_eq!(house.store().mark_unread(&seat, no(none)).await.unwrap(), None, "{none}");
    }
    assert_eq!(house.view(bob, seat.room()).await.read, read(0, 0));
    house.store().remove_member(&seat, bob).await.unwrap().unwrap();
    assert_eq!(house.store().mark_unread(&seat, no(1)).await.unwrap(), None);
}

pub async fn the_own_states_of_several_people_are_told(house: House) {
    let (bob, seat) = bob_with_three_unread(&house).await;
    let carol = house.person("carol").await;
    let other = house.group(carol, "Other", &[bob]).await;
    house.store().mark_unread(&seat, no(3)).await.unwrap().unwrap();
    let his = [
        (bob, OwnState { room: seat.room(), rev: rev(3), read: read(1, 2) }),
        (bob, OwnState { room: other, rev: rev(0), read: read(0, 0) }),
    ];
    let own_states = async |people: &[UserId]| {
        let mut told = house.store().own_states(people).await.unwrap();
        told.sort_unstable_by_key(|(user, own)| (*user, own.room));
        told
    };
    assert_eq!(own_states(&[bob]).await, his);
    assert_eq!(own_states(&[bob, carol]).await.len(), 3);
    assert_eq!(own_states(&[]).await, []);
    house.store().remove_member(&seat, bob).await.unwrap().unwrap();
    assert_eq!(own_states(&[bob]).await, his[1..]);
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
