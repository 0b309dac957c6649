//! How often something may be tried, and what that tells (promises S7 and S15).

use super::support::{Answer, Browser, Person, Server, client_id, refusal};
use protocol::{Code, Command, Event};
use std::time::{Duration, Instant};

const WRONG: &str = "not the right one";

async fn tries(browser: &Browser, login: &str, password: &str) -> Answer {
    let fields = [("login", login), ("password", password), ("page", "/login"), ("next", "")];
    browser.form("login", &fields).await
}

/// How often something is answered before it is too often, provided that one more is allowed after each `every`.
async fn allowed(every: Duration, burst: usize, mut act: impl AsyncFnMut() -> Answer) -> Answer {
    let begun = Instant::now();
    for done in 0..10 * burst {
        let answer = act().await;
        if answer.status == 429 {
            let grown = begun.elapsed().div_duration_f64(every) as usize + 1;
            assert!((burst..=burst + grown).contains(&done), "{done} in {:?}", begun.elapsed());
            return answer;
        }
        assert!(matches!(answer.status, 200 | 303 | 422), "{}: {}", answer.status, answer.body);
    }
    panic!("there is no end");
}

/// What the page says at the form, without the number of seconds.
fn alert(answer: &Answer) -> String {
    let told = answer.body.split("role=\"alert\"").nth(1).expect("an alert").split(['>', '<']).nth(1).unwrap();
    told.chars().filter(|c| !c.is_ascii_digit()).collect()
}

#[tokio::test]
async fn ten_tries_of_a_password_are_answered_alike_whether_or_not_there_is_an_account() {
    let server = Server::limited(&[]).await;
    server.person("ines").await;
    let mut told = Vec::new();
    for login in ["ines", "nobody"] {
        let stranger = server.stranger();
        let mut answers = Vec::new();
        for _ in 0..12 {
            answers.push(tries(&stranger, login, WRONG).await);
        }
        for limited in &answers[10..] {
            let seconds: u32 = limited.header("retry-after").parse().unwrap();
            assert!((1..=18).contains(&seconds), "{seconds}");
            assert!(limited.body.contains(&format!("value=\"{login}\"")), "the name stays");
            assert!(!limited.body.contains(WRONG), "the password does not");
        }
        told.push(answers.iter().map(|answer| (answer.status, alert(answer))).collect::<Vec<_>>());
    }
    let statuses: Vec<_> = told[0].iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [&[422; 10][..], &[429; 2]].concat());
    assert_eq!(told[0][11].1, "Too many wrong passwords. Try again in  seconds.");
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn a_limited_name_is_not_let_in_by_the_right_password_and_another_name_is() {
    let server = Server::limited(&[]).await;
    server.person("ines").await;
    let jona = server.person("jona").await;
    let stranger = server.stranger();
    for n in 0..10 {
        let typed = ["ines", " INES ", "Ines"][n % 3];
        assert_eq!(tries(&stranger, typed, WRONG).await.status, 422);
    }
    assert_eq!(tries(&stranger, "ines", Person::PASSWORD).await.status, 429);
    assert_eq!(tries(&server.stranger(), "ines", Person::PASSWORD).await.status, 429, "no cookie changes that");
    assert_eq!(server.again(&jona).await.id, jona.id);
    assert_eq!(tries(&server.stranger_at("127.0.0.2"), "ines", Person::PASSWORD).await.status, 303, "she is elsewhere");
}

#[tokio::test]
async fn addresses_that_take_turns_do_not_try_one_account_for_ever() {
    let server = Server::limited(&[]).await;
    server.person("ines").await;
    let mut tried = 0;
    let limited = allowed(Duration::from_millis(1800), 100, async || {
        let host = format!("127.0.1.{}", 1 + tried / 9);
        tried += 1;
        tries(&server.stranger_at(&host), "ines", WRONG).await
    });
    limited.await;
    assert_eq!(tries(&server.stranger_at("127.0.2.1"), "ines", WRONG).await.status, 429);
}

#[tokio::test]
async fn one_address_does_not_try_all_accounts() {
    let server = Server::limited(&[]).await;
    let (stranger, mut tried) = (server.stranger(), 0);
    let limited = allowed(Duration::from_secs(3), 60, async || {
        tried += 1;
        tries(&stranger, &format!("nobody{tried}"), WRONG).await
    });
    limited.await;
    assert_eq!(tries(&server.stranger_at("127.0.0.2"), "nobody1", WRONG).await.status, 422);
}

/// Tries ten times and once more, each time with another `X-Forwarded-For` that ends in `end`.
async fn eleven_tries(stranger: &Browser, end: &str) -> Vec<u16> {
    let mut answers = Vec::new();
    for n in 0..11 {
        let fields = [("login", "ines"), ("password", WRONG), ("page", "/login")];
        let request = stranger.posting("login", &fields).header("origin", stranger.origin());
        let request = request.header("x-forwarded-for", format!("198.51.100.{n}{end}"));
        answers.push(stranger.answer(request).await.status);
    }
    answers
}

#[tokio::test]
async fn a_forged_address_gets_no_new_tries() {
    let ten = [&[422; 10][..], &[429]].concat();
    let server = Server::limited(&[]).await;
    assert_eq!(eleven_tries(&server.stranger(), "").await, ten, "nobody is trusted");
    let behind = Server::limited(&["--trusted-proxies", "127.0.0.1,10.0.0.0/8"]).await;
    assert_eq!(eleven_tries(&behind.stranger_at("127.0.0.2"), "").await, ten, "127.0.0.2 is not trusted");
    assert_eq!(eleven_tries(&behind.stranger(), ", 192.0.2.1, 10.1.2.3").await, ten, "192.0.2.1 is not trusted");
    assert_eq!(eleven_tries(&behind.stranger(), "").await, [422; 11], "what a trusted proxy says is believed");
}

