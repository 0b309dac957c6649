//! Passwords that are too long, and more of them than can be hashed (promise S16).

use super::support::{Browser, Person, Server};
use reqwest::Method;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// Log-ins that nobody waits for. Hashing all of them takes more than five seconds on two cores.
const ABANDONED: usize = 600;

#[tokio::test]
async fn a_password_of_120_kb_is_refused_unread() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let long = "x".repeat(120_000);
    let stranger = server.stranger();
    let log_in = [("login", "ines"), ("password", long.as_str()), ("page", "/login")];
    assert_eq!(stranger.form("login", &log_in).await.status, 413);
    let account = [
        ("username", "robin"),
        ("display_name", "Robin"),
        ("email", "robin@example.org"),
        ("password", &long),
        ("page", "/register"),
    ];
    assert_eq!(stranger.form("register", &account).await.status, 413);
    let reset = [("secret", "x"), ("new_password", long.as_str()), ("page", "/reset-password")];
    assert_eq!(stranger.form("reset_password", &reset).await.status, 413);
    let change = [("password", long.as_str()), ("new_password", "another password"), ("page", "/settings")];
    assert_eq!(ines.form("set_password", &change).await.status, 413);
    let token = [("name", "Archive"), ("access", "read"), ("password", long.as_str()), ("page", "/settings/tokens")];
    assert_eq!(ines.form("create_token", &token).await.status, 413);
    let account = json!({
        "username": "robin", "display_name": "Robin", "email": "robin@example.org", "password": long,
    });
    let token = json!({ "name": "Archive", "access": "read", "password": long });
    for (browser, method, path, body) in [
        (&stranger, Method::POST, "/api/v1/sessions", json!({ "login": "ines", "password": long })),
        (&stranger, Method::POST, "/api/v1/accounts", account),
        (&*ines, Method::PUT, "/api/v1/me/password", json!({ "password": long, "new_password": "another password" })),
        (&*ines, Method::POST, "/api/v1/tokens", token.clone()),
        (&*ines, Method::POST, "/api/v1/bots/1/tokens", token),
    ] {
        let answer = browser.asks(method, path, Some(body)).await;
        assert_eq!(answer.status, 413, "{path}: {}", answer.body);
        assert!(answer.body.contains("too_large"), "{path}: {}", answer.body);
    }
}

#[tokio::test]
async fn two_passwords_of_full_length_fit_into_a_form() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let longest = "🔑".repeat(1_024);
    let change = [("password", longest.as_str()), ("new_password", &longest), ("page", "/settings")];
    let answer = ines.form("set_password", &change).await;
    assert_eq!(answer.status, 422, "{}", answer.body);
}

#[tokio::test]
async fn a_password_longer_than_any_is_a_wrong_one_for_everybody() {
    let server = Server::start().await;
    server.person("ines").await;
    let (longest, longer) = ("🔑".repeat(1_024), "🔑".repeat(1_025));
    let mut alerts = Vec::new();
    for login in ["ines", "nobody"] {
        for password in ["not the right one", &longest, &longer] {
            let fields = [("login", login), ("password", password), ("page", "/login")];
            let answer = server.stranger().form("login", &fields).await;
            assert_eq!(answer.status, 422, "{}", answer.body);
            alerts.push(answer.words().replace(login, ""));
        }
    }
    let alert =
        |page: &String| page.split("role=\"alert\"").nth(1).unwrap().split(['>', '<']).nth(1).unwrap().to_owned();
    let mut alerts: Vec<_> = alerts.iter().map(alert).collect();
    alerts.dedup();
    assert_eq!(alerts.len(), 1, "{alerts:?}");
}

/// Sends a log-in, and is gone.
async fn abandon(stranger: &Browser, body: &str) {
    let (host, origin) = (stranger.addr(), stranger.origin());
    let request = format!(
        "POST /form/login HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut tcp = TcpStream::connect(host).await.unwrap();
    tcp.write_all(request.as_bytes()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn log_ins_that_nobody_waits_for_hold_nobody_up() {
    let server = Server::start().await;
    server.person("ines").await;
    let stranger = server.stranger();
    for n in 0..ABANDONED {
        abandon(&stranger, &format!("login=nobody{n}&password=not+the+right+one&page=%2Flogin")).await;
    }
    let begun = Instant::now();
    let fields = [("login", "ines"), ("password", Person::PASSWORD), ("page", "/login")];
    while begun.elapsed() < Duration::from_secs(5) {
        let answer = stranger.form("login", &fields).await;
        if answer.status == 303 {
            return;
        }
        assert_eq!(answer.status, 503, "{}", answer.body);
        assert!(!answer.header("retry-after").is_empty());
        assert!(answer.body.contains("The server is busy. Try again in"), "{}", answer.body);
    }
    panic!("the right password was not let in within five seconds");
}
