//! What every answer says to browsers: how to treat it, and who may keep it (promise S9).

use super::support::{Answer, Server, is_guarded};
use reqwest::Method;
use std::collections::BTreeSet;

const SECURE: &str = "https://chat.example.org";

/// Every door by every method, and what goes wrong in other ways.
async fn everything(server: &Server, origin: &str) -> Vec<(String, Answer)> {
    let visitor = server.stranger();
    let mut all = Vec::new();
    for door in server.doors() {
        let path = door.path.replace("{room}", "1").replace("{endpoint}", "login").replace("{*}", "nowhere");
        for method in [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::OPTIONS] {
            let answer = visitor.answer(visitor.request(method, &path).header("origin", origin)).await;
            all.push((path.clone(), answer));
        }
    }
    let huge = visitor.posting("login", &[("login", &"x".repeat(200_000))]).header("origin", origin);
    all.push(("too large".to_owned(), visitor.answer(huge).await));
    let forged = visitor.posting("login", &[]).header("origin", "https://evil.org");
    all.push(("from elsewhere".to_owned(), visitor.answer(forged).await));
    let wrong = [("login", "nobody"), ("password", "wrong one"), ("page", "/login")];
    all.push((
        "wrong password".to_owned(),
        visitor.answer(visitor.posting("login", &wrong).header("origin", origin)).await,
    ));
    all
}

#[tokio::test]
async fn every_answer_says_how_browsers_treat_it() {
    let plain = Server::start().await;
    let origin = plain.stranger().origin();
    let secure = Server::with(&["--origin", SECURE]).await;
    for (server, origin, https_only) in [(&plain, origin.as_str(), ""), (&secure, SECURE, "max-age=63072000")] {
        let all = everything(server, origin).await;
        for (what, answer) in &all {
            is_guarded(what, answer);
            assert_eq!(answer.header("strict-transport-security"), https_only, "{what}");
        }
        let statuses: BTreeSet<_> = all.iter().map(|(_, answer)| answer.status).collect();
        for status in [200, 303, 400, 401, 403, 404, 405, 413, 422] {
            assert!(statuses.contains(&status), "the test's own premise: {status} in {statuses:?}");
        }
    }
}

#[tokio::test]
async fn a_socket_is_opened_by_a_guarded_answer() {
    let server = Server::start().await;
    let socket = server.person("ines").await.socket().await;
    assert_eq!(socket.headers["x-content-type-options"], "nosniff");
    assert_eq!(socket.headers["cache-control"], "no-store");
}

/// That of the session is tried in `accounts`.
#[tokio::test]
async fn behind_https_every_cookie_is_secure() {
    let secure = Server::with(&["--origin", SECURE]).await;
    let visitor = secure.stranger();
    let theme = visitor.answer(visitor.posting("set_theme", &[("theme", "dark")]).header("origin", SECURE)).await;
    assert_eq!(theme.header("set-cookie"), "theme=dark; Path=/; Max-Age=31536000; SameSite=Lax; Secure");
    let plain = Server::start().await;
    let theme = plain.stranger().form("set_theme", &[("theme", "dark")]).await;
    assert_eq!(theme.header("set-cookie"), "theme=dark; Path=/; Max-Age=31536000; SameSite=Lax");
}
