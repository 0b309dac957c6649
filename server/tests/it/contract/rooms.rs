use crate::support::{House, no, rev};
use domain::ports::{Device, Membership, NotSeated, Opened, RoomPage, RoomPlace, SessionId, SessionRecord};
use domain::{Error, access, rooms};
use protocol::{At, Change, Kind, Role, RoomId, RoomName, UserId, What};

pub async fn a_direct_room_bears_the_other_persons_name(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = opens(&house, alice, bob).await;
    let (hers, his) = (house.view(alice, room).await, house.view(bob, room).await);
    assert_eq!((hers.kind, hers.name.as_str(), hers.members, hers.role), (Kind::Direct, "Bob", 2, Role::Member));
    assert_eq!((his.name.as_str(), his.other.unwrap().id), ("Alice", alice));
    let seat = house.seat(alice, room).await;
    assert_eq!(house.store().kind(&seat).await.unwrap(), Some(Kind::Direct));
    assert_eq!(house.member_ids(&seat).await, [alice, bob]);
}

pub async fn a_direct_room_is_made_once_from_either_side(house: House) {
    let [alice, bob, carol] = house.people(["alice", "bob", "carol"]).await;
    let room = opens(&house, alice, bob).await;
    let at = house.env.clock.now();
    assert_eq!(house.store().open_direct(alice, bob, at).await.unwrap(), Opened::Known(room));
    assert_eq!(house.store().open_direct(bob, alice, at).await.unwrap(), Opened::Known(room));
    assert_ne!(opens(&house, alice, carol).await, room);
}

pub async fn two_attempts_at_once_make_one_direct_room(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let at = house.env.clock.now();
    let attempts = (0..16).map(|n| match n % 2 {
        0 => house.store().open_direct(alice, bob, at),
        _ => house.store().open_direct(bob, alice, at),
    });
    let opened: Vec<_> = futures::future::join_all(attempts).await.into_iter().map(Result::unwrap).collect();
    let made: Vec<_> = opened.iter().filter(|opened| matches!(opened, Opened::New(_))).collect();
    assert_eq!(made.len(), 1, "{opened:?}");
    assert_eq!(house.store().room_list(alice).await.unwrap().len(), 1);
}

pub async fn a_direct_room_needs_two_people(house: House) {
    let alice = house.person("alice").await;
    let at = house.env.clock.now();
    assert_eq!(house.store().open_direct(alice, stranger(), at).await.unwrap(), Opened::NobodyThere);
    assert_eq!(house.store().open_direct(alice, alice, at).await.unwrap(), Opened::NobodyThere);
    assert_eq!(house.store().room_list(alice).await.unwrap(), []);
}

pub async fn a_group_begins_with_its_people_and_an_owner(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(bob, "Bakery", &[alice, bob]).await;
    let view = house.view(alice, room).await;
    assert_eq!((view.kind, view.name.as_str(), view.members, view.role), (Kind::Group, "Bakery", 2, Role::Member));
    assert_eq!((view.rev, view.last_no, view.active_at, view.other), (rev(0), no(0), house.env.clock.now(), None));
    let seat = house.seat(bob, room).await;
    assert!(seat.is_owner());
    let members = house.store().members(&seat, None, 100).await.unwrap().unwrap();
    let roles: Vec<_> = members.iter().map(|record| (record.member.person.id, record.member.role)).collect();
    assert_eq!(roles, [(alice, Role::Member), (bob, Role::Owner)]);
    assert_eq!(house.store().kind(&seat).await.unwrap(), Some(Kind::Group));
}

pub async fn a_group_with_a_stranger_is_not_made(house: House) {
    let alice = house.person("alice").await;
    let (name, at) = (RoomName::parse("Bakery").unwrap(), house.env.clock.now());
    let made = house.store().create_group(alice, &name, &[stranger()], at).await.unwrap();
    assert_eq!(made, Err(NotSeated::NotThere));
    assert_eq!(house.store().room_list(alice).await.unwrap(), []);
}

pub async fn rooms_are_listed_by_their_newest_activity(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let first = house.group(alice, "First", &[bob]).await;
    let second = house.group(alice, "Second", &[bob]).await;
    house.clock.set(2_000);
    let third = opens(&house, alice, bob).await;
    assert_eq!(listed(&house, alice).await, [third, second, first]);
    house.clock.set(3_000);
    house.posts(&house.seat(bob, first).await, "up").await;
    assert_eq!(listed(&house, alice).await, [first, third, second]);
    let memberships = memberships(&house, alice).await.unwrap();
    assert_eq!(memberships.len(), 3);
    let of = |room| memberships.iter().find(|membership| membership.room == room).unwrap();
    assert_eq!((of(first).role, of(third).role), (Role::Owner, Role::Member));
}

