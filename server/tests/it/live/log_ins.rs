//! Who is kept out by guessing, and who is not (promise S7, faults L5 to L8).

use super::support::{Answer, Browser, Person, Server};
use std::collections::BTreeMap;

const WRONG: &str = "not the right one";

async fn tries(browser: &Browser, login: &str, password: &str) -> Answer {
    browser.form("login", &[("login", login), ("password", password), ("page", "/login")]).await
}

/// Somebody tries a name from so many addresses that nobody unknown can try it any more.
async fn is_attacked(server: &Server, login: &str) {
    for tried in 0..150 {
        let stranger = server.stranger_at(&format!("127.0.1.{}", 1 + tried / 9));
        if tries(&stranger, login, WRONG).await.status == 429 {
            return;
        }
    }
    panic!("there is no end of tries");
}

/// Fault L5: a browser that has logged in before has tries of its own, also when it is logged out and elsewhere.
#[tokio::test]
async fn guessing_from_everywhere_does_not_lock_the_owner_out() {
    let server = Server::limited(&[]).await;
    let laptop = server.stranger_at("127.0.2.1").registers("ines").await;
    laptop.form("logout", &[("page", "/")]).await;
    let phone = server.stranger_at("127.0.2.2").logs_in("ines").await;
    is_attacked(&server, "ines").await;
    let stranger = server.stranger_at("127.0.3.1");
    assert_eq!(tries(&stranger, "ines", Person::PASSWORD).await.status, 429, "the test's own premise");

    let travelling = server.stranger_at("127.0.3.2").with_cookies_of(&laptop);
    assert_eq!(tries(&travelling, "ines", Person::PASSWORD).await.status, 303, "a browser that is known");
    let neighbour = server.stranger_at("127.0.2.2");
    assert_eq!(tries(&neighbour, "ines", Person::PASSWORD).await.status, 303, "where she is logged in");
    assert_eq!(phone.get("/rooms").await.status, 200);
}

#[tokio::test]
async fn a_known_browser_has_ten_tries_as_well_and_no_other_believes_its_cookie() {
    let server = Server::limited(&[]).await;
    let laptop = server.stranger_at("127.0.2.1").registers("ines").await;
    let jona = server.stranger_at("127.0.2.5").registers("jona").await;
    laptop.form("logout", &[("page", "/")]).await;
    for _ in 0..10 {
        assert_eq!(tries(&laptop, "ines", WRONG).await.status, 422);
    }
    assert_eq!(tries(&laptop, "ines", Person::PASSWORD).await.status, 429);
    is_attacked(&server, "ines").await;
    // A cookie of somebody else under her name.
    let cookies = jona.cookie();
    let (_, value) = cookies.split_once("natter-device-").unwrap().1.split_once('=').unwrap();
    let forged = server.stranger_at("127.0.3.1");
    let fields = [("login", "ines"), ("password", Person::PASSWORD), ("page", "/login")];
    for value in [value, "1.00000000000000000000000000000000"] {
        let request = forged.posting("login", &fields).header("origin", forged.origin());
        let cookie = format!("natter-device-{}={value}", laptop.id);
        assert_eq!(forged.answer(request.header("cookie", cookie)).await.status, 429);
    }
}

/// A living session does not depend on what strangers try.
#[tokio::test]
async fn a_password_can_be_changed_while_strangers_guess_it() {
    let server = Server::limited(&[]).await;
    let ines = server.stranger_at("127.0.2.1").registers("ines").await;
    is_attacked(&server, "ines").await;
    let here = server.stranger_at("127.0.3.1").with_cookies_of(&ines);
    let fields = [("password", Person::PASSWORD), ("new_password", "another password"), ("page", "/settings")];
    assert_eq!(here.form("set_password", &fields).await.status, 303);
}

/// Fault L7: ten tries mean ten, by whatever name; and nothing tells that two names are of one account.
#[tokio::test]
async fn a_second_name_gives_no_further_tries_and_tells_nothing() {
    let server = Server::limited(&[]).await;
    server.stranger_at("127.0.2.1").registers("ines").await;
    let stranger = server.stranger();
    for _ in 0..10 {
        assert_eq!(tries(&stranger, "ines", WRONG).await.status, 422);
    }
    let words = |answer: &Answer, login: &str| answer.words().replace(login, "");
    let known = tries(&stranger, "ines@example.org", Person::PASSWORD).await;
    let unknown = tries(&stranger, "nobody@example.org", Person::PASSWORD).await;
    assert_eq!((known.status, unknown.status), (422, 422));
    let without = |answer: &Answer, login: &str| {
        let words = words(answer, login);
        words.split("role=\"alert\"").nth(1).map(|rest| rest.split('<').next().unwrap_or_default().to_owned())
    };
    assert_eq!(without(&known, "ines@example.org"), without(&unknown, "nobody@example.org"));
}

