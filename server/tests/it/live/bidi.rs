//! What runs from right to left, or pretends to, turns nothing around it (promise S12).
//!
//! Names cannot hold the characters that turn text; messages can, since people write them, so each is shown in an element
//! of its own that begins anew.

use super::support::{Person, Server, Tags};

const NAME: &str = "שרה";
const TURNED: &str = "\u{202e}txt.exe \u{2067}not closed";

/// Where `words` stand as text without an element that keeps their direction to itself.
fn loose(html: &str, words: &str) -> Vec<String> {
    let (_, body) = html.split_once("</head>").unwrap();
    let body = body.replace("<!>", "");
    let places = body.match_indices(words).map(|(at, _)| &body[..at]);
    let loose = places.filter(|before| {
        let tag = &before[before.rfind('<').unwrap_or(0)..];
        let is_value = !tag.contains('>');
        !is_value && !tag.starts_with("<bdi") && !tag.contains("dir=\"auto\"")
    });
    loose.map(|before| before.chars().rev().take(80).collect::<Vec<_>>().into_iter().rev().collect()).collect()
}

async fn shows(person: &Person, path: &str, words: &str) {
    let page = person.get(path).await;
    assert_eq!(page.status, 200, "{path}");
    assert!(page.body.contains(words), "{path} shows it: the test's own premise");
    assert_eq!(loose(&page.body, words), [""; 0], "{path}: {words:?}");
}

#[tokio::test]
async fn names_and_words_keep_their_direction_to_themselves() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    jona.does("set_profile", &[("display_name", NAME)]).await;
    let room = ines.room_with(&[&jona]).await;
    let rename = [("room", room.to_string()), ("room_name", format!("{NAME} {NAME}"))];
    ines.does("rename_room", &rename.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    jona.posts(room, TURNED).await;
    for path in ["/people".to_owned(), "/rooms/new".to_owned(), format!("/rooms/{room}/members")] {
        shows(&ines, &path, NAME).await;
    }
    shows(&jona, "/settings", NAME).await;
    shows(&ines, &format!("/rooms/{room}"), TURNED).await;
    shows(&jona, &format!("/rooms/{room}"), TURNED).await;
}

#[tokio::test]
async fn an_address_reads_as_it_leads() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    ines.posts(room, "see https://a.example/\u{202e}gpj.exe and https://b.example/").await;
    let page = jona.get(&format!("/rooms/{room}")).await.body;
    let links = Tags::of(&page).filter(|tag| tag.attribute("target").is_some());
    let links: Vec<_> = links.map(|tag| (tag.attribute("href").unwrap(), tag.attribute("dir").unwrap())).collect();
    assert_eq!(links, ["https://a.example/", "https://b.example/"].map(|link| (link.to_owned(), "ltr".to_owned())));
}
