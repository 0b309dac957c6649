//! `natter user`, and what the live server makes of it.

use super::support::Site;
use crate::contract::orders::told;
use crate::live::support::{Person, Socket};
use domain::ports::Act;
use protocol::{Command, Event, close};
use reqwest::Method;
use serde_json::json;
use std::time::{Duration, Instant};

/// How long somebody may stay who has been shut out (promise S2).
pub const SOON: Duration = Duration::from_secs(2);

pub async fn who_is_disabled_is_out_within_two_seconds_and_can_be_let_in_again(site: Site) {
    let (ines, jona) = (site.server.person("ines").await, site.server.person("jona").await);
    let elsewhere = site.server.again(&jona).await;
    let (mut mine, mut one, mut two) = (ines.socket().await, jona.socket().await, elsewhere.socket().await);
    let answer = site.does("user disable jona").await;
    let since = Instant::now();
    for socket in [&mut one, &mut two] {
        assert_eq!(socket.ends().await, Some(close::LOGGED_OUT));
    }
    assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
    assert_eq!(answer.out, "jona is disabled, and out everywhere.");
    assert_eq!(jona.get("/rooms").await.location(), "/login?next=/rooms");
    assert_eq!(mine.ask(Command::Ping).await, Event::Pong, "others go on");
    let log_in = [("login", "jona"), ("password", Person::PASSWORD), ("page", "/login")];
    assert_eq!(site.server.stranger().form("login", &log_in).await.status, 422);

    site.does("user enable jona@example.org").await;
    let back = site.server.again(&jona).await;
    let mut socket = back.socket().await;
    site.does("user enable jona").await;
    assert_eq!(socket.ask(Command::Ping).await, Event::Pong);
    let operator = |act| (None, act, Some("jona".to_owned()));
    assert_eq!(told(&site.house().await).await, [operator(Act::Disable), operator(Act::Enable)]);
}

pub async fn bots_are_out_with_their_owner(site: Site) {
    let (_, jona) = (site.server.person("ines").await, site.server.person("jona").await);
    let bot = jona.asks(Method::POST, "/api/v1/bots", Some(json!({"username": "helper", "display_name": "Helper"})));
    let bot = bot.await.json()["id"].clone();
    let new = json!({"name": "Work", "access": "read_and_write", "password": Person::PASSWORD});
    let token = jona.asks(Method::POST, &format!("/api/v1/bots/{bot}/tokens"), Some(new)).await;
    let bearer = format!("Bearer {}", token.json()["token"].as_str().expect("a token"));
    let mut socket = Socket::open(jona.addr(), "/ws", &[("authorization", &bearer)]).await.unwrap();
    site.does("user disable jona").await;
    let since = Instant::now();
    assert_eq!(socket.ends().await, Some(close::LOGGED_OUT));
    assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
    assert_eq!(Socket::open(jona.addr(), "/ws", &[("authorization", &bearer)]).await.err(), Some(401));
}

pub async fn all_access_of_somebody_ends_by_command(site: Site) {
    let (ines, jona) = (site.server.person("ines").await, site.server.person("jona").await);
    let new = json!({"name": "Work", "access": "read", "password": Person::PASSWORD});
    let token = jona.asks(Method::POST, "/api/v1/tokens", Some(new)).await;
    let bearer = format!("Bearer {}", token.json()["token"].as_str().expect("a token"));
    let by_token = Socket::open(jona.addr(), "/ws", &[("authorization", &bearer)]).await.unwrap();
    let (mut mine, by_cookie) = (ines.socket().await, jona.socket().await);
    let answer = site.does("user end-access jona").await;
    let since = Instant::now();
    for mut socket in [by_token, by_cookie] {
        assert_eq!(socket.ends().await, Some(close::LOGGED_OUT));
    }
    assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
    assert_eq!(answer.out, "Every session and token of jona has ended.");
    assert_eq!(mine.ask(Command::Ping).await, Event::Pong);
    assert_eq!(told(&site.house().await).await, [(None, Act::EndAccess, Some("jona".to_owned()))]);
    site.server.again(&jona).await;
}

