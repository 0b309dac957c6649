//! Budgets of an account and of an address (promise S16): what one account or address may take up in a time.

use super::support::{Answer, Person, Server, Socket, client_id, refusal, text, within};
use domain::ports::{Limit, Quota, Quotas};
use protocol::{Code, Command, Event, RoomId, close};
use reqwest::Method;
use serde_json::json;

/// Acts until it is too often: how many times it was allowed, and the refusal.
async fn until_refused(most: usize, mut act: impl AsyncFnMut(usize) -> Answer) -> (usize, Answer) {
    for done in 0..most {
        let answer = act(done).await;
        if answer.status == 429 {
            let wait: u32 = answer.header("retry-after").parse().unwrap();
            assert!(wait > 0);
            return (done, answer);
        }
    }
    panic!("{most} times were not too often");
}

fn is_about(allowed: usize, burst: usize) {
    assert!((burst..burst + burst / 4 + 4).contains(&allowed), "{allowed} where {burst} is the burst");
}

/// How many of these messages are stored.
async fn acknowledged(socket: &mut Socket, room: RoomId, count: usize) -> usize {
    let mut ids = Vec::new();
    for n in 0..count {
        let command = Command::NewMessage { room, client_id: client_id(), text: text(&format!("message {n}")) };
        ids.push(socket.send(command).await);
    }
    let mut stored = 0;
    for id in ids {
        match socket.answer(id).await {
            Event::Ack { .. } => stored += 1,
            other => assert_eq!(refusal(&other), Some(Code::TooMany), "{other:?}"),
        }
    }
    stored
}

/// Fault L4: a new socket has a full bucket, and the account has no more messages for that.
#[tokio::test]
async fn a_new_socket_does_not_renew_the_budget_of_messages() {
    let server = Server::limited(&[]).await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let mut stored = 0;
    for _ in 0..6 {
        let mut socket = ines.line("/ws").await;
        stored += acknowledged(&mut socket, room, 15).await;
    }
    assert!((20..35).contains(&stored), "{stored} of 90");
    let (room_text, id) = (room.to_string(), client_id().to_string());
    let fields = [("room", room_text.as_str()), ("client_id", &id), ("text", "by form"), ("page", "/rooms")];
    let form = ines.form("send_message", &fields).await;
    assert_eq!(form.status, 429, "forms draw on the same budget");
    assert_eq!(acknowledged(&mut jona.line("/ws").await, room, 15).await, 15, "nobody else is limited");
}

#[tokio::test]
async fn sockets_are_not_opened_without_end() {
    let server = Server::limited(&[]).await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let mut opened = 0;
    let refused = loop {
        match ines.upgrade("/ws").await {
            Ok(socket) => drop(socket),
            Err(status) => break status,
        }
        opened += 1;
        assert!(opened < 200, "there is no end");
    };
    assert_eq!(refused, 429);
    is_about(opened, 60);
    jona.line("/ws").await;
    assert_eq!(ines.get("/rooms").await.status, 200, "her pages are another budget");
}

/// Frames of all sockets together are bounded: another socket gives no more of them.
#[tokio::test]
async fn commands_of_many_sockets_draw_on_one_budget() {
    let server = Server::limited(&["--commands-per-minute", "12"]).await;
    let ines = server.person("ines").await;
    // A whole command, where a ping weighs a quarter.
    let nothing = || Command::HelloPart { rooms: Vec::new() };
    let mut open = Vec::new();
    for _ in 0..20 {
        let mut socket = ines.line("/ws").await;
        for _ in 0..2 {
            assert_eq!(socket.ask(nothing()).await, Event::Ok, "what each socket may send for itself");
        }
        open.push(socket);
    }
    for _ in 0..20 {
        drop(open.pop());
        let fresh = within("a free place", async {
            loop {
                let mut socket = ines.upgrade("/ws").await.unwrap();
                if socket.listen().await.is_some() {
                    return socket;
                }
            }
        });
        let mut fresh = fresh.await;
        fresh.send(nothing()).await;
        fresh.send(nothing()).await;
        let mut answers = 0;
        while let Some(frame) = fresh.listen().await {
            answers += usize::from(frame.event == Event::Ok);
            if answers == 2 {
                break;
            }
        }
        if fresh.code == Some(close::TOO_FAST) {
            return;
        }
        open.push(fresh);
    }
    panic!("every new socket has a full budget");
}

