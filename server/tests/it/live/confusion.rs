//! Values of the wrong kind are the asker's mistake, never the server's (promise S12).

use super::support::{Answer, Person, Server};
use reqwest::Method;

const NUMBERS: [&str; 12] =
    ["", "0", "-1", "1.5", "1e3", "x", "9007199254740992", "18446744073709551616", "NaN", "\0", "1\0", "\u{0661}"];

fn is_refused(what: &str, answer: &Answer) {
    assert!((400..500).contains(&answer.status), "{what}: {} {}", answer.status, answer.location());
}

async fn posts_raw(person: &Person, form: &str, kind: &str, body: &[u8]) -> Answer {
    let request = person.request(Method::POST, &format!("/form/{form}")).header("origin", person.origin());
    person.answer(request.header("content-type", kind).body(body.to_vec())).await
}

#[tokio::test]
async fn numbers_that_are_none_are_refused_in_every_form() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (page, id) = (format!("/rooms/{room}/members"), room.to_string());
    let before = ines.sees(&page).await;
    for number in NUMBERS {
        let forms: [(&str, &[(&str, &str)]); 13] = [
            ("send_message", &[("room", number), ("client_id", "6f1f9c5e-3c1b-4c50-9a52-0d5b2c1f7a10"), ("text", "x")]),
            ("send_message", &[("room", &id), ("client_id", number), ("text", "x")]),
            ("mark_read", &[("room", number), ("no", "1")]),
            ("mark_unread", &[("room", number), ("no", "1")]),
            ("rename_room", &[("room", number), ("room_name", "x")]),
            ("add_members", &[("room", &id), ("members[]", number)]),
            ("remove_member", &[("room", &id), ("user", number)]),
            ("leave_room", &[("room", number)]),
            ("delete_room", &[("room", number), ("room_name", "x")]),
            ("open_direct", &[("user", number)]),
            ("add_contact", &[("user", number)]),
            ("remove_contact", &[("user", number)]),
            ("create_room", &[("room_name", "x"), ("members[]", number)]),
        ];
        for (form, fields) in forms {
            let answer = ines.form(form, &[fields, &[("page", page.as_str())]].concat()).await;
            is_refused(&format!("{form} {fields:?}"), &answer);
        }
        if number != "0" {
            for form in ["mark_read", "mark_unread"] {
                let answer = ines.form(form, &[("room", &id), ("no", number), ("page", &page)]).await;
                is_refused(&format!("{form} {number:?}"), &answer);
            }
        }
    }
    assert_eq!(ines.sees(&page).await, before);
}

#[tokio::test]
async fn names_with_controls_are_refused_in_every_form() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await.to_string();
    let (page, other) = (format!("/rooms/{room}/members"), jona.id.to_string());
    for name in
        ["a\0b", "a\u{202e}b", "a\u{2066}b", "a\u{200f}b", "a\nb", "a\u{7f}b", "a\u{2028}b", "\u{85}a\u{85}b", " \t "]
    {
        let forms: [(&str, &[(&str, &str)]); 4] = [
            ("set_profile", &[("display_name", name), ("page", "/settings")]),
            ("rename_room", &[("room", &room), ("room_name", name), ("page", &page)]),
            ("create_room", &[("room_name", name), ("members[]", &other), ("page", "/rooms/new")]),
            ("set_password", &[("password", name), ("new_password", "long enough"), ("page", "/settings")]),
        ];
        for (form, fields) in forms {
            let answer = ines.form(form, fields).await;
            assert_eq!(answer.status, 422, "{form} {name:?}");
        }
        let visitor = server.stranger();
        let account = [("display_name", "x"), ("password", "long enough"), ("page", "/register"), ("next", "")];
        for (username, email) in [(name, "x@example.org"), ("robin", name)] {
            let answer = visitor
                .form("register", &[account.as_slice(), &[("username", username), ("email", email)]].concat())
                .await;
            assert_eq!(answer.status, 422, "{username:?} {email:?}");
        }
        let answer =
            visitor.form("login", &[("login", name), ("password", name), ("page", "/login"), ("next", "")]).await;
        assert_eq!(answer.status, 422, "{name:?}");
    }
    let fields = [
        ("room", room.as_str()),
        ("client_id", "6f1f9c5e-3c1b-4c50-9a52-0d5b2c1f7a10"),
        ("text", "a\0b"),
        ("page", "/rooms"),
    ];
    assert_eq!(ines.form("send_message", &fields).await.status, 422);
}