/// Fault L7: secrets of 256 bits are not guessed, so wrong links lock nobody out behind the same address.
#[tokio::test]
async fn wrong_reset_links_do_not_block_a_valid_one() {
    let server = Server::limited(&[]).await;
    let (root, ines) = (server.person("root-admin").await, server.person("ines").await);
    let (user, page) = (ines.id.to_string(), format!("/administration/people/{}", ines.id));
    let made = root.form("make_reset", &[("user", user.as_str()), ("page", &page)]).await;
    let secret = made.body.split("secret=").nth(1).unwrap().split(['"', '<', '&']).next().unwrap().to_owned();
    let stranger = server.stranger();
    for n in 0..100 {
        assert_eq!(stranger.get(&format!("/reset-password?secret=natter_x_{n}")).await.status, 404);
    }
    let fields = [("secret", secret.as_str()), ("new_password", "a new and better one"), ("page", "/login")];
    assert_eq!(stranger.form("reset_password", &fields).await.status, 303);
    assert_eq!(tries(&stranger, "ines", "a new and better one").await.status, 303);
}

/// Fault L6: a class of thirty behind one address, with one invitation.
#[tokio::test]
async fn a_class_behind_one_address_registers_and_logs_in() {
    let server = Server::limited(&[]).await;
    let root = server.person("teacher").await;
    let fields = [("uses", "30"), ("days", "7"), ("page", "/administration/registration")];
    let made = root.form("make_invitation", &fields).await;
    let secret = made.body.split("invitation=").nth(1).unwrap().split(['"', '<', '&']).next().unwrap().to_owned();
    let register = async |n: usize| {
        let (username, email) = (format!("pupil{n}"), format!("pupil{n}@example.org"));
        let fields = [
            ("username", username.as_str()),
            ("display_name", "Pupil"),
            ("email", &email),
            ("password", Person::PASSWORD),
            ("invitation", &secret),
            ("page", "/register"),
        ];
        server.stranger().form("register", &fields).await
    };
    for n in 100..112 {
        assert_eq!(register(n).await.status, 303, "{n} of a class where registration is open");
    }
    root.does("set_registration", &[("registration", "invitation"), ("page", "/administration/registration")]).await;
    for n in 0..30 {
        let answer = register(n).await;
        assert_eq!(answer.status, 303, "{n}: {}", answer.body);
    }
    assert_eq!(register(30).await.status, 403, "an invitation bounds itself");
    for round in 0..3 {
        for n in 0..30 {
            let login = format!("pupil{n}");
            assert_eq!(tries(&server.stranger(), &login, Person::PASSWORD).await.status, 303, "{round} {login}");
        }
    }
}

/// Only wrong passwords count, and the address' share of them is a setting.
#[tokio::test]
async fn failures_from_an_address_are_a_setting() {
    let server = Server::limited(&["--limit-address-log-ins", "3"]).await;
    server.person("ines").await;
    let stranger = server.stranger();
    for n in 0..3 {
        assert_eq!(tries(&stranger, &format!("nobody{n}"), WRONG).await.status, 422);
    }
    assert_eq!(tries(&stranger, "nobody", WRONG).await.status, 429);
    assert_eq!(tries(&server.stranger_at("127.0.0.2"), "nobody", WRONG).await.status, 422);
}

/// Who knows a password does not have it hashed without end either.
#[tokio::test]
async fn one_account_logs_in_thirty_times_at_once_and_no_more() {
    let server = Server::limited(&[]).await;
    server.person("ines").await;
    let mut answers = BTreeMap::<u16, usize>::new();
    for _ in 0..40 {
        *answers.entry(tries(&server.stranger(), "ines", Person::PASSWORD).await.status).or_default() += 1;
    }
    assert!((30..36).contains(&answers[&303]), "{answers:?}");
    assert_eq!(answers.keys().copied().collect::<Vec<_>>(), [303, 429]);
}

/// Fault L8: every try is counted by its outcome.
#[tokio::test]
async fn tries_are_counted() {
    let server = Server::limited(&[]).await;
    server.person("ines").await;
    let stranger = server.stranger();
    for _ in 0..12 {
        tries(&stranger, "nobody", WRONG).await;
    }
    tries(&stranger, "ines", Person::PASSWORD).await;
    let metrics = server.stranger().get("/metrics").await.body;
    for sample in [
        "natter_log_ins_total{outcome=\"failed\"} 10",
        "natter_log_ins_total{outcome=\"limited\"} 2",
        "natter_log_ins_total{outcome=\"succeeded\"} 1",
        "natter_budget_charges_total{budget=\"log_in\",outcome=\"refused\"} 2",
    ] {
        assert!(metrics.lines().any(|line| line == sample), "{sample} is not in {metrics}");
    }
}
