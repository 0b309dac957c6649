//! What each frame looks like on the wire; `docs/protocol.md` shows these snapshots (see `docs.rs`).

#![allow(clippy::unwrap_used, reason = "clippy takes only what bears #[test] for a test")]

use protocol::{
    ApiError, At, CatchUp, Change, ClientId, Code, Command, Epoch, Event, Field, Frame, Generation, Kind, Known,
    Member, Message, MessageText, No, OwnState, PROTOCOL_VERSION, Person, Preview, ReadMarker, Request, RequestId, Rev,
    Role, RoomId, RoomName, RoomView, Slice, UserId, What,
};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

const BAKERY: i64 = 3;
const TO_BOB: i64 = 5;
const ALICE: i64 = 1;
const BOB: i64 = 2;

fn commands() -> Vec<(&'static str, RequestId, Command)> {
    let room = room_id(BAKERY);
    let fetch = |before, after, around, limit| Command::FetchMessages { room, before, after, around, limit };
    vec![
        ("hello", 1, Command::Hello { epoch: Some(epoch()), rooms: vec![known(BAKERY, 12), known(TO_BOB, 4)] }),
        ("hello_part", 1, Command::HelloPart { rooms: vec![known(BAKERY, 12), known(TO_BOB, 4)] }),
        ("resume_room", 2, Command::ResumeRoom { room, rev: rev(12) }),
        ("hello_new", 1, Command::Hello { epoch: None, rooms: Vec::new() }),
        ("fetch_messages", 2, fetch(None, None, None, None)),
        ("fetch_messages_before", 3, fetch(Some(no(8)), None, None, Some(50))),
        ("fetch_messages_after", 4, fetch(None, Some(no(8)), None, Some(50))),
        ("fetch_messages_around", 5, fetch(None, None, Some(no(8)), Some(50))),
        ("new_message", 5, Command::NewMessage { room, client_id: client_id(), text: text("Two loaves, please.") }),
        ("seen", 6, Command::Seen { room, no: no(9), generation: None }),
        ("seen_generation", 6, Command::Seen { room, no: no(9), generation: Some(generation(1)) }),
        ("mark_unread", 6, Command::MarkUnread { room, no: no(9) }),
        ("ping", 7, Command::Ping),
    ]
}

fn events() -> Vec<(&'static str, Option<RequestId>, Event)> {
    let room = room_id(BAKERY);
    let change = |rev_of, what| Event::Change(change(rev_of, what));
    let missed = vec![
        self::change(13, What::Message(message())),
        self::change(14, What::MemberJoined(member(4, "dora", "Dora", Role::Member))),
    ];
    let messages =
        Event::Messages { room, slice: Slice { rev: rev(14), messages: vec![message()], earlier: true, later: false } };
    let (user, epoch, build) = (user_id(ALICE), epoch(), "0123456789ab".to_owned());
    let welcome = Event::Welcome { user, epoch, protocol: PROTOCOL_VERSION, build };
    let name = RoomName::parse("Bakery and café").unwrap();
    vec![
        ("welcome", None, welcome),
        ("ready", Some(1), Event::Ready),
        ("messages", Some(2), messages),
        ("ack", Some(5), Event::Ack { room, client_id: client_id(), no: no(9), rev: rev(13), at: at() }),
        ("ok", Some(6), Event::Ok),
        ("pong", Some(7), Event::Pong),
        ("change_message", None, change(13, What::Message(message()))),
        ("change_member_joined", None, change(14, What::MemberJoined(member(4, "dora", "Dora", Role::Member)))),
        ("change_member_changed", None, change(15, What::MemberChanged(member(BOB, "bob", "Robert", Role::Owner)))),
        ("change_member_left", None, change(16, What::MemberLeft(user_id(4)))),
        ("change_room_changed", None, change(17, What::RoomChanged { name })),
        ("changes", None, Event::Changes(CatchUp { room: bakery(), since: rev(12), changes: missed })),
        ("room", None, Event::Room { room: bakery() }),
        ("room_direct", None, Event::Room { room: to_bob() }),
        ("room_gone", None, Event::RoomGone { room }),
        ("own_state", None, Event::OwnState(OwnState { room, rev: rev(13), read: read(1, 9) })),
    ]
}

