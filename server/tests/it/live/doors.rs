//! Only our own pages may speak in a person's name (promises S1 and S8).

use super::support::{Belongings, Form, Person, Server, Socket, Subjects, forms};
use protocol::RoomId;
use reqwest::Method;

/// All that a forged form could change, as the person sees it.
async fn everything(person: &Person, room: RoomId) -> String {
    let mut all = String::new();
    for path in [format!("/rooms/{room}/members"), "/rooms".into()] {
        all += &serde_json::to_string(&person.sees(&path).await).unwrap();
    }
    all += &Belongings::all(person).await;
    let people = person.get("/people").await.body;
    // The pages above name the room last opened in a cookie.
    all += &person.cookie();
    all + &people.split("nonce=\"").map(|part| part.split_once('"').map_or(part, |(_, rest)| rest)).collect::<String>()
}

#[tokio::test]
async fn every_form_there_is_is_tried_here() {
    let server = Server::start().await;
    let house = house(&server).await;
    let mut tried: Vec<_> = house.forms().into_iter().map(|(form, _)| format!("/form/{form}")).collect();
    let is_form = |path: &str| path.starts_with("/form/") && !path.contains('{');
    let doors = server.doors().iter().filter(|door| door.method == Method::POST && is_form(&door.path));
    let mut all: Vec<_> = doors.map(|door| door.path.clone()).collect();
    tried.sort();
    all.sort();
    assert_eq!(tried, all);
}

/// A room, its owner with all that the settings can hold, and somebody else.
struct House {
    ines: Person,
    jona: Person,
    robin: Person,
    room: RoomId,
    belongings: Belongings,
}

async fn house(server: &Server) -> House {
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let robin = server.person("robin").await;
    let room = ines.room_with(&[&jona]).await;
    jona.posts(room, "unread").await;
    // One that is ended by its name, and one that is left for the end of all others.
    server.again(&ines).await;
    server.again(&ines).await;
    let belongings = Belongings::of(&ines).await;
    House { ines, jona, robin, room, belongings }
}

impl House {
    fn forms(&self) -> Vec<Form> {
        forms(Subjects { room: self.room, other: &self.jona, subject: &self.robin, belongings: &self.belongings })
    }
}

#[tokio::test]
async fn a_form_from_elsewhere_changes_nothing() {
    let server = Server::start().await;
    let house = house(&server).await;
    let (ines, room) = (&house.ines, house.room);
    let before = everything(ines, room).await;
    let own = ines.origin();
    let (longer, other_port) = (format!("{own}.evil.org"), format!("http://127.0.0.1:{}", ines.addr().port() ^ 1));
    let elsewhere: [&[(&str, &str)]; 10] = [
        &[],
        &[("origin", "https://evil.org")],
        &[("origin", "null")],
        &[("origin", "")],
        &[("origin", &longer)],
        &[("origin", &other_port)],
        &[("origin", "https://evil.org"), ("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none"), ("referer", &own)],
    ];
    for (form, fields) in house.forms() {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        for headers in elsewhere {
            let request = headers
                .iter()
                .fold(ines.posting(form, &fields), |request, (name, value)| request.header(*name, *value));
            let answer = ines.answer(request).await;
            assert_eq!((answer.status, answer.header("set-cookie")), (403, ""), "{form} {headers:?}");
        }
    }
    assert_eq!(everything(ines, room).await, before);
}

#[tokio::test]
async fn a_get_changes_nothing() {
    let server = Server::start().await;
    let house = house(&server).await;
    let (ines, room) = (&house.ines, house.room);
    let before = everything(ines, room).await;
    for (form, fields) in house.forms() {
        let query: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            let path = format!("/form/{form}?{query}");
            let request = ines.request(method.clone(), &path).header("origin", ines.origin());
            let answer = ines.answer(request).await;
            assert!(matches!(answer.status, 303 | 405), "{method} {form}: {}", answer.status);
            assert_eq!(answer.header("set-cookie"), "", "{method} {form}");
        }
    }
    assert_eq!(everything(ines, room).await, before);
}

