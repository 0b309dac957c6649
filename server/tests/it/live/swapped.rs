//! Somebody else's room is no different from none (promises S5 and S6).

use super::support::{Answer, Person, Server, client_id, no, refusal, rev, room_id};
use protocol::{ClientId, Code, Command, Event, Known, RoomId};

/// There is no such room.
const NONE: i64 = 4_711;

async fn house(server: &Server) -> (Person, Person, Person, RoomId) {
    let (ines, jona, mallory) =
        (server.person("ines").await, server.person("jona").await, server.person("mallory").await);
    let room = ines.room_with(&[&jona]).await;
    ines.posts(room, "secret").await;
    (ines, jona, mallory, room)
}

/// What an answer says, without what is new in each and the room's id itself.
fn words(answer: &Answer, room: RoomId) -> (u16, String) {
    let plain =
        |(n, part): (usize, &str)| if n == 0 { part.to_owned() } else { part.split_once('"').unwrap().1.to_owned() };
    let body: String = answer.body.split("nonce=\"").enumerate().map(plain).collect();
    (answer.status, body.replace(&format!("/rooms/{room}"), "/rooms/*").replace(&format!("value=\"{room}\""), "*"))
}

#[tokio::test]
async fn every_form_answers_alike() {
    let server = Server::start().await;
    let (ines, jona, mallory, room) = house(&server).await;
    let own = mallory.room_with(&[&jona]).await;
    let before = serde_json::to_string(&ines.sees(&format!("/rooms/{room}/members")).await).unwrap();
    let (user, me) = (ines.id.to_string(), mallory.id.to_string());
    let id = client_id().to_string();
    let forms: [(&str, &[(&str, &str)]); 9] = [
        ("send_message", &[("client_id", &id), ("text", "hello")]),
        ("mark_read", &[("no", "1")]),
        ("mark_unread", &[("no", "1")]),
        ("rename_room", &[("room_name", "Mine")]),
        ("add_members", &[("members[]", &me)]),
        ("remove_member", &[("user", &user)]),
        ("remove_member", &[("user", &me)]),
        ("leave_room", &[]),
        ("delete_room", &[("room_name", "Mine")]),
    ];
    for (form, fields) in forms {
        for from_own_page in [true, false] {
            let mut told = Vec::new();
            for target in [room, room_id(NONE)] {
                let page = if from_own_page { format!("/rooms/{own}/members") } else { format!("/rooms/{target}") };
                let target_id = target.to_string();
                let fields = [fields, &[("room", target_id.as_str()), ("page", page.as_str())]].concat();
                told.push(words(&mallory.form(form, &fields).await, target));
            }
            assert_eq!(told[0].0, 404, "{form}");
            if from_own_page {
                assert!(told[0].1.contains("or it is not yours to see"), "{form}: the page tells what is the matter");
            } else {
                assert_eq!(told[0], told[1], "{form}");
            }
        }
    }
    assert_eq!(serde_json::to_string(&ines.sees(&format!("/rooms/{room}/members")).await).unwrap(), before);
}

#[tokio::test]
async fn every_page_and_upgrade_answers_alike() {
    let server = Server::start().await;
    let (_, _, mallory, room) = house(&server).await;
    for tail in ["", "/members", "?around=1", "?before=2"] {
        let foreign = words(&mallory.get(&format!("/rooms/{room}{tail}")).await, room);
        let none = words(&mallory.get(&format!("/rooms/{NONE}{tail}")).await, room_id(NONE));
        assert_eq!(foreign.0, 404, "{tail}");
        assert_eq!(foreign, none, "{tail}");
    }
    for id in [room.to_string(), NONE.to_string(), "0".into(), "x".into(), "9007199254740993".into()] {
        assert_eq!(mallory.upgrade(&format!("/ws/rooms/{id}")).await.err(), Some(404), "{id}");
    }
}

