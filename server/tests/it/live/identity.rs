//! Who becomes somebody here: passwords that are guessed first.

use super::support::{Person, Server, Tags};
use reqwest::Method;
use serde_json::{Value, json};

const EASY: &str = "This password is too easy to guess. Choose another one, for example four random words.";
const OWN: &str = "This password is made of your name";

fn account<'a>(username: &'a str, password: &'a str) -> [(&'static str, &'a str); 5] {
    let email = if username == "robin" { "robin.w@example.org" } else { "other@example.org" };
    [
        ("username", username),
        ("display_name", "Robin West"),
        ("email", email),
        ("password", password),
        ("page", "/register"),
    ]
}

fn program(username: &str, password: &str) -> Value {
    let email = format!("{username}@example.org");
    json!({"username": username, "display_name": "Robin West", "email": email, "password": password})
}

#[tokio::test]
async fn a_password_that_is_guessed_first_is_refused_wherever_one_is_chosen() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    for (password, why) in [
        ("password", EASY),
        ("12345678", EASY),
        ("        ", EASY),
        ("abcabcabc", EASY),
        ("robinrobin", EASY),
        ("Robin West 1", OWN),
        ("robin.w@example.org", OWN),
        ("natter2026", OWN),
    ] {
        let answer = server.stranger().form("register", &account("robin", password)).await;
        assert_eq!(answer.status, 422, "{password}");
        assert!(answer.body.contains(why), "{password}: {}", answer.body);
    }
    let by_program = server.stranger().asks(Method::POST, "/api/v1/accounts", Some(program("robin", "password"))).await;
    assert_eq!((by_program.status, by_program.body.contains(EASY)), (422, true), "{}", by_program.body);

    let change = [("password", Person::PASSWORD), ("new_password", "iloveyou"), ("page", "/settings")];
    let answer = ines.form("set_password", &change).await;
    assert!(answer.status == 422 && answer.body.contains(EASY), "{}", answer.body);
    let change = json!({"password": Person::PASSWORD, "new_password": "ines@example.org"});
    let answer = ines.asks(Method::PUT, "/api/v1/me/password", Some(change)).await;
    assert!(answer.status == 422 && answer.body.contains(OWN), "{}", answer.body);
    server.again(&ines).await;
}

#[tokio::test]
async fn a_link_for_a_new_password_refuses_an_easy_one_and_serves_on() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let page = format!("/administration/people/{}", jona.id);
    let made = ines.form("make_reset", &[("user", &jona.id.to_string()), ("page", &page)]).await;
    let told = Tags::of(&made.body).find(|tag| tag.attribute("id").as_deref() == Some("secret"));
    let link = told.expect("the page tells the link").attribute("value").unwrap();
    let secret = link.rsplit('=').next().unwrap();
    let stranger = server.stranger();
    for (password, status) in [("sunshine", 422), ("Jona1234", 422), ("four words from a book", 303)] {
        let fields = [("secret", secret), ("new_password", password), ("page", "/reset-password")];
        let answer = stranger.form("reset_password", &fields).await;
        assert_eq!(answer.status, status, "{password}: {}", answer.body);
    }
}