#[tokio::test]
async fn ten_accounts_at_once_come_from_an_address_and_the_form_is_kept() {
    let server = Server::limited(&[]).await;
    for n in 0..10 {
        server.person(&format!("person{n}")).await;
    }
    let fields = [
        ("username", "robin"),
        ("display_name", "Robin West"),
        ("email", "robin@example.org"),
        ("password", "hunter22hunter"),
        ("page", "/register"),
        ("next", ""),
    ];
    let answer = server.stranger().form("register", &fields).await;
    assert_eq!(answer.status, 429);
    let seconds = answer.header("retry-after").parse::<u32>().unwrap();
    assert!((61..=180).contains(&seconds), "{seconds}");
    assert!(answer.body.contains(&format!("Try again in {} minutes.", seconds.div_ceil(60))), "{seconds}");
    for typed in ["robin", "Robin West", "robin@example.org"] {
        assert!(answer.body.contains(&format!("value=\"{typed}\"")), "{typed}");
    }
    assert!(!answer.body.contains("hunter22hunter"));
    assert_eq!(server.stranger_at("127.0.0.2").form("register", &fields).await.status, 303);
}

#[tokio::test]
async fn searches_and_messages_by_form_are_limited_for_each_person() {
    let server = Server::limited(&["--commands-per-minute", "12"]).await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let limited = allowed(Duration::from_secs(1), 20, async || ines.get("/people?q=jo").await).await;
    assert_eq!(limited.header("retry-after"), "1");
    assert!(limited.body.contains("Try again in a second."), "{}", limited.body);
    assert_eq!(jona.get("/people?q=in").await.status, 200);
    assert_eq!(ines.get("/people").await.status, 200, "a page without words is no search");

    let (room_text, page) = (room.to_string(), format!("/rooms/{room}"));
    let limited = allowed(Duration::from_secs(5), 2, async || {
        let id = client_id().to_string();
        let fields = [("room", room_text.as_str()), ("client_id", &id), ("text", "still here"), ("page", &page)];
        ines.form("send_message", &fields).await
    });
    let limited = limited.await;
    assert!(limited.body.contains(">still here</textarea>"), "what was written stays");
    jona.posts(room, "and so am I").await;
    let refused = ines.socket().await.says(room, "by socket").await;
    assert_eq!(refusal(&refused), Some(Code::TooMany), "the account has one budget: {refused:?}");
}

#[tokio::test]
async fn tokens_are_made_no_faster_than_people_need_them() {
    let server = Server::limited(&[]).await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let make = async |person: &Person| {
        let bearer = person.id.to_string();
        let rest = [
            ("name", "Backup"),
            ("access", "read"),
            ("reach", "all"),
            ("lifetime", "90"),
            ("password", Person::PASSWORD),
        ];
        person.form("create_token", &[&[("page", "/settings/tokens"), ("bearer", &bearer)], &rest[..]].concat()).await
    };
    let limited = allowed(Duration::from_secs(1), 20, async || make(&ines).await).await;
    assert!(alert(&limited).starts_with("That was too often"), "{}", alert(&limited));
    assert_eq!(make(&jona).await.status, 200);
}

#[tokio::test]
async fn the_current_password_is_tried_as_at_a_log_in() {
    let server = Server::limited(&[]).await;
    let ines = server.person("ines").await;
    let change = async |current: &str| {
        let fields = [("password", current), ("new_password", "another password"), ("page", "/settings")];
        ines.form("set_password", &fields).await
    };
    let limited = allowed(Duration::from_secs(18), 10, async || change(WRONG).await).await;
    assert!(limited.body.contains("Too many wrong passwords"), "{}", limited.body);
    assert_eq!(change(Person::PASSWORD).await.status, 429);
}

#[tokio::test]
async fn with_the_limits_off_nothing_is_counted() {
    let server = Server::start().await;
    for n in 0..25 {
        server.person(&format!("person{n}")).await;
    }
}

/// Promise S15: what could be dear has an end.
#[tokio::test]
async fn every_search_and_every_page_has_an_end() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let mut people = Vec::new();
    for n in 0..60 {
        people.push(server.person(&format!("person{n}")).await);
    }
    let found = |answer: &Answer| answer.body.matches("class=\"person\"").count();
    assert_eq!(found(&ines.get("/people?q=person").await), 50);
    let endless = "%25".repeat(2000);
    for pattern in ["%25%25%25", "_", "%5C%25", endless.as_str()] {
        let answer = ines.get(&format!("/people?q={pattern}")).await;
        assert_eq!((answer.status, found(&answer)), (200, 0), "each character stands for itself: {pattern}");
    }
    let room = ines.room_with(&[&people[0]]).await;
    let mut socket = ines.socket().await;
    for n in 0..120 {
        assert!(matches!(socket.says(room, &format!("message {n}")).await, Event::Ack { .. }));
    }
    let command = Command::FetchMessages { room, before: None, after: None, around: None, limit: Some(u32::MAX) };
    let Event::Messages { slice, .. } = socket.ask(command).await else { panic!("a page") };
    assert_eq!(slice.messages.len(), 100);
}
