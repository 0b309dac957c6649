use super::*;
use crate::{At, ClientId, Kind, MessageText, OwnState, Person, ReadMarker, Rev, Role, RoomId, RoomName};
use proptest::prelude::*;
use uuid::Uuid;

fn person(id: i64) -> Person {
    Person {
        id: UserId::try_from(id).unwrap(),
        username: format!("p{id}"),
        name: format!("Person {id}"),
        is_bot: false,
    }
}

fn member(id: i64) -> Member {
    Member { person: person(id), role: Role::Member }
}

fn room() -> RoomView {
    RoomView {
        id: RoomId::try_from(1).unwrap(),
        kind: Kind::Group,
        name: "Bakery".into(),
        other: None,
        role: Role::Member,
        members: 2,
        rev: Rev::ZERO,
        last_no: No::ZERO,
        read: ReadMarker::default(),
        last: None,
        active_at: At::try_from(0).unwrap(),
    }
}

fn message(no: i64, author: i64) -> Message {
    Message {
        no: No::try_from(no).unwrap(),
        author: person(author),
        client_id: ClientId(Uuid::from_u128(no as u128)),
        text: MessageText::parse(&format!("message {no}")).unwrap(),
        at: At::try_from(no * 1000).unwrap(),
    }
}

fn rev(rev: i64) -> Rev {
    Rev::try_from(rev).unwrap()
}

fn change(of: i64, what: What) -> Change {
    Change { room: RoomId::try_from(1).unwrap(), rev: rev(of), what }
}

/// Me is person 1; the window and the members are loaded.
fn open() -> Timeline {
    Timeline {
        window: Some(Slice::default()),
        members: Some(vec![member(1), member(2)]),
        ..Timeline::new(UserId::try_from(1).unwrap(), room())
    }
}

#[test]
fn a_change_is_applied_once_and_a_gap_is_not_applied() {
    let mut timeline = open();
    let first = change(1, What::Message(message(1, 2)));
    assert_eq!(timeline.apply(&first), Applied::Fresh);
    let before = timeline.clone();
    assert_eq!(timeline.apply(&first), Applied::Known);
    assert_eq!(timeline.apply(&change(3, What::Message(message(3, 2)))), Applied::Gap);
    assert_eq!(timeline, before);
    assert_eq!(timeline.room.unread(), 1);
}

#[test]
fn an_own_message_is_read() {
    let mut timeline = open();
    timeline.apply(&change(1, What::Message(message(1, 2))));
    timeline.apply(&change(2, What::Message(message(2, 1))));
    assert_eq!(timeline.room.unread(), 0);
}

#[test]
fn a_new_name_reaches_the_messages_that_stand_already() {
    let mut timeline = open();
    timeline.apply(&change(1, What::Message(message(1, 2))));
    let mut renamed = member(2);
    renamed.person.name = "Ines".into();
    timeline.apply(&change(2, What::MemberChanged(renamed)));
    assert_eq!(timeline.window.unwrap().messages[0].author.name, "Ines");
    assert_eq!(timeline.room.last.unwrap().author.name, "Ines");
}

#[test]
fn joining_leaving_and_renaming_show_in_the_room() {
    let mut timeline = open();
    timeline.apply(&change(1, What::MemberJoined(member(3))));
    timeline.apply(&change(2, What::MemberLeft(person(2).id)));
    timeline.apply(&change(3, What::RoomChanged { name: RoomName::parse("Oven").unwrap() }));
    assert_eq!((timeline.room.members, timeline.room.name.as_str()), (2, "Oven"));
    let ids: Vec<_> = timeline.members.unwrap().iter().map(|m| m.person.id.get()).collect();
    assert_eq!(ids, [1, 3]);
}

#[test]
fn a_page_that_was_read_before_what_came_live_leaves_no_hole() {
    let mut timeline = Timeline::new(UserId::try_from(1).unwrap(), room());
    timeline.apply(&change(1, What::Message(message(1, 2))));
    timeline.apply(&change(2, What::Message(message(2, 2))));
    timeline.merge(Slice { rev: rev(1), messages: vec![message(1, 2)], earlier: false, later: false });
    let window = timeline.window.clone().unwrap();
    assert_eq!((window.messages.len(), window.later), (2, false), "the second one came after the page was read");
    timeline.apply(&change(3, What::Message(message(3, 2))));
    let window = timeline.window.clone().unwrap();
    assert_eq!((window.messages.len(), window.earlier, window.later), (3, false, false));
}

#[test]
fn a_page_that_was_read_before_a_new_name_shows_the_new_name() {
    let mut timeline = Timeline::new(UserId::try_from(1).unwrap(), room());
    timeline.apply(&change(1, What::Message(message(1, 2))));
    let mut renamed = member(2);
    renamed.person.name = "Ines".into();
    timeline.apply(&change(2, What::MemberChanged(renamed)));
    timeline.merge(Slice { rev: rev(1), messages: vec![message(1, 2)], earlier: false, later: false });
    assert_eq!(timeline.window.unwrap().messages[0].author.name, "Ines");
}

