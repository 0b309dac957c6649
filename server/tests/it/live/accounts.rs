//! Accounts over HTTP: registering, logging in, forms that fail.

use super::support::{Answer, Browser, Person, Server};

const ROBIN: [(&str, &str); 6] = [
    ("username", "robin"),
    ("display_name", "Robin West"),
    ("email", "robin@example.org"),
    ("password", "hunter22hunter"),
    ("page", "/register"),
    ("next", ""),
];

/// [`ROBIN`] with another value in one field.
fn robin(name: &str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    ROBIN.iter().map(|&(key, was)| (key, if key == name { value } else { was })).collect()
}

async fn is_logged_in(browser: &Browser) -> bool {
    let answer = browser.get("/rooms").await;
    assert!(answer.status == 200 || answer.location().starts_with("/login"), "{}", answer.status);
    answer.status == 200
}

#[tokio::test]
async fn the_first_account_and_no_other_is_the_administrators() {
    let server = Server::start().await;
    assert_eq!(server.stranger().get("/").await.location(), "/register");
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    assert!(ines.get("/settings").await.body.contains("Administrator"));
    assert!(!jona.get("/settings").await.body.contains("Administrator"));
    assert_eq!(server.stranger().get("/").await.location(), "/login");
}

#[tokio::test]
async fn a_session_survives_a_restart() {
    let mut server = Server::start().await;
    let ines = server.person("ines").await;
    server.restart().await;
    assert!(is_logged_in(&ines).await);
    ines.socket().await;
}

#[tokio::test]
async fn a_page_leads_through_the_log_in_and_back() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let visitor = server.stranger();
    let answer = visitor.get("/people?q=jo%20na").await;
    assert_eq!((answer.status, answer.location()), (303, "/login?next=/people?q=jo%2520na"));
    for (here, there) in [("login", "register"), ("register", "login")] {
        let page = visitor.get(&format!("/{here}?next=/people?q=jo%2520na")).await.body;
        assert!(page.contains(&format!("href=\"/{there}?next=/people?q=jo%2520na\"")), "{here}: {page}");
    }
    let fields = [("login", "INES@example.org"), ("password", Person::PASSWORD), ("next", "/people?q=jo%20na")];
    let answer = visitor.form("login", &fields).await;
    assert_eq!((answer.status, answer.location()), (303, "/login?next=/people?q=jo%2520na&done=in"));
    assert_eq!(visitor.get(answer.location()).await.location(), "/people?q=jo%20na");
    assert_eq!(Person::arrived(visitor, "ines").await.id, ines.id);
}

#[tokio::test]
async fn a_browser_that_keeps_no_cookie_is_told_so_after_the_log_in() {
    const BLOCKED: &str = "Your browser blocks cookies";
    let server = Server::start().await;
    server.person("ines").await;
    let fields = [("login", "ines"), ("password", Person::PASSWORD), ("next", "/people"), ("page", "/login")];
    let answer = server.stranger().form("login", &fields).await;
    assert_eq!(answer.location(), "/login?next=/people&done=in");
    let page = server.stranger().get(answer.location()).await;
    assert!(
        page.status == 200 && page.body.contains(BLOCKED) && page.body.contains("value=\"/people\""),
        "{}",
        page.body
    );
    assert!(!server.stranger().get("/login?next=/people").await.body.contains(BLOCKED));
    let known = server.stranger();
    known.form("login", &fields).await;
    known.form("logout", &[("page", "/")]).await;
    assert_eq!(known.form("login", &fields).await.location(), "/people", "it keeps cookies");
}

#[tokio::test]
async fn next_never_leaves_the_site() {
    let server = Server::start().await;
    server.person("ines").await;
    for next in ["https://evil.org", "//evil.org", "/\\evil.org", "/\t/evil.org", "javascript:alert(1)", "evil.org"] {
        let visitor = server.stranger();
        let fields = [("login", "ines"), ("password", Person::PASSWORD), ("next", next)];
        visitor.form("login", &fields).await;
        let answer = visitor.form("login", &fields).await;
        assert_eq!((answer.status, answer.location()), (303, "/rooms"), "{next:?}");
    }
    let ines = server.person("bea").await;
    let answer = ines.form("add_contact", &[("user", "1"), ("page", "//evil.org")]).await;
    assert_eq!((answer.status, answer.location()), (303, "/rooms"));
}

