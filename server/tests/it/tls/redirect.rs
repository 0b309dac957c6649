//! The listener that sends browsers on to https.

use super::pebble::free_addr;
use super::program::Program;
use crate::live::support::Browser;
use reqwest::Method;

#[tokio::test]
async fn plain_http_leads_to_https_and_nowhere_else() {
    let plain = free_addr();
    let server = Program::encrypted(&[("NATTER_HTTP_REDIRECT", &plain.to_string())]).await;
    let visitor = Browser::new(plain.into());
    for method in [Method::GET, Method::HEAD] {
        let answer = visitor.answer(visitor.request(method, "/rooms/7?at=3")).await;
        assert_eq!(answer.status, 308);
        assert_eq!(answer.location(), format!("https://{}/rooms/7?at=3", server.addr));
    }
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        assert_eq!(visitor.answer(visitor.request(method, "/form/login")).await.status, 405);
    }
    assert_eq!(visitor.upgrade("/ws").await.err(), Some(308));
}