#[test]
fn a_page_that_was_read_before_all_that_is_remembered_is_asked_for_again() {
    let mut timeline = Timeline::new(UserId::try_from(1).unwrap(), room());
    (1..=130).for_each(|of| _ = timeline.apply(&change(of, What::Message(message(of, 2)))));
    let page = |of| Slice { rev: rev(of), messages: vec![message(1, 2)], earlier: false, later: false };
    assert_eq!(timeline.merge(page(1)), Merged::Stale);
    assert_eq!(timeline.window, None);
    assert_eq!(timeline.merge(page(2)), Merged::Taken);
}

#[test]
fn a_change_of_an_unknown_kind_advances_the_revision() {
    let mut timeline = open();
    assert_eq!(timeline.apply(&change(1, What::Unknown)), Applied::Fresh);
    assert_eq!(timeline.apply(&change(2, What::Message(message(1, 2)))), Applied::Fresh);
}

#[test]
fn marking_as_unread_outlives_what_other_devices_say_late() {
    let mut timeline = open();
    let own = |generation: i64, no: i64, of: i64| OwnState {
        room: RoomId::try_from(1).unwrap(),
        rev: rev(of),
        read: ReadMarker { generation: generation.try_into().unwrap(), no: no.try_into().unwrap() },
    };
    (1..=3).for_each(|of| _ = timeline.apply(&change(of, What::Message(message(of, 2)))));
    timeline.take_own(&own(1, 1, 3));
    timeline.take_own(&own(0, 3, 3));
    assert_eq!(timeline.room.unread(), 2);
    timeline.apply(&change(4, What::Message(message(4, 1))));
    assert_eq!(timeline.room.unread(), 0, "who answers has read");
    timeline.take_own(&own(2, 2, 3));
    assert_eq!(timeline.room.unread(), 0, "read before the answer");
    timeline.take_own(&own(3, 2, 5));
    timeline.apply(&change(5, What::Message(message(5, 1))));
    assert_eq!(timeline.room.unread(), 3, "read after the second answer, which came late");
}

#[test]
fn a_page_extends_the_window_or_replaces_it() {
    let slice = |from: i64, to: i64, earlier, later| Slice {
        rev: Rev::ZERO,
        messages: (from..=to).map(|no| message(no, 2)).collect(),
        earlier,
        later,
    };
    let mut timeline = Timeline::new(UserId::try_from(1).unwrap(), room());
    timeline.merge(slice(10, 20, true, false));
    timeline.merge(slice(5, 9, true, true));
    let window = timeline.window.clone().unwrap();
    assert_eq!((window.messages.len(), window.earlier, window.later), (16, true, false));
    timeline.merge(slice(1, 5, false, true));
    assert!(!timeline.window.clone().unwrap().earlier);
    timeline.merge(Slice::default());
    assert_eq!(timeline.window.clone().unwrap().messages.len(), 20);
    timeline.merge(slice(40, 50, true, false));
    assert_eq!(timeline.window.clone().unwrap().first_no().unwrap().get(), 40);
    timeline.forget(5);
    timeline.merge(slice(35, 39, true, true));
    let window = timeline.window.clone().unwrap();
    assert_eq!((window.first_no().unwrap().get(), window.earlier, window.later), (46, true, false), "it is too late");
    timeline.forget(0);
    assert_eq!(timeline.window, None);
}

#[test]
fn a_window_away_from_the_end_does_not_grow_a_hole() {
    let mut timeline = open();
    timeline.window = Some(Slice { rev: Rev::ZERO, messages: vec![message(1, 2)], earlier: false, later: true });
    timeline.room.last_no = No::try_from(7).unwrap();
    timeline.apply(&change(1, What::Message(message(8, 2))));
    assert_eq!(timeline.window.unwrap().messages.len(), 1);
    assert_eq!(timeline.room.last_no.get(), 8);
}

proptest! {
    /// However a stream of messages is cut into live changes, repeats and one catch-up, the end is the same.
    #[test]
    fn catching_up_equals_having_been_there(live in 0i64..20, total in 20i64..40, overlap in 0i64..5) {
        let all: Vec<_> = (1..=total).map(|n| change(n, What::Message(message(n, 1 + n % 3)))).collect();
        let mut there = open();
        for change in &all {
            prop_assert_eq!(there.apply(change), Applied::Fresh);
        }
        let mut away = open();
        for change in &all[..live as usize] {
            away.apply(change);
        }
        let since = (live - overlap).max(0);
        let missed = CatchUp {
            room: there.room.clone(),
            since: Rev::try_from(since).unwrap(),
            changes: all[since as usize..].to_vec(),
        };
        away.catch_up(&missed);
        prop_assert_eq!(&away, &there);
        prop_assert_eq!(away.catch_up(&missed), Applied::Known);
    }
}
