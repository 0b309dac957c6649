//! Every request draws on a budget, whatever it is for: on one of the account, or of the address when nobody is logged in.
//! What costs more draws on a budget of its own as well, in `domain`; `domain::ports::Limit` has all of them.

use super::{Server, Visitor, retry_after};
use app::ssr::SessionUnreadable;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::ports::{Key, Limit};
use domain::{Address, Error};
use protocol::ApiError;

/// Charges the budget of the caller. Pages, forms and the API are below it; files and health checks are not, since
/// they cost nothing.
pub async fn draw(State(server): State<Server>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let caller = Visitor::known(&parts, &server).await;
    let limits = &server.env.limits;
    let drawn = match &caller {
        Ok(caller) => limits.take_here(Limit::Request, Key::Account(caller.user)),
        // Handlers that need a user report this error themselves.
        Err(_) => limits.take_here(Limit::Address, Key::Address(address(&parts.extensions))),
    };
    if let Err(wait) = drawn {
        return refused(wait.into());
    }
    match caller {
        Ok(caller) => _ = parts.extensions.insert(caller),
        Err(Error::Unavailable(cause)) => _ = parts.extensions.insert(SessionUnreadable(cause.to_string())),
        Err(_) => {}
    }
    next.run(Request::from_parts(parts, body)).await
}

/// Where the request comes from.
pub fn address(extensions: &axum::http::Extensions) -> Address {
    *extensions.get().expect("every request is told its address")
}

fn refused(error: Error) -> Response {
    let error = ApiError::from(error);
    (StatusCode::TOO_MANY_REQUESTS, retry_after(&error), format!("{error}\n")).into_response()
}