/// Proves the premise of the two above: the same forms from our own pages do something.
#[tokio::test]
async fn our_own_forms_are_let_in_by_origin_or_by_fetch_metadata() {
    for header in ["origin", "sec-fetch-site"] {
        let server = Server::start().await;
        let house = house(&server).await;
        let (ines, room) = (&house.ines, house.room);
        let value = if header == "origin" { ines.origin() } else { "same-origin".to_owned() };
        for (form, fields) in house.forms() {
            if matches!(
                form,
                "remove_member" | "login" | "register" | "delete_room" | "delete_group" | "reset_password"
            ) {
                continue; // they would end what the others need, or need what nobody guesses
            }
            let before = everything(ines, room).await;
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let answer = ines.answer(ines.posting(form, &fields).header(header, &value)).await;
            // What has made a secret shows it.
            let done = if matches!(form, "create_token" | "create_hook" | "make_reset" | "make_invitation") {
                200
            } else {
                303
            };
            assert_eq!(answer.status, done, "{form}: {}", answer.body);
            if matches!(form, "logout" | "leave_room") {
                break;
            }
            let is_seen =
                !matches!(form, "add_members" | "set_password" | "mark_read") && !form.ends_with("administrator");
            let is_seen = is_seen
                && !matches!(
                    form,
                    "end_log_ins"
                        | "end_access"
                        | "revoke_reset"
                        | "delete_rooms_of"
                        | "make_reset"
                        | "make_invitation"
                        | "revoke_invitation"
                        | "set_registration"
                );
            assert!(!is_seen || everything(ines, room).await != before, "{form}");
        }
    }
}

#[tokio::test]
async fn a_socket_opens_for_our_own_pages_only() {
    let server = Server::start().await;
    let House { ines, room, .. } = house(&server).await;
    let (own, cookie, port) = (ines.origin(), ines.cookie(), ines.addr().port());
    for path in ["/ws".to_owned(), format!("/ws/rooms/{room}")] {
        let open = async |headers: &[(&str, &str)]| Socket::open(ines.addr(), &path, headers).await.map(drop);
        assert_eq!(open(&[("cookie", &cookie), ("origin", &own)]).await, Ok(()), "the test's own premise");
        assert_eq!(open(&[("cookie", &cookie)]).await, Err(403), "{path}");
        let foreign = [
            "https://evil.org".to_owned(),
            "null".to_owned(),
            String::new(),
            format!("{own}.evil.org"),
            format!("{own}/"),
            format!("{own}@evil.org"),
            format!("http://evil.org/{own}"),
            format!("http://localhost:{port}"),
            format!("http://127.0.0.1:{}", port ^ 1),
            "http://127.0.0.1".to_owned(),
            format!("file://127.0.0.1:{port}"),
            format!("HTTP://127.0.0.1:{port}"),
            format!("http://x@127.0.0.1:{port}"),
        ];
        for origin in &foreign {
            assert_eq!(open(&[("cookie", &cookie), ("origin", origin)]).await, Err(403), "{path} {origin}");
        }
        let only_fetch = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
        assert_eq!(open(&only_fetch).await, Err(403), "a socket brings its origin");
        assert_eq!(open(&[("origin", &own)]).await, Err(401), "{path}");
        let forged = [("cookie", "natter=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3Dx"), ("origin", own.as_str())];
        assert_eq!(open(&forged).await, Err(401), "{path}");
        assert_eq!(open(&[("origin", "https://evil.org")]).await, Err(403), "{path}: the origin comes first");
    }
}

#[tokio::test]
async fn the_configured_origin_and_no_other_opens_sockets() {
    let server = Server::with(&["--origin", "https://chat.example.org"]).await;
    let visitor = server.stranger();
    let code = server.setup_code().await;
    let fields = [
        ("username", "ines"),
        ("display_name", "I"),
        ("email", "i@example.org"),
        ("password", Person::PASSWORD),
        ("setup_code", &code),
    ];
    let request = visitor.posting("register", &fields).header("origin", "https://chat.example.org");
    assert_eq!(visitor.answer(request).await.status, 303);
    let cookie = visitor.cookie();
    let open = async |origin: &str| {
        Socket::open(visitor.addr(), "/ws", &[("cookie", &cookie), ("origin", origin)]).await.map(drop)
    };
    assert_eq!(open("https://chat.example.org").await, Ok(()));
    for foreign in [visitor.origin().as_str(), "http://chat.example.org", "https://chat.example.org.evil.org", "null"] {
        assert_eq!(open(foreign).await, Err(403), "{foreign}");
    }
}
