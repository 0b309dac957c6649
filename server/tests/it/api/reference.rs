//! `/api/docs`, the description for people.

use super::support::{Program, text};
use crate::live::support::Server;
use std::collections::BTreeSet;

/// What stands in an attribute, each time.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    page.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn every_link_leads_somewhere_and_every_operation_and_code_is_described() {
    let server = Server::start().await;
    let program = Program::of(&server);
    let page = program.get("/api/docs").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let ids = values(&page.text, "id");
    let unique: BTreeSet<_> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len(), "each id once");
    for link in values(&page.text, "href") {
        match link.strip_prefix('#') {
            Some(id) => assert!(unique.contains(id), "{link} leads nowhere"),
            None => assert!(matches!(server.stranger().get(link).await.status, 200 | 303), "{link}"),
        }
    }
    let description = program.get("/api/openapi.json").await.body;
    for item in description["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            assert!(unique.contains(text(&operation["operationId"])), "{operation}");
        }
    }
    for code in description["components"]["schemas"]["Code"]["enum"].as_array().unwrap() {
        assert!(unique.contains(&*format!("errors-{}", text(code))), "{code}");
    }
}

#[tokio::test]
async fn the_page_loads_a_style_and_nothing_runs() {
    let server = Server::start().await;
    let program = Program::of(&server);
    let page = program.get("/api/docs").await;
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; img-src 'self';"), "{policy}");
    for word in ["<script", " style=", " onclick", "http://", "https://fonts"] {
        assert!(!page.text.contains(word), "{word}");
    }
    assert!(!page.text.contains("<html lang=\"en\" data-theme"), "as the system has it");
    let dark = program.request(reqwest::Method::GET, "/api/docs").header("cookie", "a=b; theme=dark");
    assert!(program.answer(dark).await.text.contains("<html lang=\"en\" data-theme=\"dark\">"));
    let strange = program.request(reqwest::Method::GET, "/api/docs").header("cookie", "theme=\"><script>");
    assert!(!program.answer(strange).await.text.contains("<script"));
}
