//! A page that says why there is no other one, for what was refused before any page was rendered.

use super::headers::STATIC_PAGE;
use app::ssr::{Assets, RequestId, raw_text};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// As much of a refusal as is shown.
const WORDS: usize = 4096;

/// Makes a page of a refusal in plain words, for people in front of a browser.
pub async fn as_page(State(assets): State<Assets>, request: Request, next: Next) -> Response {
    let is_of_a_person = accepts_pages(request.headers()) && !request.uri().path().starts_with("/api/");
    let id = request.extensions().get::<RequestId>().cloned();
    let answer = next.run(request).await;
    if is_of_a_person && is_plain_refusal(&answer) { page(&assets, id, answer).await } else { answer }
}

fn accepts_pages(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|kinds| kinds.to_str().ok()).is_some_and(|kinds| kinds.contains("text/html"))
}

fn is_plain_refusal(answer: &Response) -> bool {
    let status = answer.status();
    let kind = answer.headers().get(header::CONTENT_TYPE);
    let is_plain = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    (status.is_client_error() || status.is_server_error()) && is_plain
}

async fn page(assets: &Assets, id: Option<RequestId>, answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    let told = to_bytes(body, WORDS).await.unwrap_or_default();
    let (heading, words) = said(parts.status, String::from_utf8_lossy(&told).trim());
    let mention = id.filter(|_| parts.status.is_server_error()).map(|id| id.mention());
    let html = html(assets, heading, &[Some(words), mention]);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    parts.headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(STATIC_PAGE));
    Response::from_parts(parts, Body::from(html))
}

/// A heading and a sentence; what a library says of a fault is for no person.
fn said(status: StatusCode, told: &str) -> (&'static str, String) {
    match status {
        StatusCode::SERVICE_UNAVAILABLE => ("One moment", "Natter took too long to answer. Try again.".to_owned()),
        status if status.is_server_error() => ("That is our fault", "Something went wrong here. Try again.".to_owned()),
        StatusCode::TOO_MANY_REQUESTS => ("One moment", told.to_owned()),
        StatusCode::METHOD_NOT_ALLOWED => ("That will not do", "This address does not take that.".to_owned()),
        _ if told.is_empty() => ("Nothing here", "There is nothing at this address.".to_owned()),
        _ => ("That will not do", told.to_owned()),
    }
}

fn html(assets: &Assets, heading: &str, paragraphs: &[Option<String>]) -> String {
    let Assets { style, favicon, .. } = assets;
    let paragraph = |words: &String| format!("<p class=\"page__lead\">{}</p>", raw_text(words));
    let paragraphs: String = paragraphs.iter().flatten().map(paragraph).collect();
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{heading} · Natter</title>\
         <link rel=\"icon\" href=\"{favicon}\"><link rel=\"stylesheet\" href=\"{style}\"></head>\
         <body><main class=\"gate\" id=\"content\"><span class=\"mark\" aria-hidden=\"true\">“</span>\
         <h1 class=\"page__title\">{heading}</h1>{paragraphs}\
         <p class=\"page__act\"><a class=\"button\" href=\"/rooms\">Go to your rooms</a></p></main></body></html>\n"
    )
}
