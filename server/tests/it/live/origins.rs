//! A wrong NATTER_ORIGIN, which every operator sets once: the page that comes of it says how to mend it.

use super::support::{Server, is_guarded};

const OURS: &str = "https://chat.example.org";

/// What somebody sees who has opened the log-in at another address and sends it.
async fn told(server: &Server, origin: &str, site: Option<&str>) -> (u16, String) {
    let stranger = server.stranger();
    let fields = [("login", "ines"), ("password", "correct horse battery"), ("page", "/login")];
    let mut request = stranger.posting("login", &fields).header("origin", origin);
    if let Some(site) = site {
        request = request.header("sec-fetch-site", site);
    }
    let answer = stranger.answer(request).await;
    is_guarded("a refusal", &answer);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    (answer.status, answer.body)
}

#[tokio::test]
async fn a_form_at_another_address_says_which_setting_to_mend() {
    let server = Server::with(&["--origin", OURS]).await;
    let (status, page) = told(&server, "https://new.example.org", None).await;
    assert_eq!(status, 403);
    for words in ["set NATTER_ORIGIN=https://new.example.org and", OURS, "<h1 class=\"page__title\">"] {
        assert!(page.contains(words), "{words} in {page}");
    }
    let (_, page) = told(&server, "https://new.example.org", Some("same-origin")).await;
    assert!(page.contains("NATTER_ORIGIN"));
}

#[tokio::test]
async fn what_another_site_sends_gets_no_advice() {
    let server = Server::with(&["--origin", OURS]).await;
    for (origin, site) in [
        ("https://evil.org", Some("cross-site")),
        ("https://evil.example.org", Some("same-site")),
        ("null", None),
        ("https://<script>alert(1)</script>", None),
    ] {
        let (status, page) = told(&server, origin, site).await;
        assert_eq!(status, 403, "{origin}");
        assert!(page.contains("came from another site") && !page.contains("NATTER_ORIGIN"), "{page}");
        assert!(!page.contains("alert(1)"));
    }
}

#[tokio::test]
async fn without_the_setting_any_name_serves_and_a_proxy_that_hides_it_is_told_of() {
    let server = Server::start().await;
    let stranger = server.stranger();
    for name in ["chat.example.org", "natter.local:3000", "[::1]:3000", "192.168.1.7"] {
        let fields = [("theme", "dark"), ("page", "/login")];
        let form =
            stranger.posting("set_theme", &fields).header("host", name).header("origin", format!("http://{name}"));
        assert_eq!(stranger.answer(form).await.status, 303, "{name}");
    }
    let (status, page) = told(&server, OURS, None).await;
    assert_eq!(status, 403);
    assert!(page.contains(&format!("Set NATTER_ORIGIN={OURS} and")) && page.contains("127.0.0.1:"), "{page}");
}

#[tokio::test]
async fn a_page_tells_its_script_the_right_address() {
    let attribute = format!("data-origin=\"{OURS}\"");
    let configured = Server::with(&["--origin", OURS]).await;
    assert!(configured.stranger().get("/login").await.body.contains(&attribute));
    assert!(!Server::start().await.stranger().get("/login").await.body.contains("data-origin"));
}