pub async fn one_room_is_read_as_among_all(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let [one, two] = [house.group(alice, "One", &[bob]).await, house.group(alice, "Two", &[bob]).await];
    house.posts(&house.seat(alice, two).await, "hello").await;
    let session = logs_in(&house, bob).await;
    let now = house.env.clock.now();
    let all = house.store().memberships(&session, now).await.unwrap().unwrap();
    for room in [one, two] {
        let among = all.iter().find(|membership| membership.room == room);
        assert_eq!(house.store().membership(&session, room, now).await.unwrap(), Some(among.cloned()));
    }
    house.store().remove_member(&house.seat(alice, two).await, bob).await.unwrap().unwrap();
    assert_eq!(house.store().membership(&session, two, now).await.unwrap(), Some(None));
    house.store().delete_session(&session).await.unwrap();
    assert_eq!(house.store().membership(&session, one, now).await.unwrap(), None);
}

pub async fn a_room_shows_its_last_message(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(alice, "Bakery", &[bob]).await;
    house.posts(&house.seat(alice, room).await, "first").await;
    house.clock.set(2_000);
    house.posts(&house.seat(bob, room).await, &format!("two\nlines {}", "x".repeat(200))).await;
    let view = house.view(alice, room).await;
    let last = view.last.clone().unwrap();
    assert_eq!((last.author.id, last.at.get(), view.active_at.get()), (bob, 2_000, 2_000));
    assert!(last.text.starts_with("two lines x") && last.text.chars().count() == 120, "{}", last.text);
    assert_eq!((view.rev, view.last_no, view.read.no, view.unread()), (rev(2), no(2), no(1), 1));
}

pub async fn heads_are_told_of_the_rooms_asked_for(house: House) {
    let alice = house.person("alice").await;
    let [one, two] = [house.group(alice, "One", &[]).await, house.group(alice, "Two", &[]).await];
    house.posts(&house.seat(alice, two).await, "hello").await;
    let missing = RoomId::try_from(999).unwrap();
    assert_eq!(house.store().heads(&[two, missing]).await.unwrap(), [(two, rev(1))]);
    assert_eq!(house.store().heads(&[one]).await.unwrap(), [(one, rev(0))]);
    assert_eq!(house.store().heads(&[]).await.unwrap(), []);
}

pub async fn a_person_s_rooms_come_in_pages_by_activity(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let mut rooms = Vec::new();
    for (number, name) in ["One", "Two", "Three", "Four", "Five"].into_iter().enumerate() {
        house.clock.set(2_000 + number as i64 / 2);
        rooms.push(house.group(alice, name, &[]).await);
    }
    house.group(bob, "Another", &[]).await;
    house.clock.set(3_000);
    house.posts(&house.seat(alice, rooms[1]).await, "the newest").await;
    let order = [1, 4, 3, 2, 0].map(|at| rooms[at]);
    let all = house.store().room_list(alice).await.unwrap();
    let page = async |page, only: Option<&[RoomId]>, limit| {
        let found = house.store().room_page(alice, page, only, limit).await.unwrap();
        assert!(found.iter().all(|room| all.contains(room)), "{found:?}");
        found.iter().map(|room| room.id).collect::<Vec<_>>()
    };
    let place = |at: usize| RoomPlace { active_at: all[at].active_at, room: all[at].id };
    assert_eq!(page(RoomPage::First, None, 9).await, order);
    assert_eq!(page(RoomPage::First, None, 2).await, order[..2]);
    assert_eq!(page(RoomPage::After(place(1)), None, 2).await, order[2..4]);
    assert_eq!(page(RoomPage::After(place(3)), None, 2).await, order[4..]);
    assert_eq!(page(RoomPage::Before(place(4)), None, 2).await, order[2..4]);
    assert_eq!(page(RoomPage::Before(place(1)), None, 2).await, order[..1]);
    assert_eq!(page(RoomPage::First, Some(&[rooms[0], rooms[3]]), 9).await, [rooms[3], rooms[0]]);
    assert_eq!(page(RoomPage::After(place(4)), None, 2).await, []);
}

