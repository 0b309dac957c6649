//! `POST /form/{endpoint}`: a server function behind a plain form.
//!
//! Success redirects, or shows the page that the form stands on with the secret that it has made; failure shows that page
//! with what was typed and the error at its field. A form whose session has ended leads to the log-in, which says that
//! nothing was saved; when something was typed, the log-in itself is the answer and shows it, as a redirect would lose it.

use super::refusal::status;
use super::{Door, Doors, Server, pages, retry_after};
use app::ssr::{Assets, Made, has_ended, keep, safe_next};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header, request::Parts};
use axum::response::{IntoResponse, Redirect, Response};
use leptos::server_fn::axum::server_fn_paths;
use protocol::{ApiError, Code};
use tower::ServiceExt;

/// The largest form: 8,000 characters of four bytes, urlencoded, and some room.
pub const FORM_BYTES: usize = 128 * 1024;

/// The largest form or body with passwords: two of 1,024 characters of four bytes, urlencoded, and some room.
pub const PASSWORD_FORM_BYTES: usize = 32 * 1024;

/// The forms with a password.
const PASSWORD_FORMS: [&str; 5] = ["create_token", "login", "register", "reset_password", "set_password"];

/// Where a failed server function names itself (server_fn 0.8).
const FAILED: &str = "serverfnerror";

#[derive(Clone)]
struct Forms {
    server: Server,
    assets: Assets,
    pages: Router,
}

/// The forms; `pages` renders the page of a failed one.
pub fn routes(server: &Server, assets: Assets, pages: Router) -> Doors {
    let forms = Forms { server: server.clone(), assets, pages };
    Doors::new()
        .post("/form/{endpoint}", submit)
        .get("/form/{endpoint}", || async { Redirect::to("/") })
        .map(|router| router.with_state(forms))
        .leads_to(server_fn_paths().map(|(path, method)| Door::new(method, path)))
}

async fn submit(State(forms): State<Forms>, Path(endpoint): Path<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if !server_fn_paths().any(|(path, _)| path == parts.uri.path()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let max = if PASSWORD_FORMS.contains(&endpoint.as_str()) { PASSWORD_FORM_BYTES } else { FORM_BYTES };
    let Ok(body) = to_bytes(body, max).await else {
        let text = format!("This form holds {} KiB at most.\n", max / 1024);
        return (StatusCode::PAYLOAD_TOO_LARGE, text).into_response();
    };
    // `server_fn` sends a failure back to the Referer as soon as the request accepts text/html.
    let mut inner = Request::from_parts(parts.clone(), Body::from(body.clone()));
    inner.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let context = pages::context(&forms.server, forms.assets.clone());
    let answer = leptos_axum::handle_server_fns_with_context(context, inner).await.into_response();
    let fields = form_urlencoded::parse(&body).into_owned().collect();
    let page = Page { pages: forms.pages, parts, fields };
    if answer.headers().contains_key(FAILED) {
        let answer = to_bytes(answer.into_body(), FORM_BYTES).await.unwrap_or_default();
        let error = serde_json::from_slice(&answer).unwrap_or_else(|_| unreadable());
        return page.with_error(&endpoint, error).await;
    }
    if answer.status() == StatusCode::OK {
        let answer = to_bytes(answer.into_body(), FORM_BYTES).await.unwrap_or_default();
        return match serde_json::from_slice::<Made>(&answer) {
            Ok(made) => {
                let path = page.path();
                page.with(&path, made).await
            }
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        };
    }
    answer
}

/// The page that a form names in its hidden field `page`.
struct Page {
    pages: Router,
    /// Of the request that brought the form.
    parts: Parts,
    fields: Vec<(String, String)>,
}

impl Page {
    fn path(&self) -> String {
        safe_next(self.fields.iter().find(|(name, _)| name == "page").map_or("/", |(_, page)| page))
    }

    /// Renders it with what went wrong.
    async fn with_error(self, endpoint: &str, error: ApiError) -> Response {
        let mut path = self.path();
        let (code, wait, told) = (status(error.code), retry_after(&error), format!("{error}\n"));
        let is_over = error.code == Code::Unauthenticated;
        let state = keep(endpoint, &self.fields, if is_over { has_ended() } else { error });
        if is_over {
            let next: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
            path = format!("/login?next={next}");
            if !state.has_words() {
                return Redirect::to(&format!("{path}&done=ended")).into_response();
            }
        }
        let mut answer = self.with(&path, state).await;
        if answer.status().is_success() {
            *answer.status_mut() = code;
            answer.headers_mut().extend(wait);
        } else if answer.status().is_redirection() {
            // A page that only leads on would make it look like success.
            return (code, wait, told).into_response();
        }
        answer
    }

    /// Renders the page at `path` with something in the request's extensions.
    async fn with<T: Clone + Send + Sync + 'static>(self, path: &str, told: T) -> Response {
        let uri = path.parse().unwrap_or(Uri::from_static("/"));
        let mut request = Request::from_parts(self.parts, Body::empty());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = uri;
        request.extensions_mut().insert(told);
        match self.pages.oneshot(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        }
    }
}

fn unreadable() -> ApiError {
    let message = "The form did not arrive whole. Load the page again and repeat it.".to_owned();
    ApiError::new(Code::BadRequest, message)
}