/// Promise S16: who reads along with two sockets in a lively room, and says something now and then, is never limited.
#[tokio::test]
async fn a_lively_room_limits_nobody_who_reads_along() {
    let server = Server::limited(&[]).await;
    let mut authors = Vec::new();
    for n in 0..5 {
        authors.push(server.person(&format!("author{n}")).await);
    }
    let ines = server.person("ines").await;
    let room = ines.room_with(&authors.iter().collect::<Vec<_>>()).await;
    let (mut desk, mut phone) = (ines.socket().await, ines.socket().await);
    for (n, author) in authors.iter().enumerate() {
        let mut socket = author.socket().await;
        for m in 0..15 {
            let words = format!("{n} {m}");
            assert!(matches!(socket.says(room, &words).await, Event::Ack { .. }));
            let said = desk.hears_words(&words).await;
            phone.hears_words(&words).await;
            if m % 8 == 7 {
                let (room, no) = (room, said.no);
                assert_eq!(desk.ask(Command::Seen { room, no, generation: None }).await, Event::Ok);
                assert_eq!(phone.ask(Command::Seen { room, no, generation: None }).await, Event::Ok);
            }
        }
        assert!(matches!(desk.says(room, &format!("indeed {n}")).await, Event::Ack { .. }));
    }
}

/// Fault L3: what one account makes of others.
#[tokio::test]
async fn rooms_and_people_in_them_are_not_made_without_end() {
    let server = Server::limited(&[]).await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let member = jona.id.to_string();
    let fields = [("room_name", "Kitchen"), ("members[]", member.as_str()), ("page", "/rooms/new")];
    let (allowed, _) = until_refused(100, async |_| ines.form("create_room", &fields).await).await;
    is_about(allowed, 50);
    let room = jona.room_with(&[&ines]).await;
    let (allowed, _) = until_refused(20, async |n| {
        let crowd: Vec<_> = (1..=450).map(|person| 1_000 + 450 * n as i64 + person).collect();
        jona.asks(Method::POST, &format!("/api/v1/rooms/{room}/members"), Some(json!({ "users": crowd }))).await
    })
    .await;
    assert_eq!(allowed, 4, "two thousand people");
}

/// Promise S16: an administrator who brings a class of thirty into thirty rooms meets no limit.
#[tokio::test]
async fn a_class_of_thirty_is_brought_into_thirty_rooms() {
    let server = Server::limited(&["--limit-address-accounts", "100"]).await;
    let teacher = server.person("teacher").await;
    let mut class = Vec::new();
    for n in 0..30 {
        class.push(server.person(&format!("pupil{n}")).await);
    }
    for _ in 0..30 {
        teacher.room_with(&class.iter().collect::<Vec<_>>()).await;
    }
}

#[tokio::test]
async fn renames_profiles_and_contacts_have_an_end() {
    let server = Server::limited(&[]).await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await.to_string();
    let name = |n: usize| format!("Name {n}");
    let (allowed, refused) = until_refused(100, async |n| {
        let name = name(n);
        ines.form("rename_room", &[("room", &room), ("room_name", &name), ("page", "/rooms")]).await
    })
    .await;
    is_about(allowed, 30);
    assert!(refused.body.contains("That was too often"), "{}", refused.body);
    let profile = async |n: usize| {
        let name = name(n);
        ines.form("set_profile", &[("display_name", name.as_str()), ("page", "/settings")]).await
    };
    is_about(until_refused(100, profile).await.0, 10);
    let contact = async |_| ines.asks(Method::PUT, &format!("/api/v1/contacts/{}", jona.id), None).await;
    is_about(until_refused(200, contact).await.0, 100);
    jona.does("set_profile", &[("display_name", "Jona"), ("page", "/settings")]).await;
}

