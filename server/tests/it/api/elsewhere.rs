//! Pages of other sites (CORS).

use super::support::Program;
use crate::live::support::Server;
use reqwest::Method;

const ELSEWHERE: &str = "https://tools.example.org";

async fn asks(program: &Program, origin: &str) -> (String, String) {
    let preflight = program.request(Method::OPTIONS, "/me").header("origin", origin);
    let preflight = preflight.header("access-control-request-method", "PATCH");
    let preflight = program.answer(preflight.header("access-control-request-headers", "authorization")).await;
    let answer = program.answer(program.request(Method::GET, "/me").header("origin", origin)).await;
    for answer in [&preflight, &answer] {
        assert_eq!(answer.header("access-control-allow-credentials"), "", "never by cookie");
    }
    let allowed = |name: &str| preflight.header(name).to_owned();
    assert_eq!(answer.header("access-control-allow-origin"), allowed("access-control-allow-origin"));
    (allowed("access-control-allow-origin"), allowed("access-control-allow-headers"))
}

#[tokio::test]
async fn pages_of_other_sites_may_not_ask() {
    let server = Server::start().await;
    assert_eq!(asks(&Program::of(&server), ELSEWHERE).await, (String::new(), String::new()));
}

#[tokio::test]
async fn pages_of_the_sites_in_the_list_may_ask_the_api_and_nothing_else() {
    let flags = ["--cors-origins", "https://one.example.org,https://tools.example.org"];
    let server = Server::with(&flags).await;
    let program = Program::of(&server);
    let allowed = (ELSEWHERE.to_owned(), "authorization,content-type,idempotency-key".to_owned());
    assert_eq!(asks(&program, ELSEWHERE).await, allowed);
    for foreign in ["https://evil.org", "null", "http://tools.example.org", "https://tools.example.org.evil.org"] {
        assert_eq!(asks(&program, foreign).await.0, "", "{foreign}");
    }
    let stranger = server.stranger();
    let page = stranger.answer(stranger.request(Method::GET, "/login").header("origin", ELSEWHERE)).await;
    assert_eq!((page.status, page.header("access-control-allow-origin")), (200, ""));
}
