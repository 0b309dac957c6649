//! Links that the command line prints, and where they lead.

use super::accounts::SOON;
use super::support::Site;
use crate::contract::orders::{operator, told};
use crate::live::support::Person;
use domain::ports::Act;
use domain::{Error, Registration, registration, resets};
use protocol::{Field, Password, close};
use reqwest::Method;
use serde_json::json;
use std::time::Instant;

pub async fn a_link_for_a_new_password_works_once_and_ends_the_log_ins(site: Site) {
    let (_, jona) = (site.server.person("ines").await, site.server.person("jona").await);
    let mut socket = jona.socket().await;
    let answer = site.does("user reset-password jona").await;
    let secret = answer.out.strip_prefix("https://chat.example.org/reset-password?secret=").expect("a link").to_owned();
    assert!(secret.starts_with("natter_x_") && answer.err.contains("jona"), "{answer:?}");
    let house = site.house().await;
    assert_eq!(resets::person(&house.env, &secret).await.unwrap().username, "jona");

    let new = || Password::parse("a new and better one", Field::Password).unwrap();
    resets::redeem(&house.env, &secret, new()).await.unwrap();

    let since = Instant::now();
    assert_eq!(socket.ends().await, Some(close::LOGGED_OUT));
    assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
    assert!(matches!(resets::redeem(&house.env, &secret, new()).await, Err(Error::ResetSpent)));
    let log_in = async |password| {
        let fields = [("login", "jona"), ("password", password), ("page", "/login")];
        site.server.stranger().form("login", &fields).await.status
    };
    assert_eq!(log_in(Person::PASSWORD).await, 422);
    assert_eq!(log_in("a new and better one").await, 303);
    let acts: Vec<_> = told(&house).await.into_iter().map(|(actor, act, _)| (actor, act)).collect();
    assert_eq!(acts, [(None, Act::MakeReset), (Some("jona".into()), Act::UseReset)]);
    let told = site.does("user reset-password jona --json").await.json();
    assert!(told["link"].as_str().unwrap().contains("natter_x_") && told["expires"].is_string(), "{told}");
}

pub async fn an_invitation_lets_in_as_many_as_it_says(site: Site) {
    site.server.person("ines").await;
    registers_by(&site, Registration::Invitation).await;
    assert_eq!(register(&site, "jona", None).await, (403, json!("not_invited")));
    let answer = site.does("invite --uses 2 --days 1 --note Choir").await;
    assert!(answer.err.starts_with("For 2 accounts, until "), "{answer:?}");
    let secret = answer.out.strip_prefix("https://chat.example.org/register?invitation=").expect("a link");
    let page = site.server.stranger().get(&format!("/register?invitation={secret}")).await;
    assert!(page.body.contains("Create your account"));
    for (secret, name) in [(secret, "jona"), (secret, "kim")] {
        assert_eq!(register(&site, name, Some(secret)).await.0, 201);
    }
    assert_eq!(register(&site, "late", Some(secret)).await, (403, json!("not_invited")));
    let page = site.server.stranger().get(&format!("/register?invitation={secret}")).await;
    assert!(page.body.contains("Registration is by invitation"));
}

pub async fn an_invitation_that_is_not_needed_is_not_used_up(site: Site) {
    site.server.person("ines").await;
    let answer = site.does("invite --json").await.json();
    assert_eq!(answer["uses"], 1);
    let secret = answer["link"].as_str().unwrap().split_once('=').unwrap().1.to_owned();
    assert_eq!(register(&site, "jona", Some(&secret)).await.0, 201);
    registers_by(&site, Registration::Invitation).await;
    let form = [
        ("username", "kim"),
        ("display_name", "Kim"),
        ("email", "kim@example.org"),
        ("password", Person::PASSWORD),
        ("invitation", &secret),
        ("page", "/register"),
    ];
    assert_eq!(site.server.stranger().form("register", &form).await.status, 303);
}

pub async fn a_closed_server_takes_nobody_by_invitation(site: Site) {
    site.server.person("ines").await;
    registers_by(&site, Registration::Closed).await;
    let answer = site.does("invite").await;
    assert!(answer.err.contains("Registration is closed"), "{answer:?}");
    let secret = answer.out.split_once('=').unwrap().1;
    assert_eq!(register(&site, "jona", Some(secret)).await, (403, json!("registration_closed")));
}

async fn registers_by(site: &Site, mode: Registration) {
    registration::choose(&site.house().await.env, &operator().by, mode).await.unwrap();
}

/// By the API; the status and the code of a refusal.
async fn register(site: &Site, username: &str, invitation: Option<&str>) -> (u16, serde_json::Value) {
    let new = json!({
        "username": username,
        "display_name": username,
        "email": format!("{username}@example.org"),
        "password": Person::PASSWORD,
        "invitation": invitation,
    });
    let answer = site.server.stranger().asks(Method::POST, "/api/v1/accounts", Some(new)).await;
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    (answer.status, body["code"].clone())
}
