//! Frames that no honest client sends (promises R23 and S12): refused with the right code, and nobody else notices.

use super::support::{Person, Raw, Server, Socket, client_id, frame, refusal};
use protocol::{Code, Command, Event, RoomId, close};
use tokio_tungstenite::tungstenite::Message;

const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
const PING: u8 = 0x89;
const CLOSE: u8 = 0x88;

/// Mallory is in a room with Ines, who notices nothing.
async fn house(server: &Server) -> (Person, Socket, RoomId) {
    let (ines, mallory) = (server.person("ines").await, server.person("mallory").await);
    let room = ines.room_with(&[&mallory]).await;
    (mallory, ines.socket().await, room)
}

/// Sends these bytes; the code with which the line is closed.
async fn end(mallory: &Person, bytes: &[u8]) -> Option<u16> {
    let mut raw = Raw::open(mallory).await;
    raw.write(bytes).await;
    raw.ends().await
}

#[tokio::test]
async fn a_frame_over_64_kib_is_too_large() {
    let server = Server::start().await;
    let (mallory, mut ines, _) = house(&server).await;
    let at = |len: usize| frame(TEXT, " ".repeat(len).as_bytes());
    assert_eq!(end(&mallory, &at(64 * 1024 + 1)).await, Some(close::TOO_LARGE));
    assert_eq!(end(&mallory, &at(1 << 20)).await, Some(close::TOO_LARGE));
    let mut announced = vec![TEXT, 0x80 | 127];
    announced.extend((1_u64 << 62).to_be_bytes());
    announced.extend([0; 4]);
    assert_eq!(end(&mallory, &announced).await, Some(close::TOO_LARGE), "refused before it arrives");
    let third = " ".repeat(30_000);
    let pieces = [frame(0x01, third.as_bytes()), frame(0x00, third.as_bytes()), frame(0x80, third.as_bytes())].concat();
    assert_eq!(end(&mallory, &pieces).await, Some(close::TOO_LARGE), "in pieces as well");
    let mut socket = mallory.line("/ws").await;
    socket.raw(Message::text(format!("{}{}", r#"{"id":7,"type":"ping"}"#, " ".repeat(64 * 1024 - 22)))).await;
    assert_eq!(socket.answer(7).await, Event::Pong, "64 KiB are not too large");
    assert_eq!(ines.ask(Command::Ping).await, Event::Pong);
}

#[tokio::test]
async fn a_frame_read_together_with_a_part_of_the_next_loses_none_of_it() {
    let server = Server::start().await;
    let (mallory, _ines, _) = house(&server).await;
    let ping = |id: usize, padding| {
        frame(TEXT, format!("{{\"id\":{id},\"type\":\"ping\"}}{}", " ".repeat(padding)).as_bytes())
    };
    let (long, next, short) = (ping(1, 3000), ping(2, 3000), ping(3, 0));
    // The early part is as long as the short frame, so that a count of bytes alone would come out even.
    let (early, late) = next.split_at(short.len());
    let mut raw = Raw::open(&mallory).await;
    raw.write(&[&long, early].concat()).await;
    raw.reads("\"id\":1").await;
    raw.write(&[late, &short].concat()).await;
    raw.reads("\"id\":3").await;
}

#[tokio::test]
async fn what_is_not_text_is_refused_by_its_code() {
    let server = Server::start().await;
    let (mallory, mut ines, _) = house(&server).await;
    assert_eq!(end(&mallory, &frame(BINARY, b"{\"type\":\"ping\"}")).await, Some(close::UNSUPPORTED));
    assert_eq!(end(&mallory, &frame(TEXT, b"{\"type\":\"\xff\xfe\"}")).await, Some(close::BAD_UTF8));
    assert_eq!(end(&mallory, &frame(TEXT, b"\xed\xa0\x80")).await, Some(close::BAD_UTF8), "a lone surrogate");
    let split = [frame(0x01, b"\xc3"), frame(0x80, b"(")].concat();
    assert_eq!(end(&mallory, &split).await, Some(close::BAD_UTF8), "in pieces as well");
    assert_eq!(ines.ask(Command::Ping).await, Event::Pong);
}

#[tokio::test]
async fn a_broken_protocol_is_named_so() {
    let server = Server::start().await;
    let (mallory, mut ines, _) = house(&server).await;
    let cases = [
        ("an unmasked frame", vec![TEXT, 2, b'{', b'}']),
        ("a reserved bit", frame(TEXT | 0x40, b"{}")),
        ("a reserved opcode", frame(0x83, b"{}")),
        ("a reserved control opcode", frame(0x8b, b"")),
        ("a control frame in pieces", frame(0x09, b"")),
        ("a long control frame", frame(PING, &[b'?'; 126])),
        ("a continuation of nothing", frame(0x80, b"{}")),
        ("a new message within one", [frame(0x01, b"{"), frame(TEXT, b"}")].concat()),
        ("a close frame of one byte", frame(CLOSE, b"\x03")),
    ];
    for (what, bytes) in cases {
        assert_eq!(end(&mallory, &bytes).await, Some(close::PROTOCOL), "{what}");
    }
    assert_eq!(ines.ask(Command::Ping).await, Event::Pong);
}

#[tokio::test]
async fn a_goodbye_is_answered() {
    let server = Server::start().await;
    let (mallory, ..) = house(&server).await;
    assert_eq!(end(&mallory, &frame(CLOSE, &1000_u16.to_be_bytes())).await, Some(1000));
}

#[tokio::test]
async fn a_frame_in_slices_of_one_byte_is_understood() {
    let server = Server::start().await;
    let (mallory, ..) = house(&server).await;
    let mut raw = Raw::open(&mallory).await;
    for byte in frame(TEXT, br#"{"id":7,"type":"ping"}"#) {
        raw.write(&[byte]).await;
        tokio::task::yield_now().await;
    }
    raw.reads(r#"{"id":7,"type":"pong"}"#).await;
    let letters = br#"{"id":8,"type":"ping"}"#;
    for (at, letter) in letters.iter().enumerate() {
        let head = if at == 0 { 0x01 } else { 0x00 } | if at + 1 == letters.len() { 0x80 } else { 0x00 };
        raw.write(&frame(head, &[*letter])).await;
    }
    raw.reads(r#"{"id":8,"type":"pong"}"#).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_in_endless_pieces_disturbs_nobody() {
    let server = Server::start().await;
    let (mallory, mut ines, room) = house(&server).await;
    let mut raw = Raw::open(&mallory).await;
    raw.write(&frame(0x01, b"")).await;
    let pieces = frame(0x00, b"").repeat(1000);
    for _ in 0..50 {
        raw.write(&pieces).await;
        assert_eq!(ines.ask(Command::Ping).await, Event::Pong);
    }
    assert!(matches!(ines.says(room, "undisturbed").await, Event::Ack { .. }));
    assert_eq!(server.sockets(), 2, "the writer of pieces is there still or gone, the others are there");
}

#[tokio::test]
async fn pieces_that_never_end_are_too_large() {
    let server = Server::start().await;
    let (mallory, mut ines, _) = house(&server).await;
    let pieces = [frame(0x01, b""), frame(0x00, b"").repeat(100_000)].concat();
    assert_eq!(end(&mallory, &pieces).await, Some(close::TOO_LARGE));
    assert_eq!(ines.ask(Command::Ping).await, Event::Pong);
}

#[tokio::test]
async fn a_frame_that_is_not_a_command_is_explained_and_the_socket_goes_on() {
    let server = Server::start().await;
    let (mallory, ..) = house(&server).await;
    let mut socket = mallory.socket().await;
    let deep = format!(r#"{{"id":7,"type":"ping","x":{}{}}}"#, "[".repeat(30_000), "]".repeat(30_000));
    let deep_objects = r#"{"a":"#.repeat(10_000);
    let cases = [
        ("", Code::BadRequest),
        ("junk", Code::BadRequest),
        ("null", Code::BadRequest),
        ("[]", Code::BadRequest),
        ("{}", Code::BadRequest),
        (r#"{"type":"ping""#, Code::BadRequest),
        (r#"{"type":"ping"}{"type":"ping"}"#, Code::BadRequest),
        (r#"{"type":[7]}"#, Code::BadRequest),
        (r#"{"type":"PING"}"#, Code::UnknownCommand),
        (r#"{"type":"drop table messages"}"#, Code::UnknownCommand),
        (r#"{"type":"welcome"}"#, Code::UnknownCommand),
        (&deep, Code::BadRequest),
        (&deep_objects, Code::BadRequest),
    ];
    for (frame, code) in cases {
        let answer = socket.ask_raw(frame).await;
        assert_eq!(refusal(&answer), Some(code), "{frame:.60}");
    }
    let extra = r#"{"id":7,"type":"ping","extra":[1,2]}"#;
    assert_eq!(socket.ask_raw(extra).await, Event::Pong);
    assert_eq!(socket.ask(Command::Ping).await, Event::Pong);
}

#[tokio::test]
async fn values_of_another_type_are_refused_and_the_socket_goes_on() {
    let server = Server::start().await;
    let (mallory, mut ines, room) = house(&server).await;
    let mut socket = mallory.socket().await;
    let id = "6f1f9c5e-3c1b-4c50-9a52-0d5b2c1f7a10";
    let message = |room: &str, id: &str, text: &str| {
        format!(r#"{{"id":7,"type":"new_message","room":{room},"client_id":{id},"text":{text}}}"#)
    };
    let (own, quoted) = (room.to_string(), format!("\"{id}\""));
    let frames = [
        message("\"1\"", &quoted, "\"x\""),
        message("1.5", &quoted, "\"x\""),
        message("-1", &quoted, "\"x\""),
        message("0", &quoted, "\"x\""),
        message("9007199254740993", &quoted, "\"x\""),
        message("18446744073709551616", &quoted, "\"x\""),
        message("1e400", &quoted, "\"x\""),
        message("null", &quoted, "\"x\""),
        message("[1]", &quoted, "\"x\""),
        message(&own, "7", "\"x\""),
        message(&own, "\"not an id\"", "\"x\""),
        message(&own, &quoted, "7"),
        message(&own, &quoted, "null"),
        message(&own, &quoted, "[\"x\"]"),
        message(&own, &quoted, "{\"x\":1}"),
        message(&own, &quoted, r#""a\ud800b""#),
        message(&own, &quoted, r#""a\u0000b""#),
        message(&own, &quoted, "\"  \\n \""),
        message(&own, &quoted, &format!("\"{}\"", "x".repeat(8001))),
        format!(r#"{{"id":7,"type":"seen","room":{own},"no":-1}}"#),
        format!(r#"{{"id":7,"type":"seen","room":{own},"no":9007199254740992}}"#),
        format!(r#"{{"id":7,"type":"seen","room":{own}}}"#),
        format!(r#"{{"id":7,"type":"fetch_messages","room":{own},"limit":-1}}"#),
        format!(r#"{{"id":7,"type":"fetch_messages","room":{own},"limit":4294967296}}"#),
        format!(r#"{{"id":7,"type":"fetch_messages","room":{own},"before":"1"}}"#),
        r#"{"id":7,"type":"hello","rooms":{}}"#.to_owned(),
        r#"{"id":7,"type":"hello","rooms":[{"room":1}]}"#.to_owned(),
        r#"{"id":7,"type":"hello","epoch":"x"}"#.to_owned(),
        r#"{"id":-7,"type":"ping"}"#.to_owned(),
        r#"{"id":"7","type":"ping"}"#.to_owned(),
        r#"{"id":7.5,"type":"ping"}"#.to_owned(),
    ];
    for frame in &frames {
        let answer = socket.ask_raw(frame).await;
        assert!(matches!(refusal(&answer), Some(Code::BadRequest | Code::Invalid)), "{frame:.90}: {answer:?}");
    }
    let odd = "\u{202e}x\u{7}\u{feff}\u{fffe}";
    assert!(matches!(socket.says(room, odd).await, Event::Ack { .. }), "a message may hold any Unicode but NUL");
    assert_eq!(ines.hears_words(odd).await.author.id, mallory.id);
    let biggest = format!(r#"{{"id":7,"type":"seen","room":{own},"no":9007199254740991}}"#);
    assert_eq!(socket.ask_raw(&biggest).await, Event::Ok);
    assert_eq!(ines.heard(room).count(), 1);
}

#[tokio::test]
async fn nothing_follows_the_answer_to_a_close_frame() {
    let server = Server::start().await;
    let (mallory, mut ines, room) = house(&server).await;
    for n in 0..20 {
        let mut raw = Raw::open(&mallory).await;
        let id = client_id().0;
        let words = format!(r#"{{"type":"new_message","room":{room},"client_id":"{id}","text":"and gone {n}"}}"#);
        raw.write(&[frame(TEXT, words.as_bytes()), frame(CLOSE, &[3, 232])].concat()).await;
        let after = raw.after_close().await;
        assert_eq!(
            after.as_deref(),
            Some(&b""[..]),
            "{}",
            String::from_utf8_lossy(after.as_deref().unwrap_or_default())
        );
        ines.hears_words(&format!("and gone {n}")).await;
    }
}