#[tokio::test]
async fn strangers_are_not_written_to_without_end_and_friends_are() {
    let server = Server::limited(&["--limit-address-accounts", "100"]).await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let mut strangers = Vec::new();
    for n in 0..60 {
        strangers.push(server.person(&format!("stranger{n}")).await.id.to_string());
    }
    let jona = jona.id.to_string();
    for _ in 0..60 {
        ines.does("open_direct", &[("user", &jona), ("page", "/people")]).await;
    }
    let (allowed, _) = until_refused(strangers.len(), async |n| {
        ines.form("open_direct", &[("user", &*strangers[n]), ("page", "/people")]).await
    })
    .await;
    is_about(allowed, 49);
}

#[tokio::test]
async fn every_request_of_an_account_draws_on_one_budget() {
    let server = Server::limited(&[]).await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let (allowed, refused) = until_refused(1000, async |n| match n % 3 {
        0 => ines.get("/settings").await,
        1 => ines.form("set_theme", &[("theme", "dark"), ("page", "/settings")]).await,
        _ => ines.asks(Method::GET, "/api/v1/me", None).await,
    })
    .await;
    // While they are asked, ten more are allowed each second.
    assert!((290..900).contains(&allowed), "{allowed}");
    assert!((1..=60).contains(&refused.header("retry-after").parse::<u32>().unwrap()));
    let (_, page) = until_refused(20, async |_| {
        let request = ines.request(Method::GET, "/settings").header("accept", "text/html");
        ines.answer(request).await
    })
    .await;
    assert!(page.body.contains("One moment") && page.body.contains("That was too often"), "{}", page.body);
    let (_, problem) = until_refused(20, async |_| ines.asks(Method::GET, "/api/v1/me", None).await).await;
    assert_eq!(problem.header("content-type"), "application/problem+json");
    assert_eq!(jona.get("/settings").await.status, 200, "others are not limited");
    assert_eq!(server.stranger().get("/login").await.status, 200);
}

#[tokio::test]
async fn who_is_not_logged_in_draws_on_the_budget_of_the_address() {
    let server = Server::limited(&["--limit-address-requests", "60"]).await;
    let ines: Person = server.person("ines").await;
    let stranger = server.stranger();
    let token = server.stranger().with_token("natter_p_wrong");
    let (allowed, _) = until_refused(100, async |n| match n % 2 {
        0 => stranger.get("/login").await,
        _ => token.asks(Method::GET, "/api/v1/me", None).await,
    })
    .await;
    assert!((20..40).contains(&allowed), "{allowed}");
    let mut refused = 0;
    for _ in 0..5 {
        refused += usize::from(stranger.upgrade("/ws").await.err() == Some(429));
    }
    assert!(refused > 2, "{refused}");
    assert_eq!(ines.get("/rooms").await.status, 200, "who is logged in is another account");
    assert_eq!(server.stranger_at("127.0.0.2").get("/login").await.status, 200, "and so is another address");
    for file in ["/healthz", "/readyz", "/assets/nothing.css"] {
        assert_ne!(stranger.get(file).await.status, 429, "{file}");
    }
}

/// `docs/operations.md` tells every budget with its numbers.
#[test]
fn every_budget_is_in_the_document_with_its_quota() {
    let document = std::fs::read_to_string("../docs/operations.md").unwrap();
    let rows: Vec<_> = document.lines().filter(|line| line.starts_with("| `") && line.ends_with(" s |")).collect();
    for limit in Limit::ALL {
        let Quota { burst, every } = Quotas::default().of(limit);
        let (start, end) = (format!("| `{}` |", limit.name()), format!("| {burst} | {} s |", every.as_secs_f64()));
        let row = rows.iter().find(|row| row.starts_with(&start));
        assert!(row.is_some_and(|row| row.ends_with(&end)), "{start} … {end} is not a row, but {row:?}");
    }
    assert_eq!(rows.len(), Limit::ALL.len(), "{rows:#?}");
}