#[tokio::test]
async fn every_command_answers_alike() {
    let server = Server::start().await;
    let (ines, _, mallory, room) = house(&server).await;
    let mut socket = mallory.socket().await;
    let commands = |room, client_id: ClientId| {
        let fetch = |before, after, around| Command::FetchMessages { room, before, after, around, limit: None };
        [
            fetch(None, None, None),
            fetch(Some(no(2)), None, None),
            fetch(None, Some(no(0)), None),
            fetch(None, None, Some(no(1))),
            Command::NewMessage { room, client_id, text: super::support::text("hello") },
            Command::Seen { room, no: no(1), generation: None },
            Command::MarkUnread { room, no: no(1) },
        ]
    };
    for (foreign, none) in commands(room, client_id()).into_iter().zip(commands(room_id(NONE), client_id())) {
        let told = socket.ask(foreign.clone()).await;
        assert_eq!(refusal(&told), Some(Code::NotFound), "{foreign:?}");
        assert_eq!(told, socket.ask(none).await, "{foreign:?}");
    }
    for room in [room, room_id(NONE)] {
        let known = Command::Hello { epoch: socket.epoch, rooms: vec![Known { room, rev: rev(0) }] };
        let from = socket.log.len();
        assert_eq!(socket.ask(known).await, Event::Ready);
        let told: Vec<_> = socket.log[from..].iter().map(|frame| frame.event.clone()).collect();
        assert_eq!(told, [Event::RoomGone { room }, Event::Ready]);
    }
    assert_eq!(ines.sees("/rooms").await.room(room).unwrap().room.last_no, no(1));
}

#[tokio::test]
async fn a_member_who_is_not_the_owner_is_told_so() {
    let server = Server::start().await;
    let (ines, jona, mallory, room) = house(&server).await;
    ines.adds(&mallory, room).await;
    let before = serde_json::to_string(&ines.sees(&format!("/rooms/{room}/members")).await).unwrap();
    let (id, page, jonas) = (room.to_string(), format!("/rooms/{room}/members"), jona.id.to_string());
    for (form, field) in [("rename_room", ("room_name", "Mine")), ("remove_member", ("user", jonas.as_str()))] {
        let answer = mallory.form(form, &[("room", &id), ("page", &page), field]).await;
        assert_eq!(answer.status, 403, "{form}");
        assert!(answer.body.contains("Only the owner"), "{form}");
    }
    assert_eq!(serde_json::to_string(&ines.sees(&page).await).unwrap(), before);
}

#[tokio::test]
async fn a_direct_room_stays_between_its_two() {
    let server = Server::start().await;
    let (ines, jona, mallory, _) = house(&server).await;
    let opened = ines.form("open_direct", &[("user", &jona.id.to_string())]).await;
    assert_eq!(jona.form("open_direct", &[("user", &ines.id.to_string())]).await.location(), opened.location());
    let (id, page) = (opened.location().replace("/rooms/", ""), format!("{}/members", opened.location()));
    let (third, other) = (mallory.id.to_string(), jona.id.to_string());
    let forms: [(&str, &[(&str, &str)]); 5] = [
        ("add_members", &[("members[]", &third)]),
        ("remove_member", &[("user", &other)]),
        ("leave_room", &[]),
        ("delete_room", &[("room_name", "Mine")]),
        ("rename_room", &[("room_name", "Mine")]),
    ];
    for (form, fields) in forms {
        let answer = ines.form(form, &[fields, &[("room", id.as_str()), ("page", page.as_str())]].concat()).await;
        assert_eq!(answer.status, 403, "{form}");
    }
    let oneself = ines.form("open_direct", &[("user", &ines.id.to_string()), ("page", "/people")]).await;
    assert_eq!(oneself.status, 422);
    let nobody = ines.form("open_direct", &[("user", "4711"), ("page", "/people")]).await;
    assert_eq!(nobody.status, 404);
}

#[tokio::test]
async fn the_people_of_another_room_are_out_of_reach() {
    let server = Server::start().await;
    let (ines, jona, mallory, room) = house(&server).await;
    let own = mallory.room_with(&[&ines]).await.to_string();
    let (before, gone) = (jona.sees(&format!("/rooms/{room}/members")).await, jona.id.to_string());
    let fields = [("room", own.as_str()), ("user", &gone), ("page", "/rooms")];
    assert_eq!(mallory.form("remove_member", &fields).await.status, 404);
    assert_eq!(jona.sees(&format!("/rooms/{room}/members")).await, before);
}