/// A refusal of each kind that a socket can hear, in the words of the server.
fn errors() -> Vec<(&'static str, Option<RequestId>, ApiError)> {
    let error = |code, field, message: &str| ApiError { field, ..ApiError::new(code, message) };
    vec![
        ("bad_request", None, Request::parse("nonsense").unwrap_err().1),
        ("bad_request_id", Some(8), Request::parse(r#"{"id":8}"#).unwrap_err().1),
        ("unknown_command", Some(8), Request::parse(r#"{"id":8,"type":"sing"}"#).unwrap_err().1),
        ("invalid", Some(8), MessageText::parse(" ").unwrap_err().into()),
        ("not_found", Some(8), error(Code::NotFound, None, "There is nothing here, or it is not yours to see.")),
        (
            "conflict",
            Some(8),
            error(
                Code::Conflict,
                None,
                "That client_id has been used for another message. Make a new one for each draft.",
            ),
        ),
        (
            "unavailable",
            Some(8),
            error(Code::Unavailable, None, "The server cannot store or read just now. Try again in a moment."),
        ),
    ]
}

#[test]
fn every_command_keeps_its_form() {
    for (name, id, command) in commands() {
        let request = Request { id: Some(id), command };
        let text = serde_json::to_string(&request).unwrap();
        assert_eq!(Request::parse(&text).unwrap(), request, "{name}");
        insta::assert_json_snapshot!(format!("command_{name}"), request);
    }
}

#[test]
fn every_event_keeps_its_form() {
    let errors = errors().into_iter().map(|(name, id, error)| (format!("error_{name}"), id, Event::Error(error)));
    let events = events().into_iter().map(|(name, id, event)| (name.to_owned(), id, event));
    for (name, id, event) in events.chain(errors) {
        let frame = Frame { id, event };
        assert_eq!(serde_json::from_str::<Frame>(&frame.encode()).unwrap(), frame, "{name}");
        assert_eq!(Frame::parse(&frame.encode()).unwrap(), frame, "{name}");
        insta::assert_json_snapshot!(format!("event_{name}"), frame);
    }
}

#[test]
fn every_variant_has_an_example() {
    let of = |values: Vec<serde_json::Value>| {
        let name = |value: &serde_json::Value| value["type"].as_str().map(str::to_owned);
        values.iter().filter_map(name).collect::<BTreeSet<_>>()
    };
    let commands = commands().into_iter().map(|(_, _, command)| serde_json::to_value(command).unwrap()).collect();
    assert_eq!(of(commands), variants::<Command>(r#"{"type":"?"}"#));

    let mut events: Vec<_> = events().into_iter().map(|(_, _, event)| serde_json::to_value(event).unwrap()).collect();
    let whats = events.iter().filter_map(|event| event["what"].as_object()?.keys().next().cloned()).collect();
    assert_eq!(variants::<What>(r#"{"?":0}"#), whats);
    events.extend(errors().into_iter().map(|(_, _, error)| serde_json::to_value(Event::Error(error)).unwrap()));
    assert_eq!(of(events), variants::<Event>(r#"{"type":"?"}"#));
}

#[test]
fn every_code_and_field_keeps_its_name() {
    insta::assert_json_snapshot!("codes", variants::<Code>(r#""?""#));
    insta::assert_json_snapshot!("fields", variants::<Field>(r#""?""#));
}

#[test]
fn a_field_bears_one_name_in_forms_and_in_json() {
    for name in variants::<Field>(r#""?""#) {
        let field: Field = serde_json::from_value(name.clone().into()).unwrap();
        assert_eq!(field.name(), name);
    }
}

#[test]
fn what_may_be_left_out_may_be_left_out() {
    let hello = Request { id: None, command: Command::Hello { epoch: None, rooms: Vec::new() } };
    assert_eq!(Request::parse(r#"{"type":"hello"}"#).unwrap(), hello);
    assert_eq!(Request::parse(r#"{"type":"ping"}"#).unwrap(), Request { id: None, command: Command::Ping });
    let ready = serde_json::from_str::<Frame>(r#"{"type":"ready"}"#).unwrap();
    assert_eq!(ready, Event::Ready.into());
}

#[test]
fn a_bot_says_so_and_nobody_else() {
    let bob = person(BOB, "bob", "Bob");
    let told = serde_json::json!({"id": 2, "username": "bob", "name": "Bob"});
    assert_eq!(serde_json::to_value(&bob).unwrap(), told);
    let bot = Person { is_bot: true, ..bob };
    let told = serde_json::json!({"id": 2, "username": "bob", "name": "Bob", "is_bot": true});
    assert_eq!(serde_json::to_value(&bot).unwrap(), told);
    assert_eq!(protocol::json::read::<Person>(&told.to_string()).unwrap(), bot);
}

#[test]
fn what_is_added_later_does_not_disturb_an_older_client() {
    let pong = serde_json::from_str::<Frame>(r#"{"id":7,"type":"pong","mood":"fine"}"#).unwrap();
    assert_eq!(pong, Frame { id: Some(7), event: Event::Pong });
    assert_eq!(pong, Frame::parse(r#"{"id":7,"type":"pong","mood":"fine"}"#).unwrap());
}

#[test]
fn what_a_newer_server_tells_does_not_stop_an_older_client() {
    let read = |text: &str| Frame::parse(text).map(|frame| (frame.id, frame.event));
    assert_eq!(read(r#"{"id":7,"type":"weather","sun":[1.5]}"#), Ok((Some(7), Event::Unknown)));

    let unknown = |of| Ok((None, Event::Change(change(of, What::Unknown))));
    assert_eq!(read(r#"{"type":"change","room":3,"rev":13,"what":{"painted":{"in":"green"}}}"#), unknown(13));
    assert_eq!(read(r#"{"type":"change","room":3,"rev":14,"what":"archived"}"#), unknown(14));
    let of_an_unknown_role = r#"{"person":{"id":4,"username":"dora","name":"Dora"},"role":"guest"}"#;
    let text = format!(r#"{{"type":"change","room":3,"rev":15,"what":{{"member_joined":{of_an_unknown_role}}}}}"#);
    assert_eq!(read(&text), unknown(15));

    let missed = Event::Changes(CatchUp { room: bakery(), since: rev(12), changes: Vec::new() });
    let text = Frame::from(missed).encode();
    let text = text.replace(r#""changes":[]"#, r#""changes":[{"room":3,"rev":13,"what":{"painted":"green"}}]"#);
    assert_eq!(read(&text), Ok((None, Event::Room { room: bakery() })), "the room as it stands");

    let text = r#"{"id":5,"type":"error","code":"on_holiday","message":"Come back on Monday."}"#;
    let refused = ApiError::new(Code::BadRequest, "Come back on Monday.");
    assert_eq!(read(text), Ok((Some(5), Event::Error(refused))));
    assert!(read(r#"{"type":"change","what":{"painted":"green"}}"#).is_err(), "it says of no room");
}

/// The names that serde knows, as it lists them to whoever comes with another one.
fn variants<T: DeserializeOwned>(unknown: &str) -> BTreeSet<String> {
    let Err(error) = serde_json::from_str::<T>(unknown) else { panic!("{unknown} is known") };
    let error = error.to_string();
    let list = error.split_once("expected").unwrap_or_else(|| panic!("no list in: {error}")).1;
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn bakery() -> RoomView {
    RoomView {
        id: room_id(BAKERY),
        kind: Kind::Group,
        name: "Bakery".into(),
        other: None,
        role: Role::Owner,
        members: 3,
        rev: rev(14),
        last_no: no(9),
        read: read(1, 8),
        last: Some(Preview::of(&message())),
        active_at: at(),
    }
}

fn to_bob() -> RoomView {
    RoomView {
        id: room_id(TO_BOB),
        kind: Kind::Direct,
        name: "Bob".into(),
        other: Some(person(BOB, "bob", "Bob")),
        role: Role::Member,
        members: 2,
        rev: Rev::ZERO,
        last_no: No::ZERO,
        read: ReadMarker::default(),
        last: None,
        active_at: at(),
    }
}

fn message() -> Message {
    let author = person(BOB, "bob", "Bob");
    Message { no: no(9), author, client_id: client_id(), text: text("Two loaves, please."), at: at() }
}

fn change(rev_of: i64, what: What) -> Change {
    Change { room: room_id(BAKERY), rev: rev(rev_of), what }
}

fn member(id: i64, username: &str, name: &str, role: Role) -> Member {
    Member { person: person(id, username, name), role }
}

fn person(id: i64, username: &str, name: &str) -> Person {
    Person { id: user_id(id), username: username.into(), name: name.into(), is_bot: false }
}

fn known(room: i64, rev_of: i64) -> Known {
    Known { room: room_id(room), rev: rev(rev_of) }
}

fn text(raw: &str) -> MessageText {
    MessageText::parse(raw).unwrap()
}

fn client_id() -> ClientId {
    "6f1f9c5e-3c1b-4c50-9a52-0d5b2c1f7a10".parse().unwrap()
}

fn epoch() -> Epoch {
    Epoch("0b9ad1d4-7d0c-4d9e-8a55-2f6f2a7c1e34".parse().unwrap())
}

fn at() -> At {
    At::try_from(1_767_225_600_000).unwrap()
}

fn user_id(id: i64) -> UserId {
    UserId::try_from(id).unwrap()
}

fn room_id(id: i64) -> RoomId {
    RoomId::try_from(id).unwrap()
}

fn no(no: i64) -> No {
    No::try_from(no).unwrap()
}

fn generation(generation: i64) -> Generation {
    Generation::try_from(generation).unwrap()
}

fn read(of: i64, up_to: i64) -> ReadMarker {
    ReadMarker { generation: generation(of), no: no(up_to) }
}

fn rev(rev: i64) -> Rev {
    Rev::try_from(rev).unwrap()
}
