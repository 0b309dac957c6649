//! The program speaking https by itself.

mod acme;
mod connections;
mod files;
mod handshakes;
mod pebble;
mod program;
mod redirect;
mod stopping;

use crate::live::support::is_guarded;
use program::Program;
use reqwest::{Method, Version};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

#[tokio::test]
async fn pages_and_forms_work_by_either_version_of_http() {
    let server = Program::encrypted(&[]).await;
    for (offered, spoken, name) in [(&b"h2"[..], Version::HTTP_2, "ines"), (b"http/1.1", Version::HTTP_11, "jona")] {
        let visitor = server.stranger_by(&[offered]);
        let page = visitor.request(Method::GET, "/login").send().await.unwrap();
        assert_eq!((page.status().as_u16(), page.version()), (200, spoken));
        let person = visitor.registers(name).await;
        assert!(person.cookie().starts_with("__Host-natter="), "{}", person.cookie());
        let answer = person.get("/rooms").await;
        is_guarded("/rooms", &answer);
        assert_eq!(answer.header("strict-transport-security"), "max-age=63072000");
        let theme = person.form("set_theme", &[("theme", "dark")]).await;
        assert!(theme.header("set-cookie").ends_with("; Secure"), "{}", theme.header("set-cookie"));
        let forged =
            person.posting("set_theme", &[("theme", "light")]).header("origin", format!("http://{}", server.addr));
        assert_eq!(person.answer(forged).await.status, 403, "a page without https is somebody else's");
    }
}

#[tokio::test]
async fn people_talk_by_encrypted_sockets() {
    let server = Program::encrypted(&[]).await;
    let (ines, jona) = (server.person("ines").await, server.person("jona").await);
    let room = ines.room_with(&[&jona]).await;
    let (mut one, mut other) = (ines.socket().await, jona.socket().await);
    let long = "ä ".repeat(1_500);
    for words in ["hello", &long, "and this"] {
        one.says(room, words).await;
        other.hears_words(words.trim()).await;
    }
    jona.posts(room, "by form").await;
    one.hears_words("by form").await;
    assert_eq!(one.headers["x-content-type-options"], "nosniff");
}

/// Browsers would otherwise open their sockets within it.
#[tokio::test]
async fn http_2_does_not_offer_to_carry_sockets() {
    let server = Program::encrypted(&[]).await;
    let ines = server.person("ines").await;
    let answer = ines.answer(ines.request(Method::CONNECT, "/ws")).await;
    assert_ne!(answer.status, 200);
    ines.socket().await;
}

#[tokio::test]
async fn tls_1_2_and_1_3_are_spoken() {
    let server = Program::encrypted(&[]).await;
    let certificate = server.folder().join("server.crt");
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let trusting = program::trusting_by(&certificate, &[version], &[b"http/1.1"]);
        let tcp = TcpStream::connect(server.addr).await.unwrap();
        let line = TlsConnector::from(Arc::new(trusting)).connect(server.addr.ip().into(), tcp).await.unwrap();
        assert_eq!(line.get_ref().1.protocol_version(), Some(version.version));
    }
}
