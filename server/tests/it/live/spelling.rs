//! Names, mailboxes and passwords that are spelled in several ways, or hide something.

use super::support::{Person, Server, client_id};
use protocol::{Code, Command, Event, MessageText};
use reqwest::Method;
use serde_json::json;

fn account<'a>(username: &'a str, password: &'a str) -> [(&'static str, &'a str); 5] {
    [
        ("username", username),
        ("display_name", "Robin West"),
        ("email", "robin.w@example.org"),
        ("password", password),
        ("page", "/register"),
    ]
}

#[tokio::test]
async fn one_logs_in_however_name_address_and_password_are_spelled() {
    let server = Server::start().await;
    let mut form = account("robin", "sm\u{f6}rg\u{e5}sbord om natten").to_vec();
    form[2].1 = "Robin@M\u{fc}ller.example";
    assert_eq!(server.stranger().form("register", &form).await.status, 303);
    for login in
        ["robin", " @Robin ", "robin@m\u{fc}ller.example", "ROBIN@xn--mller-kva.example", "robin@mu\u{308}ller.example"]
    {
        for password in ["sm\u{f6}rg\u{e5}sbord om natten", "smo\u{308}rga\u{30a}sbord om natten"] {
            let fields = [("login", login), ("password", password), ("page", "/login")];
            assert_eq!(server.stranger().form("login", &fields).await.status, 303, "{login:?} {password:?}");
        }
    }
    let mut again = account("other", Person::PASSWORD).to_vec();
    again[2].1 = "robin@xn--mller-kva.example";
    assert_eq!(server.stranger().form("register", &again).await.status, 409, "one mailbox, one account");
}

#[tokio::test]
async fn names_that_hide_something_are_refused_by_every_way_in() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    for name in ["\u{200b}", "\u{3164}", "Ma\u{2060}ria", &format!("Z{}", "\u{301}".repeat(63)), "Maria\u{e0041}"] {
        let profile = ines.form("set_profile", &[("display_name", name), ("page", "/settings")]).await;
        assert_eq!(profile.status, 422, "{name:?}");
        let answer = ines.asks(Method::PATCH, "/api/v1/me", Some(json!({"display_name": name}))).await;
        assert_eq!(answer.status, 422, "{name:?}");
        let fields = [("room", &*room.to_string()), ("room_name", name), ("page", "/rooms")];
        assert_eq!(ines.form("rename_room", &fields).await.status, 422, "{name:?}");
    }
    for blank in ["\u{200b}\u{200b}", "\u{3164}", "\u{2800} \u{ad}"] {
        let mut socket = ines.socket().await;
        let text = MessageText::try_from(blank.to_owned()).unwrap();
        let answer = socket.ask(Command::NewMessage { room, client_id: client_id(), text }).await;
        assert!(matches!(&answer, Event::Error(error) if error.code == Code::Invalid), "{blank:?}: {answer:?}");
        let id = client_id().to_string();
        let fields = [("room", &*room.to_string()), ("client_id", &id), ("text", blank), ("page", "/rooms")];
        assert_eq!(ines.form("send_message", &fields).await.status, 422, "{blank:?}");
    }
}

#[tokio::test]
async fn reserved_usernames_are_nobodys() {
    let server = Server::start().await;
    for name in ["admin", "Root", "everyone", "-robin", ".robin", "robin."] {
        assert_eq!(server.stranger().form("register", &account(name, Person::PASSWORD)).await.status, 422, "{name}");
    }
    let ines = server.person("ines").await;
    let bot =
        ines.form("create_bot", &[("username", "system"), ("display_name", "S"), ("page", "/settings/bots")]).await;
    assert_eq!(bot.status, 422);
}

#[tokio::test]
async fn people_who_look_alike_are_told_apart_by_their_usernames() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let robin = server.person("robin").await;
    for (person, name) in [(&jona, "Maria Boss"), (&robin, "M\u{430}ria Boss")] {
        person.does("set_profile", &[("display_name", name), ("page", "/settings")]).await;
    }
    let room = ines.room_with(&[&jona]).await;
    let page = ines.get(&format!("/rooms/{room}/members")).await.body;
    assert!(page.contains("People to add") && page.contains("@robin") && page.contains("@jona"), "{page}");
    ines.does("add_members", &[("room", &room.to_string()), ("members[]", &robin.id.to_string()), ("page", "/rooms")])
        .await;
    for person in [&jona, &robin, &ines] {
        person.posts(room, "hello").await;
    }
    let log = ines.get(&format!("/rooms/{room}")).await.body;
    for shown in ["<bdi>Maria Boss @jona", "<bdi>M\u{430}ria Boss @robin", "<bdi>Ines<"] {
        assert!(log.contains(shown), "{shown} in {log}");
    }
}
