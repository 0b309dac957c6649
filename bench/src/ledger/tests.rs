use super::*;
use crate::plan::Pace;
use protocol::{At, Event, Frame, MessageText, No, Person, UserId};
use std::time::Instant;

/// Two rooms of three members; the even numbers are sent in the first.
fn ledger() -> Ledger {
    let rooms = [7, 8].map(|id| RoomId::try_from(id).unwrap()).into();
    let members = [[1, 2, 3], [4, 5, 6]].map(|ids| ids.map(|id| UserId::try_from(id).unwrap()).into()).into();
    let plan = Plan { rooms, members, pace: Pace::per_second(Instant::now(), 1.0), series: 9 };
    Ledger::new(plan, &[rev(10), rev(20)])
}

fn rev(rev: i64) -> Rev {
    Rev::try_from(rev).unwrap()
}

fn first_room() -> Vec<Copy> {
    vec![Copy { room: 0, heard: 0 }]
}

/// The message with this number at this revision, as a server would tell it.
fn change(ledger: &Ledger, number: u64, at: i64) -> Change {
    let plan = ledger.plan();
    let id = plan.members[plan.room(number)][plan.author(number)];
    let what = What::Message(Message {
        no: No::try_from(at).unwrap(),
        author: Person { id, username: "ines".into(), name: "Ines".into(), is_bot: false },
        client_id: plan.client_id(number),
        text: MessageText::parse(&plan.text(number)).unwrap(),
        at: At::try_from(1).unwrap(),
    });
    Change { room: plan.rooms[plan.room(number)], rev: rev(at), what }
}

fn hear(ledger: &mut Ledger, copies: &mut [Copy], change: &Change) -> Result<u64, Fault> {
    let payload = Frame::from(Event::Change(change.clone())).encode();
    match ledger.recognise(copies, payload.as_bytes()) {
        Some(number) => Ok(number),
        None => ledger.examine(copies, change, payload.as_bytes()),
    }
}

#[test]
fn what_was_sent_is_taken_once_from_each_member() {
    let mut ledger = ledger();
    let (mut alice, mut bob) = (first_room(), first_room());
    let (first, second) = (change(&ledger, 0, 11), change(&ledger, 4, 12));
    for member in [&mut alice, &mut bob] {
        assert_eq!(hear(&mut ledger, member, &first), Ok(0));
        assert_eq!(hear(&mut ledger, member, &second), Ok(4));
        assert_eq!(member[0].heard, 2);
    }
}

#[test]
fn the_second_member_is_recognised_by_the_bytes() {
    let mut ledger = ledger();
    let change = change(&ledger, 0, 11);
    assert_eq!(hear(&mut ledger, &mut first_room(), &change), Ok(0));
    let payload = Frame::from(Event::Change(change)).encode();
    assert_eq!(ledger.recognise(&mut first_room(), payload.as_bytes()), Some(0));
}

#[test]
fn a_lost_delivery_is_noticed() {
    let mut ledger = ledger();
    let second = change(&ledger, 2, 12);
    assert_eq!(hear(&mut ledger, &mut first_room(), &second), Err(Fault::Gap));
}

#[test]
fn a_doubled_delivery_is_noticed() {
    let mut ledger = ledger();
    let mut alice = first_room();
    let first = change(&ledger, 0, 11);
    assert_eq!(hear(&mut ledger, &mut alice, &first), Ok(0));
    assert_eq!(hear(&mut ledger, &mut alice, &first), Err(Fault::Repeat));
}

#[test]
fn a_message_that_is_told_under_two_revisions_is_noticed() {
    let mut ledger = ledger();
    let mut alice = first_room();
    let (first, again) = (change(&ledger, 0, 11), change(&ledger, 0, 12));
    assert_eq!(hear(&mut ledger, &mut alice, &first), Ok(0));
    assert_eq!(hear(&mut ledger, &mut alice, &again), Err(Fault::Twice));
}

#[test]
fn another_order_than_the_others_heard_is_noticed() {
    let mut ledger = ledger();
    let first = change(&ledger, 0, 11);
    assert_eq!(hear(&mut ledger, &mut first_room(), &first), Ok(0));
    let swapped = change(&ledger, 2, 11);
    assert_eq!(hear(&mut ledger, &mut first_room(), &swapped), Err(Fault::Differs));
}

#[test]
fn a_room_that_is_not_the_members_is_noticed() {
    let mut ledger = ledger();
    let elsewhere = change(&ledger, 1, 21);
    assert_eq!(hear(&mut ledger, &mut first_room(), &elsewhere), Err(Fault::Foreign));
    let unknown = Change { room: RoomId::try_from(99).unwrap(), ..elsewhere };
    assert_eq!(hear(&mut ledger, &mut first_room(), &unknown), Err(Fault::Foreign));
}

#[test]
fn what_was_sent_in_another_room_or_otherwise_is_noticed() {
    let mut ledger = ledger();
    let moved = Change { room: ledger.plan().rooms[0], ..change(&ledger, 1, 11) };
    assert_eq!(hear(&mut ledger, &mut first_room(), &moved), Err(Fault::Altered));
    let mut altered = change(&ledger, 0, 11);
    let What::Message(message) = &mut altered.what else { unreachable!() };
    message.text = MessageText::parse("something else").unwrap();
    assert_eq!(hear(&mut ledger, &mut first_room(), &altered), Err(Fault::Altered));
    let mut misattributed = change(&ledger, 0, 11);
    let What::Message(message) = &mut misattributed.what else { unreachable!() };
    message.author.id = UserId::try_from(3).unwrap();
    assert_eq!(hear(&mut ledger, &mut first_room(), &misattributed), Err(Fault::Altered));
}

#[test]
fn what_nobody_sent_is_noticed() {
    let mut ledger = ledger();
    let mut forged = change(&ledger, 0, 11);
    let What::Message(message) = &mut forged.what else { unreachable!() };
    message.client_id = protocol::ClientId(uuid::Uuid::from_u64_pair(1, 0));
    assert_eq!(hear(&mut ledger, &mut first_room(), &forged), Err(Fault::NeverSent));
}

#[test]
fn an_acknowledgement_must_tell_the_revision_that_is_heard() {
    let mut ledger = ledger();
    assert_eq!(ledger.acknowledge(0, rev(12)), Ok(true));
    assert_eq!(ledger.acknowledge(0, rev(12)), Ok(false));
    let first = change(&ledger, 0, 11);
    assert_eq!(hear(&mut ledger, &mut first_room(), &first), Err(Fault::WrongAck));
}
