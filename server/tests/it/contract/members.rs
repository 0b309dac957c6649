use crate::support::{House, no, rev};
use domain::ports::{Leavers, NotSeated, Notice, Posted};
use domain::{Error, events, rooms};
use protocol::{Change, Member, Page, Person, Role, RoomId, RoomName, UserId, What};

pub async fn newcomers_join_one_by_one_with_everything_read(house: House) {
    let [alice, bob, carol] = house.people(["alice", "bob", "carol"]).await;
    let room = house.group(alice, "Bakery", &[]).await;
    let seat = house.seat(alice, room).await;
    house.posts(&seat, "before").await;

    let changes = adds(&house, room, alice, &[bob, carol]).await.unwrap();

    let joined = |rev_of, user, name: &str| {
        let person = Person { id: user, username: name.to_lowercase(), name: name.into(), is_bot: false };
        Change { room, rev: rev(rev_of), what: What::MemberJoined(Member { person, role: Role::Member }) }
    };
    assert_eq!(changes, [joined(2, bob, "Bob"), joined(3, carol, "Carol")]);
    assert_eq!(house.member_ids(&seat).await, [alice, bob, carol]);
    let view = house.view(carol, room).await;
    assert_eq!((view.members, view.rev, view.read.no, view.unread()), (3, rev(3), no(1), 0));
}

pub async fn who_is_in_the_room_already_stays_as_they_are(house: House) {
    let [alice, bob, carol] = house.people(["alice", "bob", "carol"]).await;
    let room = house.group(alice, "Bakery", &[bob]).await;
    house.posts(&house.seat(alice, room).await, "unread by bob").await;
    assert_eq!(adds(&house, room, bob, &[alice, bob, carol, carol]).await.unwrap().len(), 1);
    assert_eq!(house.view(bob, room).await.unread(), 1);
    assert_eq!(house.view(alice, room).await.role, Role::Owner);
    assert_eq!(adds(&house, room, bob, &[alice]).await.unwrap(), []);
    let view = house.view(bob, room).await;
    assert_eq!((view.rev, view.members), (rev(2), 3));
}

pub async fn nobody_joins_with_a_stranger(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(alice, "Bakery", &[]).await;
    let before = house.view(alice, room).await;
    assert_eq!(adds(&house, room, alice, &[bob, UserId::try_from(999).unwrap()]).await, None);
    assert_eq!(house.view(alice, room).await, before);
    assert_eq!(house.store().role(room, bob).await.unwrap(), None);
    assert!(adds(&house, room, alice, &[bob]).await.is_some());
}

pub async fn who_has_left_adds_nobody(house: House) {
    let [alice, bob, carol] = house.people(["alice", "bob", "carol"]).await;
    let room = house.group(alice, "Bakery", &[bob]).await;
    let seat = house.seat(bob, room).await;
    house.store().remove_member(&seat, bob).await.unwrap().unwrap();
    assert_eq!(
        house.store().add_members(&seat, &[carol], house.env.clock.now()).await.unwrap(),
        Err(NotSeated::NotThere)
    );
    assert_eq!(house.store().role(room, carol).await.unwrap(), None);
}

pub async fn who_has_left_can_join_again(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(alice, "Bakery", &[bob]).await;
    let (hers, his) = (house.seat(alice, room).await, house.seat(bob, room).await);
    house.store().remove_member(&his, bob).await.unwrap().unwrap();
    house.posts(&hers, "meanwhile").await;
    let changes = adds(&house, room, alice, &[bob]).await.unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!((house.view(bob, room).await.unread(), house.view(bob, room).await.members), (0, 2));
    house.posts(&his, "back").await;
}

pub async fn a_member_leaves_and_the_others_stay(house: House) {
    let [alice, bob, carol] = house.people(["alice", "bob", "carol"]).await;
    let room = house.group(alice, "Bakery", &[bob, carol]).await;
    let seat = house.seat(bob, room).await;
    let left = vec![Change { room, rev: rev(1), what: What::MemberLeft(bob) }];
    assert_eq!(house.store().remove_member(&seat, bob).await.unwrap(), Some(left));
    assert_eq!(house.store().role(room, bob).await.unwrap(), None);
    assert_eq!(house.store().room_list(bob).await.unwrap(), []);
    assert_eq!(house.member_ids(&house.seat(carol, room).await).await, [alice, carol]);
    assert_eq!(house.view(carol, room).await.members, 2);
    assert_eq!(house.store().remove_member(&seat, bob).await.unwrap(), None, "only once");
}

pub async fn who_has_left_is_not_told_who_is_there(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(alice, "Bakery", &[bob]).await;
    let (hers, his) = (house.seat(alice, room).await, house.seat(bob, room).await);
    assert_eq!(house.member_ids(&his).await, [alice, bob]);
    house.store().remove_member(&hers, bob).await.unwrap().unwrap();
    assert_eq!(house.store().members(&his, None, 100).await.unwrap(), None);
    assert!(matches!(rooms::members(&house.env, &his).await, Err(Error::NotFound)));
    assert_eq!(house.member_ids(&hers).await, [alice]);

    house.store().close_room(&hers).await.unwrap().unwrap();
    while !house.store().erase_empty_rooms(10).await.unwrap() {}
    assert_eq!(house.store().members(&hers, None, 100).await.unwrap(), None, "there is no room any more");
}

