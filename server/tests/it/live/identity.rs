//! Who becomes somebody here: passwords that are guessed first, and the first administrator.

use super::support::{Answer, Browser, Person, Server, Tags};
use reqwest::Method;
use serde_json::{Value, json};

const EASY: &str = "This password is too easy to guess. Choose another one, for example four random words.";
const OWN: &str = "This password contains little more than your name";

fn account<'a>(username: &'a str, password: &'a str) -> [(&'static str, &'a str); 5] {
    let email = match username {
        "robin" => "robin.w@example.org",
        "jona" => "jona@example.org",
        _ => "other@example.org",
    };
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
    let (stranger, page) = (server.stranger(), format!("/reset-password?secret={secret}"));
    for (password, status) in [("sunshine", 422), ("Jona1234", 422), ("four words from a book", 303)] {
        let fields = [("secret", secret), ("new_password", password), ("page", &page)];
        let answer = stranger.form("reset_password", &fields).await;
        assert_eq!(answer.status, status, "{password}: {}", answer.body);
    }
}

/// Asks for the first account, with these headers and this code.
async fn sets_up(browser: &Browser, headers: &[(&str, &str)], code: &str) -> Answer {
    let fields = [&account("ines", Person::PASSWORD)[..], &[("setup_code", code)]].concat();
    let host = headers
        .iter()
        .find(|(name, _)| *name == "host")
        .map_or_else(|| browser.addr().to_string(), |host| host.1.into());
    let form = browser.posting("register", &fields).header("origin", format!("http://{host}"));
    browser.answer(headers.iter().fold(form, |form, (name, value)| form.header(*name, *value))).await
}

#[tokio::test]
async fn from_elsewhere_the_first_account_takes_the_setup_code() {
    let server = Server::start().await;
    let code = server.setup_code().await;
    let stranger = server.stranger();
    for elsewhere in [
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-host", "chat.example.org"),
        ("forwarded", "for=203.0.113.9"),
        ("x-real-ip", "127.0.0.1"),
        ("via", "1.1 proxy"),
        ("host", "chat.example.org"),
    ] {
        for wrong in ["", "0000-0000-0000-0000-0000", &code[1..]] {
            let answer = sets_up(&stranger, &[elsewhere], wrong).await;
            assert_eq!(answer.status, 422, "{elsewhere:?} {wrong:?}");
            let told = if wrong.is_empty() { "Enter the setup code" } else { "Wrong setup code" };
            assert!(answer.body.contains(told), "{}", answer.body);
        }
    }
    let new = program("ines", Person::PASSWORD);
    let by_program = stranger
        .request(Method::POST, "/api/v1/accounts")
        .header("via", "1.1 proxy")
        .header("origin", stranger.origin())
        .json(&new);
    assert_eq!(stranger.answer(by_program).await.status, 422);
    let page = stranger
        .answer(stranger.request(Method::GET, &format!("/register?setup_code={code}")).header("via", "x"))
        .await;
    assert!(page.body.contains(&format!("value=\"{code}\"")) && page.body.contains("Setup code"), "{}", page.body);
    assert!(!stranger.get("/register").await.body.contains("Setup code"), "at the machine itself none is needed");

    assert_eq!(sets_up(&stranger, &[("via", "1.1 proxy")], &code).await.status, 303);
    assert!(stranger.get("/settings").await.body.contains("Administrator"));
    assert_eq!(server.setup_code().await, "", "it serves no more");
    let next = server.stranger();
    let jona =
        next.posting("register", &account("jona", Person::PASSWORD)).header("via", "x").header("origin", next.origin());
    assert_eq!(next.answer(jona).await.status, 303, "everybody else takes none");
    assert!(!next.get("/settings").await.body.contains("Administrator"));
}

#[tokio::test]
async fn closed_or_by_invitation_the_first_account_takes_the_code_too() {
    for mode in ["closed", "invitation"] {
        let server = Server::with(&["--registration", mode]).await;
        let (stranger, code) = (server.stranger(), server.setup_code().await);
        assert_eq!(sets_up(&stranger, &[("x-real-ip", "203.0.113.9")], "").await.status, 422, "{mode}");
        assert_eq!(sets_up(&stranger, &[("x-real-ip", "203.0.113.9")], &code).await.status, 303, "{mode}");
    }
}

#[tokio::test]
async fn a_server_for_others_takes_the_code_from_its_own_machine_too() {
    let server = Server::with(&["--origin", "https://chat.example.org"]).await;
    let visitor = server.stranger();
    let form =
        visitor.posting("register", &account("ines", Person::PASSWORD)).header("origin", "https://chat.example.org");
    assert_eq!(visitor.answer(form).await.status, 422, "a proxy there may say nothing about itself");
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_first_account_takes_the_code_from_everybody() {
    let server = Server::with(&["--trusted-proxies", "127.0.0.1"]).await;
    let (visitor, code) = (server.stranger(), server.setup_code().await);
    assert!(visitor.get("/register").await.body.contains("Setup code"));
    for wrong in ["", "0000-0000-0000-0000-0000"] {
        let answer = sets_up(&visitor, &[], wrong).await;
        assert_eq!(answer.status, 422, "a proxy that adds no header, {wrong:?}: {}", answer.body);
    }
    assert_eq!(sets_up(&visitor, &[], &code).await.status, 303);
}

#[tokio::test]
async fn setup_codes_are_not_tried_without_end() {
    let server = Server::limited(&[]).await;
    let stranger = server.stranger();
    for _ in 0..10 {
        assert_eq!(sets_up(&stranger, &[("via", "x")], "0000-0000").await.status, 422);
    }
    assert_eq!(sets_up(&stranger, &[("via", "x")], &server.setup_code().await).await.status, 429);
}

#[tokio::test]
async fn of_two_who_set_up_at_once_one_becomes_the_administrator() {
    let server = Server::start().await;
    let (one, two) = (server.stranger(), server.stranger());
    let forms = [(&one, account("robin", Person::PASSWORD)), (&two, account("jona", Person::PASSWORD))];
    let [first, second] = forms.map(|(browser, fields)| async move { browser.form("register", &fields).await.status });
    assert_eq!(tokio::join!(first, second), (303, 303));
    let mut administrators = 0;
    for browser in [&one, &two] {
        administrators += usize::from(browser.get("/settings").await.body.contains("Administrator"));
    }
    assert_eq!(administrators, 1);
}