#[tokio::test]
async fn bodies_of_another_kind_are_refused() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    const FORM: &str = "application/x-www-form-urlencoded";
    let huge = "text=".to_owned() + &"x".repeat(200 * 1024);
    let many = "members[]=2&".repeat(10_000) + "room_name=x&page=/rooms/new";
    let nested = format!("room_name=x&members{}=1", "[a]".repeat(2000));
    let bodies: [(&str, &[u8]); 15] = [
        (FORM, b""),
        (FORM, b"&&&==="),
        (FORM, b"%"),
        (FORM, b"room=%ff&room_name=%ff%fe"),
        (FORM, b"\xff\xfe\x00"),
        // Half of a surrogate pair, as an encoder that knows no better writes it.
        (FORM, b"room=1&room_name=%ED%A0%80&text=%ED%A0%80&display_name=%ED%A0%80"),
        (FORM, b"room[]=1&room[x]=2&room=3"),
        (FORM, b"room=1&room=1&room_name=a&room_name=b"),
        (FORM, b"user[0][1][2]=1&members=1&members[]=x"),
        (FORM, huge.as_bytes()),
        (FORM, many.as_bytes()),
        (FORM, nested.as_bytes()),
        ("application/json", b"{\"room\":1,\"room_name\":[]}"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"),
        ("", b"room=1"),
    ];
    let forms = [
        "register",
        "login",
        "send_message",
        "mark_read",
        "mark_unread",
        "rename_room",
        "create_room",
        "add_members",
        "set_profile",
        "set_password",
    ];
    for form in forms {
        for (kind, body) in bodies {
            let answer = posts_raw(&ines, form, kind, body).await;
            let what = format!("{form} {kind} {:.40}", String::from_utf8_lossy(body));
            // A form that names no page of its own is shown on the page of the rooms, by way of a redirect.
            assert!((300..500).contains(&answer.status), "{what}: {}", answer.status);
        }
    }
    for path in [
        "/form/none",
        "/form/",
        "/form/login/more",
        "/form/..%2f",
        "/form/%00",
        "/form/%ff",
        "/rooms",
        "/ws",
        "/healthz",
    ] {
        let request = ines.request(Method::POST, path).header("origin", ines.origin()).header("content-type", FORM);
        is_refused(path, &ines.answer(request.body("x=1")).await);
    }
    let unknown =
        ines.request(Method::POST, "/form/none").header("origin", ines.origin()).header("accept", "text/html");
    let unknown = ines.answer(unknown.header("content-type", FORM).body("x=1")).await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.body.contains("There is nothing at this address."), "{}", unknown.body);
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        is_refused(
            "a method",
            &ines.answer(ines.request(method, "/form/logout").header("origin", ines.origin())).await,
        );
    }
    assert_eq!(ines.sees("/rooms").await.rooms().len(), 0);
}

#[tokio::test]
async fn no_address_breaks_the_server() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let strange = [
        "%ff",
        "%00",
        "%",
        "%zz",
        "%e2%80%ae",
        "-1",
        "9007199254740993",
        "99999999999999999999999",
        "1e9",
        "%F0%9F",
        "%ED%A0%80",
        "a%2fb",
    ];
    for value in strange {
        for path in [
            format!("/rooms/{value}"),
            format!("/rooms/{value}/members"),
            format!("/{value}"),
            format!("/assets/{value}"),
        ] {
            is_refused(&path, &ines.get(&path).await);
        }
        let asked = [
            format!("/rooms/{room}?before={value}"),
            format!("/rooms/{room}?after={value}&around={value}"),
            format!("/rooms/{room}?{value}={value}"),
            format!("/rooms/{room}/members?q={value}"),
            format!("/people?q={value}"),
            format!("/settings?saved={value}"),
        ];
        for path in asked {
            let status = ines.get(&path).await.status;
            assert!((200..500).contains(&status), "{path}: {status}");
        }
        for path in [format!("/login?next={value}"), format!("/register?next={value}"), format!("/people?q={value}")] {
            let status = server.stranger().get(&path).await.status;
            assert!((200..500).contains(&status), "{path}: {status}");
        }
    }
    for cookie in [
        "natter=",
        "natter=%ff",
        "natter=x; natter=y",
        "theme=%00; zone=../../etc/passwd",
        "natter-zone=Europe/Berlin",
        "=;;=",
    ] {
        let status = server.stranger();
        let answer = status.answer(status.request(Method::GET, "/login").header("cookie", cookie)).await;
        assert_eq!(answer.status, 200, "{cookie}");
    }
}
