//! What every answer carries, and how the site's files are kept.

use super::support::{Answer, Server, Tags};
use reqwest::Method;

fn is_guarded(what: &str, answer: &Answer) {
    let expected = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in expected {
        assert_eq!(answer.header(name), value, "{what}: {name}");
    }
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") || policy.contains("default-src 'self'"), "{what}: {policy:?}");
    assert!(policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
}

#[tokio::test]
async fn every_kind_of_answer_is_guarded_and_not_kept() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let visitor = server.stranger();
    let own = ines.origin();
    let post = |path: &str, body: String| {
        let request = ines.request(Method::POST, path).header("origin", &own);
        request.header("content-type", "application/x-www-form-urlencoded").body(body)
    };
    let answers = [
        ("a page", 200, ines.get("/rooms").await),
        ("a plain page", 200, visitor.get("/login").await),
        ("a redirect", 303, visitor.get("/rooms").await),
        ("a page that is not there", 404, ines.get("/rooms/4711").await),
        ("a path that leads nowhere", 404, ines.get("/nowhere").await),
        ("a form that succeeds", 303, ines.form("set_theme", &[("theme", "dark")]).await),
        ("a form that fails", 422, ines.form("set_profile", &[("display_name", ""), ("page", "/settings")]).await),
        ("a form from elsewhere", 403, ines.answer(ines.posting("logout", &[])).await),
        ("a form that is too large", 413, ines.answer(post("/form/set_profile", "x".repeat(129 * 1024))).await),
        (
            "a method that is not served",
            405,
            ines.answer(ines.request(Method::PUT, "/form/x").header("origin", &own)).await,
        ),
        ("health", 200, visitor.get("/healthz").await),
        (
            "a socket without a log-in",
            401,
            visitor.answer(visitor.request(Method::GET, "/ws").header("origin", &own)).await,
        ),
        ("a socket from elsewhere", 403, ines.get("/ws").await),
        ("a file that is not there", 404, visitor.get("/assets/nothing.js").await),
    ];
    for (what, status, answer) in &answers {
        assert_eq!(answer.status, *status, "{what}");
        is_guarded(what, answer);
        assert_eq!(answer.header("cache-control"), "no-store", "{what}");
    }
}

#[tokio::test]
async fn the_sites_files_are_kept_for_ever_and_travel_small() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let page = ines.get("/rooms").await.body;
    let named = Tags::of(&page).flat_map(|tag| [tag.attribute("src"), tag.attribute("href")]).flatten();
    let files: Vec<_> = named.filter(|path| path.starts_with("/assets/")).collect();
    assert!(files.len() >= 5, "{files:?}");
    let mut small = 0;
    for file in &files {
        let plain = ines.get(file).await;
        let packed = ines.answer(ines.request(Method::GET, file).header("accept-encoding", "gzip, br;q=0.9")).await;
        for answer in [&plain, &packed] {
            assert_eq!(answer.status, 200, "{file}");
            is_guarded(file, answer);
            assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable", "{file}");
            assert_eq!(answer.header("vary"), "accept-encoding", "{file}");
            assert_ne!(answer.header("content-type"), "", "{file}");
        }
        assert_eq!(plain.header("content-encoding"), "", "{file}");
        small += usize::from(packed.header("content-encoding") == "br");
        if file.ends_with(".wasm") {
            assert_eq!(plain.header("content-type"), "application/wasm");
        }
    }
    let are_packed = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/site/dev"))
        .unwrap()
        .any(|entry| entry.unwrap().path().extension().is_some_and(|extension| extension == "br"));
    assert_eq!(small > 0, are_packed, "only a build for release is packed");
}

#[tokio::test]
async fn a_file_that_is_not_of_the_site_is_not_served() {
    let server = Server::start().await;
    let visitor = server.stranger();
    let style = Tags::of(&visitor.get("/login").await.body)
        .find_map(|tag| tag.attribute("href").filter(|href| href.contains("/style-")));
    let style = style.unwrap();
    assert_eq!(visitor.get(&style).await.status, 200, "the test's own premise");
    let none = [
        format!("{style}.br"),
        format!("{style}x"),
        "/assets/".into(),
        "/assets/..%2f..%2f..%2fCargo.toml".into(),
        "/assets/%2e%2e/%2e%2e/Cargo.toml".into(),
        "/assets/%2fetc%2fpasswd".into(),
        "/assets/style.css".into(),
        "/Cargo.toml".into(),
        "/data/natter.db".into(),
        "/.git/config".into(),
    ];
    for path in none {
        let answer = visitor.get(&path).await;
        assert!(answer.status == 404, "{path}: {}", answer.status);
        assert!(!answer.body.contains("[workspace]") && !answer.body.contains("root:"), "{path}");
    }
}

#[tokio::test]
async fn it_says_that_it_is_well_to_anybody() {
    let server = Server::start().await;
    let answer = server.stranger().get("/healthz").await;
    assert_eq!((answer.status, answer.body.as_str(), answer.header("set-cookie")), (200, "ok\n", ""));
}