#[tokio::test]
async fn a_failed_form_keeps_what_was_typed_and_never_the_password() {
    let server = Server::start().await;
    let visitor = server.stranger();
    let cases = [
        ("username", "robin west", 422),
        ("email", "nowhere", 422),
        ("display_name", " ", 422),
        ("password", "hunter2", 422),
    ];
    for (field, value, status) in cases {
        let answer = visitor.form("register", &robin(field, value)).await;
        assert_eq!(answer.status, status, "{field}");
        for (name, typed) in
            robin(field, value).into_iter().filter(|(name, _)| !matches!(*name, "password" | "page" | "next"))
        {
            assert!(answer.body.contains(&format!("value=\"{typed}\"")), "{field}: {name}");
        }
        assert!(!answer.body.contains("hunter2"), "{field}");
        assert!(answer.body.contains("aria-invalid=\"true\""), "{field}");
        assert!(!is_logged_in(&visitor).await);
    }
}

#[tokio::test]
async fn every_field_at_fault_is_told_at_once() {
    let server = Server::start().await;
    let (wrong, form) = (
        [("username", "x"), ("display_name", " "), ("email", "nowhere"), ("password", "short")],
        [("page", "/register"), ("next", "")],
    );
    let answer = server.stranger().form("register", &[&wrong[..], &form].concat()).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.body.matches("aria-invalid=\"true\"").count(), 4, "{}", answer.body);
    for field in ["username", "display-name", "email", "password"] {
        let error = format!("-{field}-error\" role=\"alert\"");
        assert_eq!(answer.body.matches(&error).count(), 1, "{field}: {}", answer.body);
    }
    let (ines, _) = (server.person("ines").await, server.person("jona").await);
    let answer = ines.form("create_room", &[("room_name", " "), ("page", "/rooms/new")]).await;
    assert_eq!(answer.body.matches("class=\"field__error\"").count(), 2, "{}", answer.body);
}

#[tokio::test]
async fn a_name_or_address_has_one_account() {
    let server = Server::start().await;
    assert_eq!(server.stranger().form("register", &ROBIN).await.status, 303);
    let answer = server.stranger().form("register", &robin("email", "other@example.org")).await;
    assert_eq!(answer.status, 409);
    assert!(answer.body.contains("Somebody has that username"), "{}", answer.body);
    let answer = server.stranger().form("register", &robin("username", "other")).await;
    assert_eq!(answer.status, 409);
    assert!(answer.body.contains("that e-mail address"), "{}", answer.body);
}

#[tokio::test]
async fn a_failed_log_in_does_not_tell_whether_the_account_exists() {
    let server = Server::start().await;
    server.person("ines").await;
    let visitor = server.stranger();
    let mut told = Vec::new();
    for login in ["ines", "nobody"] {
        let fields = [("login", login), ("password", "not the right one"), ("page", "/login"), ("next", "")];
        let answer = visitor.form("login", &fields).await;
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains(&format!("value=\"{login}\"")), "{}", answer.body);
        assert!(!answer.body.contains("not the right one"));
        let start = answer.body.find("role=\"alert\"").unwrap();
        told.push(answer.body[start..start + 120].to_owned());
    }
    assert_eq!(told[0], told[1]);
    assert!(!is_logged_in(&visitor).await);
}

#[tokio::test]
async fn closed_registration_admits_the_first_and_no_other() {
    let server = Server::with(&["--registration", "closed"]).await;
    let ines = server.person("ines").await;
    let visitor = server.stranger();
    let answer = visitor.form("register", &ROBIN).await;
    assert_eq!(answer.status, 403);
    assert!(answer.body.contains("Registration is closed"), "{}", answer.body);
    assert!(!is_logged_in(&visitor).await);
    assert!(visitor.get("/register").await.body.contains("Registration is closed"));
    assert!(!ines.get("/people").await.body.contains("robin"));
}

/// The cookie whose line begins with that name.
fn cookie<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let lines: Vec<_> = answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    lines.iter().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name} in {lines:?}"))
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
    let server = Server::start().await;
    let answer = server.stranger().form("register", &ROBIN).await;
    for name in ["natter=", "natter-device-1="] {
        let cookie = cookie(&answer, name);
        for word in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(word), "{cookie}");
        }
    }
}

#[tokio::test]
async fn behind_https_the_cookie_is_bound_to_the_host() {
    let server = Server::with(&["--origin", "https://chat.example.org"]).await;
    let visitor = server.stranger();
    let (code, mut form) = (server.setup_code().await, ROBIN.to_vec());
    form.push(("setup_code", &code));
    let answer = visitor.answer(visitor.posting("register", &form).header("origin", "https://chat.example.org")).await;
    for name in ["__Host-natter=", "__Host-natter-device-1="] {
        let cookie = cookie(&answer, name);
        assert!(cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    }
    assert_eq!(visitor.form("logout", &[]).await.status, 403, "the address that it listens on is not its origin");
}
