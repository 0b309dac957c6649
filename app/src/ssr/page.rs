//! How a page comes about: its data first, then its view; or else where to go, or what is the matter.

use super::context::{Called, here, parts, response};
use super::layout::Plain;
use super::request_id::{RequestId, request_id};
use super::unsent::Unsent;
use super::{redirect, safe_next};
use crate::form::written;
use axum::http::{HeaderValue, StatusCode, header};
use domain::Error;
use leptos::prelude::*;
use leptos::tachys::html::InertElement;
use protocol::{ApiError, Code};
use std::pin::Pin;

/// Renders a page once its data is there.
/// Whoever is not logged in is sent to do so and comes back; what is not there, or not theirs, is a 404.
pub fn page<V>(content: impl Future<Output = Result<V, Error>> + Send + 'static) -> impl IntoView
where
    V: IntoView + 'static,
{
    Suspend::new(whole(Box::pin(async { content.await.map(written) })))
}

type Coming = Pin<Box<dyn Future<Output = Result<InertElement, Error>> + Send>>;

async fn whole(content: Coming) -> InertElement {
    provide_context(Called::now().await);
    content.await.unwrap_or_else(|error| match error {
        Error::Unauthenticated => {
            redirect(&with_query("/login", "next", &here()));
            written(())
        }
        error => written(trouble(error)),
    })
}

/// Says that what the page is about is not there.
pub fn is_missing() {
    response().set_status(StatusCode::NOT_FOUND);
}

/// What stands where a page cannot.
fn trouble(error: Error) -> impl IntoView {
    let error = ApiError::from(error);
    let (status, heading) = match error.code {
        Code::NotFound => (StatusCode::NOT_FOUND, "Nothing here"),
        Code::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "One moment"),
        Code::TooMany => (StatusCode::TOO_MANY_REQUESTS, "One moment"),
        _ => (StatusCode::FORBIDDEN, "That will not do"),
    };
    response().set_status(status);
    if let Some(seconds) = error.retry_after {
        response().insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    let mention = request_id().filter(|_| status.is_server_error()).map(|id| RequestId::mention(&id));
    view! {
        <Plain title=heading>
            <h1 class="page__title">{heading}</h1>
            <p class="page__lead">{error.message}</p>
            {mention.map(|mention| view! { <p class="page__lead">{mention}</p> })}
            <Unsent/>
            <p class="page__act"><a class="button" href="/rooms">"Go to your rooms"</a></p>
        </Plain>
    }
}

/// The page to go on with after a log-in. A browser that has sent no cookie may keep none: it comes by the log-in page,
/// which goes on to `next`, or says that cookies are blocked.
pub fn after_log_in(next: &str) -> String {
    let next = safe_next(next);
    if parts().headers.get(header::COOKIE).is_some_and(|cookies| !cookies.is_empty()) {
        return next;
    }
    format!("{}&done=in", with_query("/login", "next", &next))
}

/// A path with a query parameter, unless that is empty.
pub fn with_query(path: &str, name: &str, value: &str) -> String {
    if value.is_empty() { path.to_owned() } else { format!("{path}?{name}={}", escaped(value)) }
}

/// Percent-encodes a path and query for use as a query's value (RFC 3986, 3.4, without `&`, `+` and `#`).
fn escaped(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/?:@!$'()*,;=".contains(&byte);
    path.bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_survives_inside_a_query() {
        assert_eq!(escaped("/people?q=a%20b&x=1+2"), "/people?q=a%2520b%26x=1%2B2");
        assert_eq!(with_query("/login", "next", "/rooms/3?around=4"), "/login?next=/rooms/3?around=4");
        assert_eq!(with_query("/login", "next", ""), "/login");
    }
}
