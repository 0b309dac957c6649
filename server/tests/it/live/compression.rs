//! What goes over the line smaller than it is, and what must not.

use super::support::{Browser, Server};
use flate2::read::GzDecoder;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use std::io::Read;

/// An answer as it came over the line.
struct Raw {
    status: u16,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Raw {
    async fn of(request: RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Self { status, headers, bytes: answer.bytes().await.unwrap().to_vec() }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    fn text(&self) -> String {
        let mut text = String::new();
        GzDecoder::new(self.bytes.as_slice()).read_to_string(&mut text).unwrap();
        text
    }
}

fn get(browser: &Browser, path: &str) -> RequestBuilder {
    browser.request(Method::GET, path).header("accept-encoding", "gzip, deflate, br")
}

#[tokio::test]
async fn pages_and_answers_of_the_api_are_compressed() {
    let server = Server::start().await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    for n in 0..40 {
        ines.posts(room, &format!("This is what I have to say, for the time number {n}.")).await;
    }
    for path in [format!("/rooms/{room}"), format!("/api/v1/rooms/{room}/messages"), "/api/openapi.json".into()] {
        let plain = ines.get(&path).await;
        let packed = Raw::of(get(&ines, &path)).await;
        assert_eq!((packed.status, packed.header("content-encoding")), (200, "gzip"), "{path}");
        assert!(packed.header("vary").contains("accept-encoding"), "{path}: {}", packed.header("vary"));
        assert!(packed.bytes.len() * 3 < plain.body.len(), "{path}: {} of {}", packed.bytes.len(), plain.body.len());
        let text = packed.text();
        assert!(text.contains("the time number 39") || path.ends_with(".json"), "{path}");
        assert!(text.len().abs_diff(plain.body.len()) < 64, "{path}: a nonce and an id differ, and nothing else");
    }
    let short = Raw::of(get(&ines, "/healthz")).await;
    assert_eq!((short.header("content-encoding"), short.bytes.as_slice()), ("", &b"ok\n"[..]));
}

#[tokio::test]
async fn nobody_elsewhere_learns_anything_by_the_length_of_an_answer() {
    let server = Server::start().await;
    let ines = server.person("ines").await;
    for (site, coding) in [("same-origin", "gzip"), ("none", "gzip"), ("cross-site", ""), ("same-site", ""), ("?", "")]
    {
        let answer = Raw::of(get(&ines, "/people").header("sec-fetch-site", site)).await;
        assert_eq!((answer.status, answer.header("content-encoding")), (200, coding), "{site}");
    }
    let bearer = ines.id.to_string();
    let token = [
        ("bearer", bearer.as_str()),
        ("name", "Archive"),
        ("access", "read"),
        ("reach", "all"),
        ("lifetime", "90"),
        ("password", crate::live::support::Person::PASSWORD),
        ("page", "/settings/tokens"),
    ];
    let made = ines.posting("create_token", &token).header("origin", ines.origin()).header("accept-encoding", "gzip");
    let made = Raw::of(made).await;
    let is_told = String::from_utf8_lossy(&made.bytes).contains("natter_p_");
    assert!(made.status == 200 && is_told, "the test's own premise: {}", made.status);
    assert_eq!(made.header("content-encoding"), "", "a page that tells a new secret");
}

#[tokio::test]
async fn a_file_that_a_browser_has_is_not_sent_again() {
    let server = Server::start().await;
    let stranger = server.stranger();
    let page = stranger.get("/login").await.body;
    let style = page.split('"').find(|word| word.starts_with("/assets/style-")).unwrap();
    let first = Raw::of(get(&stranger, style)).await;
    let tag = first.header("etag");
    assert!(first.status == 200 && tag.starts_with('"') && tag.ends_with('"'), "{tag}");
    for known in [tag.to_owned(), format!("\"other\", W/{tag}"), "*".to_owned()] {
        let again = Raw::of(get(&stranger, style).header("if-none-match", &known)).await;
        assert_eq!((again.status, again.bytes.len(), again.header("etag")), (304, 0, tag), "{known}");
        assert_eq!(again.header("cache-control"), first.header("cache-control"));
        assert_eq!(again.header("content-type"), "");
    }
    let other = Raw::of(get(&stranger, style).header("if-none-match", "\"other\"")).await;
    assert_eq!((other.status, other.bytes), (200, first.bytes));
    for packed in [".br", ".gz"] {
        assert_eq!(stranger.get(&format!("{style}{packed}")).await.status, 404, "{packed}");
    }
}
