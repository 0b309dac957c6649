use super::*;
use protocol::{At, MessageText, No, Person, Rev};
use uuid::Uuid;

fn user(n: i64) -> UserId {
    n.try_into().unwrap()
}

fn room() -> RoomId {
    1.try_into().unwrap()
}

fn id(n: i64) -> ClientId {
    ClientId(Uuid::from_u128(n as u128))
}

fn no(n: i64) -> No {
    n.try_into().unwrap()
}

fn stored(n: i64, client_id: i64) -> Stored {
    Stored { room: room(), no: n, author: user(1), client_id: id(client_id), text: format!("word {client_id}") }
}

fn message(n: i64, client_id: i64) -> Message {
    let author = Person { id: user(1), username: "alice".into(), name: "Alice".into(), is_bot: false };
    let (client_id, text) = (id(client_id), MessageText::parse(&format!("word {client_id}")).unwrap());
    Message { no: no(n), author, client_id, text, at: At::try_from(0).unwrap() }
}

fn took(n: i64, client_id: i64) -> Entry {
    Entry::Saw { room: room(), by: By::Applied, message: message(n, client_id) }
}

fn acked(n: i64, client_id: i64) -> Entry {
    Entry::Acked { client_id: id(client_id), room: room(), no: no(n) }
}

/// Alice has said 1 and 2, Bob has taken both.
fn run() -> (Truth, History, History) {
    let truth = Truth {
        members: BTreeMap::from([(room(), vec![user(1), user(2)])]),
        stored: vec![stored(1, 1), stored(2, 2)],
        shown: vec![(user(2), room(), vec![stored(1, 1), stored(2, 2)])],
        has_refused: false,
    };
    let (mut alice, mut bob) = (History::new("alice", user(1)), History::new("bob", user(2)));
    for n in [1, 2] {
        alice.note(Entry::Drafted(Draft { client_id: id(n), room: room(), text: format!("word {n}") }));
        alice.note(acked(n, n));
        bob.note(took(n, n));
    }
    bob.shown = vec![(room(), vec![message(1, 1), message(2, 2)])];
    (truth, alice, bob)
}

#[track_caller]
fn broken(truth: &Truth, alice: History, bob: History) -> Vec<Invariant> {
    judge(truth, &[alice, bob], Vec::new()).broken.into_keys().collect()
}

#[test]
fn a_run_in_which_all_went_well_breaks_nothing() {
    let (truth, alice, bob) = run();
    let verdict = judge(&truth, &[alice, bob], Vec::new());
    assert!(verdict.broken.is_empty(), "{}", verdict.tells());
    assert_eq!((verdict.acknowledged, verdict.stored, verdict.applied), (2, 2, 2));
}

#[test]
fn an_acknowledged_message_that_is_not_stored_is_lost() {
    let (mut truth, mut alice, bob) = run();
    alice.note(Entry::Drafted(Draft { client_id: id(3), room: room(), text: "word 3".into() }));
    alice.note(acked(3, 3));
    assert_eq!(broken(&truth, alice.clone(), bob.clone()), [Invariant::Kept]);
    truth.stored.push(stored(3, 3));
    let found = broken(&truth, alice, bob);
    assert_eq!(found, [Invariant::Kept], "stored, and neither told nor shown to Bob");
}

#[test]
fn what_is_stored_twice_is_noticed_acknowledged_or_not() {
    let (mut truth, alice, mut bob) = run();
    truth.stored.push(stored(3, 2));
    truth.shown.clear();
    bob.shown.clear();
    assert_eq!(broken(&truth, alice, bob.clone()), [Invariant::Once]);
    let mut quiet = History::new("alice", user(1));
    for n in [1, 2] {
        quiet.note(Entry::Drafted(Draft { client_id: id(n), room: room(), text: format!("word {n}") }));
    }
    assert_eq!(broken(&truth, quiet, bob), [Invariant::Settled]);
}

#[test]
fn a_message_taken_twice_or_after_a_hole_is_noticed() {
    let (truth, alice, mut bob) = run();
    bob.note(took(2, 2));
    assert_eq!(broken(&truth, alice.clone(), bob), [Invariant::Once]);
    let (_, _, mut bob) = run();
    bob.entries = vec![took(2, 2), took(1, 1)];
    assert_eq!(broken(&truth, alice.clone(), bob), [Invariant::Once], "out of order");
    let (mut truth, mut alice, mut bob) = run();
    for n in [3, 4] {
        truth.stored.push(stored(n, n));
        alice.note(Entry::Drafted(Draft { client_id: id(n), room: room(), text: format!("word {n}") }));
    }
    truth.shown.clear();
    bob.shown.clear();
    bob.note(took(4, 4));
    assert_eq!(broken(&truth, alice, bob), [Invariant::Ordered]);
}

#[test]
fn a_silent_hole_in_the_live_stream_is_noticed() {
    let (truth, alice, mut bob) = run();
    bob.note(Entry::Hole { room: room(), known: Rev::ZERO, came: 2.try_into().unwrap() });
    assert_eq!(broken(&truth, alice, bob), [Invariant::Ordered]);
}

#[test]
fn what_was_rolled_back_or_never_said_is_noticed() {
    let (truth, mut alice, mut bob) = run();
    alice.note(Entry::Drafted(Draft { client_id: id(3), room: room(), text: "word 3".into() }));
    bob.note(took(3, 3));
    assert_eq!(broken(&truth, alice, bob), [Invariant::True], "told, and not stored");
    let (mut truth, alice, mut bob) = run();
    truth.stored.push(stored(3, 3));
    truth.shown.clear();
    bob.shown.clear();
    assert_eq!(broken(&truth, alice, bob), [Invariant::True], "stored, and never said");
}

#[test]
fn a_sender_whose_own_order_is_lost_is_noticed() {
    let (truth, _, bob) = run();
    let mut alice = History::new("alice", user(1));
    for n in [2, 1] {
        alice.note(Entry::Drafted(Draft { client_id: id(n), room: room(), text: format!("word {n}") }));
        alice.note(acked(n, n));
    }
    assert_eq!(broken(&truth, alice.clone(), bob.clone()), [Invariant::Ordered]);
    let away = Truth { has_refused: true, ..truth };
    assert_eq!(broken(&away, alice.clone(), bob.clone()), [Invariant::Ordered], "every refusal would have been heard");
    alice.note(Entry::Ended(None));
    assert_eq!(broken(&away, alice, bob), [], "a refusal may have been lost with the connection");
}

#[test]
fn who_hears_of_a_room_that_is_not_theirs_is_noticed() {
    let (truth, alice, bob) = run();
    let mut mallory = History::new("mallory", user(3));
    mallory.note_room(room());
    let verdict = judge(&truth, &[alice, bob, mallory], Vec::new());
    assert_eq!(verdict.broken.into_keys().collect::<Vec<_>>(), [Invariant::Private]);
}

#[test]
fn who_does_not_agree_in_time_is_noticed() {
    let (truth, alice, bob) = run();
    let verdict = judge(&truth, &[alice, bob], vec!["bob is late".into()]);
    assert_eq!(verdict.count(Invariant::Agreed), 1);
}
