//! `POST /form/{endpoint}`: a server function behind a plain form.
//!
//! Success redirects; failure shows the page that the form stands on again, with what was typed and the error at its field.

use super::refusal::{retry_after, status};
use super::{Door, Doors, Server, pages};
use app::ssr::{Assets, FormState, keep, safe_next};
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
    let Ok(body) = to_bytes(body, FORM_BYTES).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "A form holds 128 KiB at most.\n").into_response();
    };
    // `server_fn` sends a failure back to the Referer as soon as the request accepts text/html.
    let mut inner = Request::from_parts(parts.clone(), Body::from(body.clone()));
    inner.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let context = pages::context(&forms.server, forms.assets.clone());
    let answer = leptos_axum::handle_server_fns_with_context(context, inner).await.into_response();
    if !answer.headers().contains_key(FAILED) {
        return answer;
    }
    let answer = to_bytes(answer.into_body(), FORM_BYTES).await.unwrap_or_default();
    let error = serde_json::from_slice(&answer).unwrap_or_else(|_| unreadable());
    show_again(forms.pages, parts, &endpoint, &body, error).await
}

/// Renders the page that the form names in its hidden field `page`.
async fn show_again(pages: Router, parts: Parts, endpoint: &str, body: &[u8], error: ApiError) -> Response {
    let fields: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
    let page = fields.iter().find(|(name, _)| name == "page").map_or("/", |(_, page)| page);
    if error.code == Code::Unauthenticated {
        let next: String = form_urlencoded::byte_serialize(safe_next(page).as_bytes()).collect();
        return Redirect::to(&format!("/login?next={next}")).into_response();
    }
    let (code, wait) = (status(error.code), retry_after(&error));
    let mut request = Request::from_parts(parts, Body::empty());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = safe_next(page).parse().unwrap_or(Uri::from_static("/"));
    let told = format!("{error}\n");
    request.extensions_mut().insert::<FormState>(keep(endpoint, &fields, error));
    match pages.oneshot(request).await {
        Ok(mut answer) if answer.status().is_success() => {
            *answer.status_mut() = code;
            answer.headers_mut().extend(wait);
            answer
        }
        // A page that only leads on would make it look like success.
        Ok(answer) if answer.status().is_redirection() => (code, wait, told).into_response(),
        Ok(answer) => answer,
        Err(never) => match never {},
    }
}

fn unreadable() -> ApiError {
    let message = "The form did not arrive whole. Load the page again and repeat it.".to_owned();
    ApiError::new(Code::BadRequest, message)
}