pub async fn only_the_owner_removes_others(house: House) {
    let [alice, bob, carol, dave] = house.people(["alice", "bob", "carol", "dave"]).await;
    let room = house.group(alice, "Bakery", &[bob, carol]).await;
    let (hers, his) = (house.seat(alice, room).await, house.seat(bob, room).await);
    assert_eq!(house.store().remove_member(&his, carol).await.unwrap(), None);
    assert_eq!(house.store().remove_member(&hers, dave).await.unwrap(), None, "not in the room");
    assert_eq!(house.view(carol, room).await.rev, rev(0));
    assert_eq!(house.store().remove_member(&hers, carol).await.unwrap().unwrap().len(), 1);

    house.store().remove_member(&hers, alice).await.unwrap().unwrap();
    assert_eq!(house.store().remove_member(&hers, bob).await.unwrap(), None, "the seat is an old one");
}

pub async fn the_longest_standing_member_follows_an_owner_who_leaves(house: House) {
    let [alice, bob, carol, dave] = house.people(["alice", "bob", "carol", "dave"]).await;
    let room = house.group(dave, "Bakery", &[]).await;
    for person in [carol, alice, bob] {
        adds(&house, room, dave, &[person]).await.unwrap();
    }
    let changes = leaves(&house, room, dave).await;
    assert_eq!(changes[0], Change { room, rev: rev(4), what: What::MemberLeft(dave) });
    let (follows, What::MemberChanged(owner)) = (changes[1].rev, &changes[1].what) else { panic!("{changes:?}") };
    assert_eq!((changes.len(), follows, owner.person.id, owner.role), (2, rev(5), carol, Role::Owner));
    assert!(house.seat(carol, room).await.is_owner());

    adds(&house, room, carol, &[dave]).await.unwrap();
    leaves(&house, room, carol).await;
    assert!(house.seat(alice, room).await.is_owner(), "dave is the newest now");
    assert!(!house.seat(dave, room).await.is_owner());
}

pub async fn the_last_one_leaves_nobody_behind(house: House) {
    let alice = house.person("alice").await;
    let room = house.group(alice, "Bakery", &[]).await;
    assert_eq!(leaves(&house, room, alice).await.len(), 1);
    assert_eq!(house.store().room_list(alice).await.unwrap(), []);
}

pub async fn only_the_owner_closes_a_room_and_everybody_is_told(house: House) {
    let [alice, bob, carol] = house.people(["alice", "bob", "carol"]).await;
    let room = house.group(alice, "Bakery", &[bob, carol]).await;
    let (hers, his) = (house.seat(alice, room).await, house.seat(bob, room).await);
    assert_eq!(house.store().close_room(&his).await.unwrap(), None);
    assert_eq!(house.store().close_room(&hers).await.unwrap(), Some(rev(1)), "one revision, however many they are");
    for person in [alice, bob, carol] {
        assert_eq!(house.store().role(room, person).await.unwrap(), None);
        assert_eq!(house.store().room_list(person).await.unwrap(), []);
    }
    assert_eq!(house.store().heads(&[room]).await.unwrap(), [(room, rev(1))]);
    for since in [0, 1] {
        let told = events::since(&house.env, room, rev(since), 10).await.unwrap();
        let end = Notice::Room { room, rev: rev(1), leavers: Leavers::Everybody, frame: String::new() };
        assert_eq!(told, [end], "whoever missed it is told the same");
    }
    assert_eq!(house.store().close_room(&hers).await.unwrap(), None, "only once");
}

pub async fn rooms_without_members_are_erased_a_little_at_a_time(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let (closed, kept) = (house.group(alice, "Bakery", &[bob]).await, house.group(alice, "Garden", &[bob]).await);
    let seats = [house.seat(alice, closed).await, house.seat(bob, kept).await];
    for seat in &seats {
        for words in ["one", "two", "three"] {
            house.inserts(seat, &house.draft(words)).await;
        }
    }
    assert!(house.store().erase_empty_rooms(2).await.unwrap(), "nothing is empty yet");
    house.store().close_room(&seats[0]).await.unwrap().unwrap();
    // Three messages and two seats, two rows at a time; the room itself goes with the last of them.
    for _ in 0..2 {
        assert!(!house.store().erase_empty_rooms(2).await.unwrap());
        assert_eq!(house.store().heads(&[closed]).await.unwrap().len(), 1, "not all of it is erased");
    }
    assert!(!house.store().erase_empty_rooms(2).await.unwrap());
    assert!(house.store().erase_empty_rooms(2).await.unwrap());
    assert_eq!(house.store().heads(&[closed, kept]).await.unwrap(), [(kept, rev(3))]);
    let slice = house.store().messages(&seats[1], Page::Newest, 10).await.unwrap().unwrap();
    assert_eq!(slice.messages.len(), 3);
    assert_eq!(house.inserts(&seats[0], &house.draft("four")).await, Posted::NotInRoom);
    let name = RoomName::parse("Cellar").unwrap();
    assert!(matches!(rooms::rename(&house.env, &seats[0], name).await, Err(Error::NotFound)));
}

async fn adds(house: &House, room: RoomId, asker: UserId, people: &[UserId]) -> Option<Vec<Change>> {
    let seat = house.seat(asker, room).await;
    house.store().add_members(&seat, people, house.env.clock.now()).await.unwrap().ok()
}

async fn leaves(house: &House, room: RoomId, person: UserId) -> Vec<Change> {
    house.store().remove_member(&house.seat(person, room).await, person).await.unwrap().unwrap()
}
