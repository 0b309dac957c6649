//! What people write never becomes markup or a script (promise S9).

use super::support::{Answer, Person, Server, Tags};

const SCRIPT: &str = "<script>alert(1)</script>";
const BREAKS_OUT: &str = "\"'></title></textarea><img src=x onerror=alert(1)>";

/// Pages that show names, room names and messages.
async fn pages(person: &Person, room: protocol::RoomId) -> Vec<(String, Answer)> {
    let paths = [
        "/rooms".into(),
        format!("/rooms/{room}"),
        format!("/rooms/{room}/members"),
        format!("/rooms/{room}/members?q=%3Cscript%3Ealert(1)%3C/script%3E"),
        "/rooms/new".into(),
        "/people".into(),
        "/people?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E".into(),
        "/settings".into(),
        "/settings?saved=%3Cscript%3Ealert(1)%3C/script%3E".into(),
        "/nothing/%3Cscript%3Ealert(1)%3C/script%3E".into(),
    ];
    let mut pages = Vec::new();
    for path in paths {
        let answer = person.get(&path).await;
        pages.push((path, answer));
    }
    pages
}

/// The policy names one nonce; every script bears it, and nothing else could run.
fn runs_only_its_own(path: &str, answer: &Answer) -> String {
    let policy = answer.header("content-security-policy");
    let nonce = policy.split_once("'nonce-").and_then(|(_, rest)| rest.split_once('\'')).map(|(nonce, _)| nonce);
    let nonce = nonce.unwrap_or_else(|| panic!("{path}: no nonce in {policy:?}"));
    assert!(nonce.len() >= 16 && !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    for directive in ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(directive), "{path}: {policy}");
    }
    let (_, body) = apart(&answer.body);
    for tag in Tags::of(&body) {
        assert!(tag.name != "img" && tag.name != "iframe" && tag.name != "base", "{path}: {}", tag.name);
        if tag.name == "script" {
            assert_eq!(tag.attribute("nonce").as_deref(), Some(nonce), "{path}");
        }
        for attribute in tag.names() {
            assert!(
                !attribute.starts_with("on") && attribute != "style" && attribute != "srcdoc",
                "{path}: {attribute}"
            );
        }
        for link in ["href", "src", "action", "formaction"] {
            let target = tag.attribute(link).unwrap_or_default().trim().to_ascii_lowercase();
            let is_safe = target.is_empty() || target.starts_with(['/', '#']) || target.starts_with("http");
            assert!(is_safe || target.starts_with("mailto:"), "{path}: {target}");
        }
    }
    assert!(!body.contains(SCRIPT), "{path}");
    nonce.to_owned()
}

/// The document's title, and the document without it.
fn apart(body: &str) -> (&str, String) {
    let (before, rest) = body.split_once("<title>").unwrap();
    let (title, after) = rest.split_once(" · Natter</title>").unwrap();
    (title, format!("{before}{after}"))
}

#[tokio::test]
async fn markup_in_names_and_messages_stays_text() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    ines.does("set_profile", &[("display_name", SCRIPT)]).await;
    jona.does("set_profile", &[("display_name", BREAKS_OUT)]).await;
    ines.does("open_direct", &[("user", &jona.id.to_string())]).await;
    jona.does("add_contact", &[("user", &ines.id.to_string())]).await;
    let room = ines.room_with(&[&jona]).await;
    let id = room.to_string();
    for name in [SCRIPT, "</title><script>alert(1)</script>", BREAKS_OUT] {
        ines.does("rename_room", &[("room", &id), ("room_name", name)]).await;
        ines.posts(room, &format!("{name} <!-- <![CDATA[ {{}} \u{2028}")).await;
        jona.posts(room, "javascript:alert(1) javascript://%0aalert(1) data:text/html,<b> vbscript:x").await;
        jona.posts(room, "https://a.example/\"onmouseover=\"alert(1) http://b.example/'><script>alert(1)</script>")
            .await;
        for reader in [&ines, &jona] {
            for (path, answer) in pages(reader, room).await {
                runs_only_its_own(&path, &answer);
            }
        }
    }
    let log = ines.get(&format!("/rooms/{room}")).await.body;
    assert!(log.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "the words are there, as words");
    let links: Vec<_> = Tags::of(&log).filter(|tag| tag.attribute("target").is_some()).collect();
    assert!(!links.is_empty(), "the test's own premise");
    for link in links {
        assert!(link.attribute("href").unwrap().starts_with("http"));
        assert!(link.attribute("rel").unwrap().contains("noopener"));
    }
}

#[tokio::test]
async fn a_name_cannot_leave_the_title_of_the_page() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let rename = [("room", room.to_string()), ("room_name", "</title><meta http-equiv=refresh content=0>".into())];
    ines.does("rename_room", &rename.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    jona.does("set_profile", &[("display_name", "</title><script>alert(1)</script>")]).await;
    let direct = ines.form("open_direct", &[("user", &jona.id.to_string())]).await;
    for path in [format!("/rooms/{room}"), format!("/rooms/{room}/members"), direct.location().to_owned()] {
        let answer = ines.get(&path).await;
        let (title, _) = apart(&answer.body);
        assert!(!title.contains('<'), "{path}: {title}");
    }
}

#[tokio::test]
async fn a_draft_cannot_leave_its_field() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (id, page) = (room.to_string(), format!("/rooms/{room}"));
    let long = format!("{BREAKS_OUT}{SCRIPT}{}", "x".repeat(8000));
    let client_id = super::support::client_id().to_string();
    let fields = [("room", id.as_str()), ("client_id", &client_id), ("text", &long), ("page", &page)];
    let answer = ines.form("send_message", &fields).await;
    assert_eq!(answer.status, 422);
    runs_only_its_own("the draft", &answer);
}

#[tokio::test]
async fn what_was_typed_comes_back_as_text() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (id, members) = (room.to_string(), format!("/rooms/{room}/members"));
    let name = format!("{BREAKS_OUT}{SCRIPT}{}", "x".repeat(80));
    let visitor = server.stranger();
    let login = [("login", name.as_str()), ("password", "x"), ("next", SCRIPT)];
    let all = [
        ines.form("rename_room", &[("room", &id), ("room_name", &name), ("page", &members)]).await,
        ines.form("set_profile", &[("display_name", &name), ("page", "/settings")]).await,
        ines.form("create_room", &[("room_name", &name), ("page", "/rooms/new"), ("members[]", "2")]).await,
        visitor.form("login", &[login.as_slice(), &[("page", "/login")]].concat()).await,
        visitor
            .form("login", &[login.as_slice(), &[("page", "/login?next=%3Cscript%3Ealert(1)%3C/script%3E")]].concat())
            .await,
    ];
    for (at, answer) in all.iter().enumerate() {
        assert_eq!(answer.status, 422, "{at}");
        runs_only_its_own(&at.to_string(), answer);
    }
    let astray = visitor.form("login", &[login.as_slice(), &[("page", SCRIPT)]].concat()).await;
    assert!(astray.status == 422 && !astray.body.contains(SCRIPT), "{}: {}", astray.status, astray.body);
}

#[tokio::test]
async fn every_page_has_a_nonce_of_its_own() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    let visitor = server.stranger();
    let mut nonces = Vec::new();
    for _ in 0..3 {
        for (browser, path) in [(&*ines, "/rooms"), (&*ines, "/settings"), (&visitor, "/login"), (&visitor, "/nowhere")]
        {
            nonces.push(runs_only_its_own(path, &browser.get(path).await));
        }
    }
    let count = nonces.len();
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), count);
}