pub async fn an_account_is_made_with_a_password_from_the_standard_input(site: Site) {
    let line = "user add ines --email ines@example.org --name Ines";
    let answer = site.natter_reading(line, &format!("{}\n", Person::PASSWORD)).await;
    assert_eq!((answer.code, answer.out.as_str()), (0, "ines has an account."), "{answer:?}");
    let ines = site.server.stranger().logs_in("ines").await;
    assert_eq!(ines.asks(Method::GET, "/api/v1/me", None).await.json()["is_admin"], true, "the first of all");
    for input in ["", "\n", "short\n"] {
        let answer = site.natter_reading("user add jona --email jona@example.org", input).await;
        assert!(answer.refusal().contains("at least 8 characters"), "{answer:?}");
    }
    let answer = site.natter_reading("user add jona --email jona@example.org --admin", Person::PASSWORD).await;
    assert_eq!(answer.code, 0, "{answer:?}");
    let jona = site.server.stranger().logs_in("jona").await.asks(Method::GET, "/api/v1/me", None).await.json();
    assert_eq!((&jona["is_admin"], &jona["display_name"]), (&json!(true), &json!("jona")));
}

pub async fn people_are_listed_for_eyes_and_for_programs(site: Site) {
    let none = site.does("user list").await;
    assert_eq!((none.out.as_str(), none.err.as_str()), ("", "Nobody has an account yet."));
    let names: Vec<_> = (0..60).map(|n| format!("person{n:02}")).collect();
    let house = site.house().await;
    for name in &names {
        house.person(name).await;
    }
    site.does("user disable person01").await;
    let all = site.does("user list").await.out;
    let lines: Vec<_> = all.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();
    assert_eq!(lines.len(), 60, "more than a page");
    assert_eq!(lines[0], ["person00", "administrator", "open", "person00@example.org", "Person00"]);
    assert_eq!(lines[1], ["person01", "person", "disabled", "person01@example.org", "Person01"]);
    let found = site.does("user list 01@EXAMPLE --json").await.json();
    let [entry] = &found.as_array().unwrap()[..] else { panic!("{found}") };
    assert_eq!(
        (&entry["username"], &entry["is_admin"], &entry["seen"]),
        (&json!("person01"), &json!(false), &json!(null))
    );
    assert!(entry["disabled"].as_str().unwrap().ends_with('Z'), "{entry}");
}

pub async fn somebody_is_made_an_administrator(site: Site) {
    let (ines, jona) = (site.server.person("ines").await, site.server.person("jona").await);
    site.does("user make-admin jona").await;
    assert_eq!(jona.asks(Method::GET, "/api/v1/me", None).await.json()["is_admin"], true);
    site.does("user disable ines").await;
    assert_eq!(ines.get("/rooms").await.status, 303);
    let answer = site.natter("user disable jona").await;
    assert!(answer.refusal().contains("last administrator"), "{answer:?}");
}

/// Two processes write to one file: neither is refused, and nothing is lost.
pub async fn a_server_that_writes_and_the_command_line_wait_for_each_other(site: Site) {
    let site = {
        let Site { mut server, database_url } = site;
        server.flag("--commands-per-minute", "60000000");
        server.restart().await;
        Site { server, database_url }
    };
    let (ines, jona) = (site.server.person("ines").await, site.server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let mut socket = ines.socket().await;
    let writing = async {
        for n in 0..300 {
            assert!(matches!(socket.says(room, &format!("message {n}")).await, Event::Ack { .. }), "message {n}");
        }
    };
    let administering = async {
        for _ in 0..4 {
            site.does("user disable jona").await;
            site.does("user enable jona").await;
        }
    };
    tokio::join!(writing, administering);
    assert_eq!(told(&site.house().await).await.len(), 8);
    let ines = site.server.again(&ines).await;
    assert_eq!(ines.sees("/rooms").await.rooms()[0].room.last_no.get(), 300);
}