pub async fn new_seats_are_found_by_the_time_of_joining(house: House) {
    let [alice, bob, carol] = house.people(["alice", "bob", "carol"]).await;
    let room = house.group(alice, "Bakery", &[bob]).await;
    let since = |ms: i64| At::try_from(house.env.clock.now().get() + ms).unwrap();
    let seats = async |since: At, limit: u32| {
        let mut seats = house.store().seated_since(since, limit).await.unwrap();
        seats.sort_unstable();
        seats
    };
    assert_eq!(seats(since(0), 9).await, [(alice, room), (bob, room)]);
    house.clock.set(house.env.clock.now().get() + 5);
    assert_eq!(seats(since(0), 9).await, [], "they are no newer than that");
    let seat = house.seat(alice, room).await;
    rooms::add_members(&house.env, &seat, &[carol]).await.unwrap();
    assert_eq!(seats(since(0), 9).await, [(carol, room)]);
    assert_eq!(seats(since(-5), 1).await, [(carol, room)], "the newest first");
    rooms::remove_member(&house.env, &seat, carol).await.unwrap();
    assert_eq!(seats(since(0), 9).await, [], "who has left has none");
}

pub async fn only_the_owner_renames_a_room(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(alice, "Bakery", &[bob]).await;
    let (hers, his) = (house.seat(alice, room).await, house.seat(bob, room).await);
    let name = RoomName::parse("Oven").unwrap();
    assert_eq!(house.store().rename_room(&his, &name).await.unwrap(), None);
    assert_eq!(house.view(bob, room).await.name, "Bakery");

    let change = Change { room, rev: rev(1), what: What::RoomChanged { name: name.clone() } };
    assert_eq!(house.store().rename_room(&hers, &name).await.unwrap(), Some(change));
    assert_eq!(house.view(bob, room).await.name, "Oven");

    house.store().remove_member(&hers, alice).await.unwrap().unwrap();
    assert_eq!(house.store().rename_room(&hers, &name).await.unwrap(), None, "no owner any more");
}

pub async fn outsiders_have_no_role(house: House) {
    let [alice, bob] = house.people(["alice", "bob"]).await;
    let room = house.group(alice, "Bakery", &[]).await;
    assert_eq!(house.store().role(room, alice).await.unwrap(), Some(Role::Owner));
    assert_eq!(house.store().role(room, bob).await.unwrap(), None);
    assert_eq!(house.store().role(RoomId::try_from(999).unwrap(), bob).await.unwrap(), None);
    assert!(matches!(access::seat(&house.env, bob, room).await, Err(Error::NotFound)));
    assert_eq!(memberships(&house, bob).await.unwrap(), []);
}

pub async fn an_ended_session_is_in_no_room(house: House) {
    let alice = house.person("alice").await;
    house.group(alice, "Bakery", &[]).await;
    let id = logs_in(&house, alice).await;
    let at = |millis| At::try_from(millis).unwrap();
    assert_eq!(house.store().memberships(&id, at(5_000)).await.unwrap().unwrap().len(), 1);
    assert_eq!(house.store().memberships(&id, at(5_001)).await.unwrap(), None, "it has expired");
    house.store().delete_session(&id).await.unwrap();
    assert_eq!(house.store().memberships(&id, at(5_000)).await.unwrap(), None);
}

async fn memberships(house: &House, user: UserId) -> Option<Vec<Membership>> {
    let session = logs_in(house, user).await;
    house.store().memberships(&session, house.env.clock.now()).await.unwrap()
}

async fn logs_in(house: &House, user: UserId) -> SessionId {
    let at = |millis| At::try_from(millis).unwrap();
    let (id, data, device) = (SessionId(format!("of {user}")), "{}".to_owned(), Device::default());
    let (created, seen, expires) = (at(1_000), at(1_000), at(5_000));
    let record = SessionRecord { id: id.clone(), user: Some(user), data, device, created, seen, expires };
    assert!(house.store().create_session(&record).await.unwrap());
    id
}

async fn opens(house: &House, me: UserId, other: UserId) -> RoomId {
    match house.store().open_direct(me, other, house.env.clock.now()).await.unwrap() {
        Opened::New(room) => room,
        other => panic!("not new: {other:?}"),
    }
}

async fn listed(house: &House, user: UserId) -> Vec<RoomId> {
    house.store().room_list(user).await.unwrap().into_iter().map(|room| room.id).collect()
}

fn stranger() -> UserId {
    UserId::try_from(999).unwrap()
}
