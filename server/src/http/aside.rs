//! Pages, forms and the API, made where they hold up nobody who talks.

use super::Server;
use super::router::PATIENCE;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;
use tracing::Instrument;

/// Answers in the threads that step back. What changes something is carried through when nobody waits for the answer any
/// more: what was committed has to be told as well.
pub async fn answer(State(server): State<Server>, request: Request, next: Next) -> Response {
    let is_safe = request.method().is_safe();
    let answer = whole(request, next).in_current_span();
    if is_safe {
        return server.background.run(answer).await;
    }
    let answer = async { timeout(PATIENCE, answer).await.unwrap_or(StatusCode::SERVICE_UNAVAILABLE.into_response()) };
    server.background.carry_through(answer).await
}

/// Compressing is done while a body is read, so it is read here.
async fn whole(request: Request, next: Next) -> Response {
    let (parts, body) = next.run(request).await.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) => Response::from_parts(parts, Body::from(bytes)),
        Err(error) => {
            tracing::warn!(%error, "An answer broke off");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
