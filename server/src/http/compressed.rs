//! Pages and the API's answers on their way, compressed.
//!
//! Compressing what is secret beside what somebody else has chosen tells its content by its length, to whoever can make
//! a person's browser ask again and again and sees the answers pass (BREACH). So two things are left as they are: what
//! was asked for from another site, which is how one makes a browser ask, and what answers to anything but GET, which
//! is where secrets are told that were just made. Pages hold no other secrets, such as tokens against forged forms.

use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, Method, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, Predicate, SizeAbove};

/// What is shorter fits into one packet anyway.
const WORTH_IT: u16 = 1024;

/// What decides of an answer.
type Asked = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

/// Only gzip: brotli makes a room 4 % smaller yet, and the program a megabyte larger.
pub fn layer() -> CompressionLayer<And<SizeAbove, Asked>> {
    let is_text: Asked = |_, _, headers, _| is_text(headers);
    CompressionLayer::new().quality(CompressionLevel::Precise(6)).compress_when(SizeAbove::new(WORTH_IT).and(is_text))
}

/// Takes the wish for compression from those requests whose answers must not be.
pub async fn unless_observed(mut request: Request, next: Next) -> Response {
    if *request.method() != Method::GET || is_from_elsewhere(request.headers()) {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    next.run(request).await
}

/// Whether another site has made the browser ask. What was typed or comes from our own pages is not, nor is a program.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    ["text/html", "application/json"].contains(&kind)
}
